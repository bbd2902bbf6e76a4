#pragma once
// Two files of `kyphosim bench --json` against each other.
#include <string>

namespace kypho::bench {

struct Comparison {
  std::string text; ///< one line per difference, and a summary
  int slower = 0;   ///< figures that grew, and rows that went wrong
};

/// Rows are matched by suite, case, order, unknowns, backend and threads. Set-up or solve is slower if its median grew by
/// more than 10 % and 2 ms and even the fastest repeat of @p head is slower than the slowest of @p base.
/// @param base, head JSON texts, @throws InputError with the name if one is not what the bench writes
Comparison compare(const std::string& base, const std::string& head, const std::string& base_name,
                   const std::string& head_name);

} // namespace kypho::bench

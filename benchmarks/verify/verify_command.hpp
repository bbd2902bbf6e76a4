#pragma once
// `kyphosim verify`: runs the ladder, prints it as a table, and writes it as JSON and as a page of the documentation.
#include <string>
#include <vector>

namespace kypho::verify {

struct Options {
  std::vector<std::string> cases; ///< empty: all
  bool quick = false;
  std::string json, page; ///< files to write; empty: none (page: docs/verification.md after a run of all cases)
};
/// @return exit code: 0 if every row passed, 3 if not
int verify_command(const Options& options);

} // namespace kypho::verify

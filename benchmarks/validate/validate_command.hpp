#pragma once
// `kyphosim validate-model`: runs the rows of the literature, prints them, and writes them as JSON and as a page of the
// documentation with figures.
#include <string>
#include <vector>

namespace kypho::validate {

struct Options {
  std::vector<std::string> rows; ///< names or numbers; empty: all
  bool quick = false;
  std::string json, page; ///< files to write; empty: none (page: docs/validation.md after a run of all rows)
};
/// @return exit code: 0 if every run came to its end, whatever the verdicts: they are findings about the model; 3 if one broke
/// off
int validate_command(const Options& options);

} // namespace kypho::validate

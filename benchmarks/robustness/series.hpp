#pragma once
// The rows of a series: on disk, one line each, so that an interrupted series goes on; and as tables.
#include "benchmarks/robustness/trial.hpp"

#include <optional>

namespace kypho::robustness {

/// DIR/trials.jsonl, one JSON object per line.
class Rows {
public:
  /// @throws LimitReached if the folder cannot be written
  explicit Rows(const std::filesystem::path& dir);
  /// The row of this very case, if it is there.
  std::optional<Trial> find(const DrawnVertebra& vertebra, const std::string& sha256) const;
  void add(const Trial& trial); ///< @throws LimitReached

private:
  std::filesystem::path file_;
  std::vector<Trial> rows_;
};

/// Heading and one line per vertebra.
std::string heading();
std::string line(const Trial& trial);
/// How many did what, why the others did not, medians and ranges; in all, by pattern and by level.
std::string summary_text(const std::vector<Trial>& trials);
/// The same figures and all rows as JSON.
std::string summary_json(const std::vector<Trial>& trials, unsigned seed);

/// Whether the series holds what is asked: 97 of 100 complete, and no unsound result at all.
bool holds(const std::vector<Trial>& trials);

} // namespace kypho::robustness

#pragma once
// The figures of several arms side by side, from the measures.json of each.
#include "scenarios/comparison.hpp"
#include "scenarios/run_together.hpp"

namespace kypho {

struct ComparisonResults {
  std::string json;  ///< compare.json: per arm ending, stations, gains, balloons, cement, strength, cost
  std::string csv;   ///< compare.csv: one row per arm
  std::string table; ///< for the terminal
};

/// Gains are taken at the end of each arm against the reference station of the shared stages; so are restored fractions,
/// gain over what was lost since the intact station. An arm that failed has the stations that it reached, and no gain.
/// @param dir DIR of `compare FILE -o DIR` @param common how the shared stages ended; the arms likewise, in their order
ComparisonResults results_of(const Comparison& comparison, const std::filesystem::path& dir, const RunEnding& common,
                             const std::vector<RunEnding>& arms);

} // namespace kypho

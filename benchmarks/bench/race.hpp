#pragma once
// All contestants on one problem, in turn and repeatedly.
#include "benchmarks/bench/contestant.hpp"

namespace kypho::bench {

/// Adds the times and memory of one run to its row.
void note(const Apart& apart, Row& row);

/// Round by round every contestant with every number of threads, so that what disturbs the machine disturbs all. The first
/// contestant that solves it gives the energy that the others are compared with.
/// @param rows gets one row per contestant and number of threads; kept up to date, also if Interrupted is thrown
void race(Problem& problem, const std::vector<Contestant>& contestants, const Options& options,
          std::vector<Machine::Rate>& rates, std::vector<Row>& rows);

} // namespace kypho::bench

#pragma once
// `kyphosim bench`: runs suites of measurements, prints them as tables and writes them as JSON and into a page.
#include "benchmarks/bench/suite.hpp"

namespace kypho::bench {

/// @return exit code: 0, 1 if an answer was wrong, 130 after Ctrl-C with what was measured written
/// @throws InputError before anything runs; LimitReached if the machine has too little memory free
int bench_command(const Options& options);
/// `kyphosim bench compare`. @return exit code: 0, 1 if something is slower
int compare_command(const std::string& base, const std::string& head);

} // namespace kypho::bench

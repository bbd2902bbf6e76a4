#pragma once
// The machine that a bench runs on.
#include "benchmarks/bench/suite.hpp"

namespace kypho::bench {

/// Processor, date, version, and what is set of the variables that the libraries read.
Machine this_machine();
/// What processes may still take: of the machine, or of the group of processes that this one belongs to.
double available_memory_mb();
/// Of this process now.
double resident_memory_mb();
/// Measured in a process of its own.
Machine::Rate measure_rate(int threads);

} // namespace kypho::bench

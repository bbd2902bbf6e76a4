#pragma once
// The machine that a bench runs on.
#include "benchmarks/bench/suite.hpp"

namespace kypho::bench {

/// Processor, date, version, and what is set of the variables that the libraries read.
Machine this_machine();
/// Of this process now.
double resident_memory_mb();
/// What this process or a child that shares its memory may take in all: what it has and what is free, of the machine or of
/// the group of processes that it belongs to, or the limit that was asked for.
double memory_budget_mb(const Options& options);
/// Measured in a process of its own.
Machine::Rate measure_rate(int threads);

/// machine.rates: the best of what was measured, per number of threads.
void summarise(const std::vector<Machine::Rate>& measured, Machine& machine);

} // namespace kypho::bench

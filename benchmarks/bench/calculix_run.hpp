#pragma once
// CalculiX as a contestant: its program ccx reads a file of the same body and solves it in a process of its own.
#include "benchmarks/bench/contestant.hpp"

namespace kypho::bench {

/// Empty if ccx is on the PATH, else how to get it.
std::string calculix_absent();
/// @param direct SPOOLES; else conjugate gradients with incomplete Cholesky, to the accuracy that CalculiX has built in
Solved run_calculix(const Problem& problem, bool direct, int threads, VectorX& x);

} // namespace kypho::bench

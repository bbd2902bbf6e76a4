#pragma once
// y = K x for a row-major matrix, threaded; the bits do not depend on the number of threads.
#include "solvers/linear_solver.hpp"

namespace kypho {

/// Whether rows come in threes with the same columns, which come in threes too, as those of a Tangent do.
bool in_threes(const SparseMatrix& K);

/// @param threes of in_threes(K): such rows are taken together and their columns are read once
/// @return x . y
double multiply(const SparseMatrix& K, bool threes, const double* x, double* y);

} // namespace kypho

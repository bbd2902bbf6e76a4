#pragma once
// Small helpers shared by the linear-solver backends.
#include "solvers/linear_solver.hpp"
#include <chrono>

namespace kypho {

/// Remembers a sparsity pattern, so that a backend knows when its analysis still holds.
class PatternMemory {
public:
  /// True if @p K has the pattern of the call before; remembers it otherwise. @p K must be compressed.
  bool same_as_before(const SparseMatrix& K);

private:
  Eigen::Index rows_ = -1;
  std::vector<int> outer_, inner_;
};

/// @throws BackendError unless @p K is square, compressed and not empty
void require_square(const SparseMatrix& K, const char* backend);
/// @throws BackendError unless @p b fits the matrix of the last setup
void require_setup(Eigen::Index rows, const VectorX& b, const char* backend);
/// ||b - K x|| / ||b||, or ||K x|| if b is zero.
double relative_residual(const Eigen::Ref<const SparseMatrix>& K, const VectorX& b, const VectorX& x);

/// Wall clock since its making, s.
class Stopwatch {
public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

} // namespace kypho

#pragma once
// Additive Schwarz smoother where elements are nearly incompressible. Block Jacobi knows no motion that keeps volume there; a
// corner and the middles of its edges together do (Schoeberl 1999, Numer Math 84:97).
#include "core/fem/matrix_free.hpp"
#include "solvers/multigrid/block_rows.hpp"

namespace kypho::multigrid {

class Patches {
public:
  /// @return false if the matrix of a patch is not positive definite
  bool build(const MatrixFreeStiffness& K);
  bool empty() const { return start_.size() < 2; }
  /// z = sum of the patches' solutions for r, at the nodes of patches only.
  void solve(const float* r, float* z) const;
  const std::vector<int>& nodes() const { return nodes_; } ///< that lie in patches
  std::size_t bytes() const { return 4 * (inverse_.size() + node_.size() + gather_.size()); }

private:
  std::vector<int> start_, node_; ///< nodes of each patch
  std::vector<std::size_t> inverse_start_;
  std::vector<float> inverse_; ///< of each patch's matrix, columns of a length that packs divide
  std::vector<int> nodes_, gather_start_, gather_;
  mutable std::vector<float> part_;
  int most_ = 0; ///< unknowns of a patch, padded
};

} // namespace kypho::multigrid

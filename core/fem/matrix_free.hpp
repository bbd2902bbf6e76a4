#pragma once
// A symmetric stiffness on quadratic tetrahedra that is known by its products only, and what a multigrid method needs beside
// them: the diagonal and the same stiffness on the linear elements between the corners, which are nested in the quadratic.
#include "core/base/types.hpp"
#include <Eigen/SparseCore>

namespace kypho {

/// Unknowns come in threes, one three per node. Those that are fixed have neither rows nor columns: vectors are zero there.
class MatrixFreeStiffness {
public:
  virtual ~MatrixFreeStiffness() = default;
  virtual int nodes() const = 0;
  const std::vector<char>& fixed() const { return fixed_; } ///< per unknown
  /// y = K x. Bits do not depend on the number of threads. Arrays have room for one number more than three per node.
  virtual void multiply(const double* x, double* y) const = 0;
  /// r -= K d in single precision.
  virtual void subtract_product(const float* d, float* r) const = 0;
  /// Diagonal blocks, 3 x 3 per node; 1 on the diagonal of fixed unknowns.
  virtual std::vector<float> diagonal() const = 0;
  /// The two corners that each node lies between, or the node itself twice; numbered as the linear level is.
  const std::vector<std::array<int, 2>>& parents() const { return parents_; }
  int corners() const { return corners_; }
  /// Stiffness of the linear elements, 3 corners() unknowns; 1 on the diagonal of fixed ones.
  virtual Eigen::SparseMatrix<double, Eigen::RowMajor> linear_level() const = 0;
  /// Nodes that nearly incompressible elements meet in: volume moves between them, and a smoother has to take them together.
  /// Each patch is a corner and the middles of its edges.
  const std::vector<std::vector<int>>& patches() const { return patches_; }
  /// The part of K on the unknowns of a patch, 1 on the diagonal of fixed ones.
  virtual Eigen::MatrixXd patch_matrix(int) const { return {}; }
  virtual std::size_t bytes() const = 0;

protected:
  std::vector<char> fixed_;
  std::vector<std::array<int, 2>> parents_;
  int corners_ = 0;
  std::vector<std::vector<int>> patches_;
};

} // namespace kypho

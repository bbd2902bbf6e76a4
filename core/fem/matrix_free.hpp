#pragma once
// A symmetric stiffness on quadratic tetrahedra that is known by its products only, and what a multigrid method needs beside
// them: the diagonal and the same stiffness on the linear elements between the corners, which are nested in the quadratic.
#include "core/fem/blocked_product.hpp"
#include <Eigen/SparseCore>

namespace kypho {

/// Unknowns come in threes, one three per node. Those that are fixed have neither rows nor columns: vectors are zero there.
class MatrixFreeStiffness {
public:
  virtual ~MatrixFreeStiffness() = default;
  virtual int nodes() const = 0;
  const std::vector<char>& fixed() const { return fixed_; } ///< per unknown
  /// y = K x. @return x . y; bits do not depend on the number of threads. Arrays have room for one number more than three per node.
  virtual double multiply(const double* x, double* y) const = 0;
  /// K d in single precision: what the elements bring is told by force(), what else there is goes off r.
  /// What is left at fixed unknowns means nothing.
  virtual void forces(const float* d, float* r) const = 0;
  /// Of the elements at a node, since the last forces().
  RowOf<float> force(int n) const { return single_sums_[blocks_.places[n][0]] + single_sums_[blocks_.places[n][1]]; }
  /// r -= K d in single precision; zero at fixed unknowns.
  void subtract_product(const float* d, float* r) const;
  /// r = 0 at fixed unknowns.
  template <class R>
  void clear_fixed(R* r) const {
    for (const int i : fixed_list_) r[i] = 0;
  }
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
  void fix(std::vector<char> fixed);
  /// Room for the sums of blocks_.
  void make_room() {
    full_sums_.assign(blocks_.node.size() + 1, RowOf<double>{});
    single_sums_.assign(blocks_.node.size() + 1, RowOf<float>{});
  }
  /// 1 on the diagonal of fixed unknowns, nothing beside it. @param blocks 3 x 3 per node
  void hold_fixed(std::vector<float>& blocks) const;
  std::size_t bytes_of_sums() const { return 48 * single_sums_.size(); }

  ElementBlocks blocks_;
  mutable std::vector<RowOf<double>> full_sums_; ///< per entry of blocks_.node, and zero
  mutable std::vector<RowOf<float>> single_sums_;
  std::vector<char> fixed_;
  std::vector<int> fixed_list_;
  std::vector<std::array<int, 2>> parents_;
  int corners_ = 0;
  std::vector<std::vector<int>> patches_;
};

} // namespace kypho

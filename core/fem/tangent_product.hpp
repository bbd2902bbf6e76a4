#pragma once
// The tangent of a whole system on quadratic tetrahedra, by products. Of the tetrahedra, the tangents at the points are kept
// (point_kernels.hpp), rounded to floats: products in double precision are with the tangent that was rounded so, by 6e-8 of
// it, which is far nearer than a Newton step needs. What other terms couple comes as a matrix, and the stretches of its rows
// that are not empty are kept too. A triple of unknowns that terms own is a node like those of the mesh.
//
// What preconditions is symmetric: the product in single precision, diagonal() and linear_level() are of (K + K^T) / 2, and
// have the shift. The linear level is the Galerkin projection onto fields in which middle nodes move with the mean of their
// corners; what is not a node of these tetrahedra is a corner of its own. Where a middle node is held and a corner beside it
// is not, the level is stiffer than that projection.
#include "core/fem/matrix_free.hpp"
#include "core/fem/point_tangents.hpp"
#include "core/fem/tangent.hpp"

namespace kypho {

class TangentProduct final : public MatrixFreeStiffness, public PointTangents {
public:
  explicit TangentProduct(int nodes);

  void couple_points(const void* owner, std::vector<int> nodes) override;
  void take_points(const void* owner, int first, const double* geometry, const double* A,
                   const MeanCoupling* mean) override;
  /// No term has announced elements.
  bool empty() const { return nodes_of_.empty(); }
  /// Once all terms have announced what they couple, to this and to @p others.
  void finish(const Tangent& others);
  /// Once all terms were linearised: K is what this has taken and @p others holds, and @p extra on the diagonal.
  void close(const Tangent& others, const VectorX& extra, const std::vector<char>& fixed);
  /// Adds to the diagonal of what preconditions, N/mm.
  void shift(double by) { shift_ = by; }
  bool symmetric() const { return symmetric_; }
  double largest_diagonal() const;

  int nodes() const override { return nodes_; }
  /// x may be other than zero at fixed unknowns: then y has what they bring about at those that are free.
  double multiply(const double* x, double* y) const override;
  void forces(const float* d, float* r) const override;
  std::vector<float> diagonal() const override;
  Eigen::SparseMatrix<double, Eigen::RowMajor> linear_level() const override;
  std::size_t bytes() const override;

private:
  /// What other terms couple: rows of 3 x 3 blocks, those that are not empty.
  struct Rows {
    std::vector<int> node, start, column;
    std::vector<double> values;
    std::vector<float> half; ///< (K + K^T) / 2
  };
  void find_parents();
  void find_children();
  void take_rows(const Tangent& others);
  void add_bulk(Tangent& to) const;
  void add_rows(Tangent::Matrix& to) const;

  int nodes_;
  std::vector<std::pair<const void*, int>> owners_; ///< and the first element of each
  std::vector<int> nodes_of_;                       ///< ten per element
  Eigen::VectorXf tangents_;                        ///< [pack][symmetric_numbers][wide]
  /// Per group of PointTangents::lanes elements, [pack][numbers][wide], empty where there is nothing.
  std::vector<Eigen::VectorXf> skew_, mean_, mean_skew_;
  Rows rows_;
  VectorX extra_;
  bool has_extra_ = false; ///< that is not zero
  double shift_ = 0;
  bool symmetric_ = true;
  std::vector<int> child_start_, child_; ///< per corner: the nodes that move with it
  std::vector<int> node_;                ///< per corner
  std::unique_ptr<Tangent> linear_;      ///< the pattern of the linear level, and the last values
};

} // namespace kypho

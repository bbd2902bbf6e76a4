#pragma once
// The tangent stiffness K = -df/du of all terms, assembled on a fixed pattern. Unknowns come in threes ("nodes": the three
// displacements of a mesh node, or three unknowns that a term owns), so the pattern is kept in 3x3 blocks and the values
// are those of the scalar row-major matrix that the linear solvers take. Terms announce once which nodes their elements
// couple; element matrices then find their places without a search. The sum of an entry has the order of the elements,
// for any number of threads.
//
// Where products are enough, quadratic tetrahedra hand the tangents at their points to points() and take no part in the matrix.
#include "core/base/types.hpp"
#include <Eigen/SparseCore>
#include <map>

namespace kypho {

class PointTangents;

class Tangent {
public:
  using Matrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;

  /// @param unknowns a multiple of three
  /// @param points who takes the tangents of quadratic tetrahedra; null: the matrix does
  explicit Tangent(int unknowns, PointTangents* points = nullptr) : nodes_(unknowns / 3), points_(points) {}
  PointTangents* points() const { return points_; }

  /// Announces elements that couple all of their nodes. Once per owner, before finish().
  /// @param nodes per element @p per nodes, elements in order
  void couple(const void* owner, int per, std::vector<int> nodes);
  void finish();

  void clear();
  /// Adds the matrices of @p count elements of @p owner from @p first on, each (3 per) x (3 per), row-major, N/mm.
  /// @param lanes matrices come interleaved in groups of so many elements: [group][entry][lanes]
  void add(const void* owner, int first, int count, const double* matrices, int lanes = 1);
  /// Adds a b^T, which is full: kept apart from the sparse part. One entry per unknown each.
  void add_rank_one(VectorX a, VectorX b) { rank_one_.emplace_back(std::move(a), std::move(b)); }

  const Matrix& matrix() const { return matrix_; }
  Matrix& matrix() { return matrix_; }
  const std::vector<std::pair<VectorX, VectorX>>& rank_one() const { return rank_one_; }
  /// Largest |K_ij - K_ji| over the largest |K_ij|.
  double asymmetry() const;
  /// (K + K^T) / 2 into a matrix that may hold an older one.
  void symmetric_part(Matrix& S) const;
  int nodes() const { return nodes_; }

private:
  struct Elements {
    int per = 0;
    std::vector<int> nodes;
    std::vector<int> slots; ///< per element and pair (a, b): place of block column b in block row a
  };
  /// Place of the first value of block @p k, which lies in row @p n, and the way from one of its rows to the next.
  struct Block {
    std::size_t first;
    int length;
  };
  Block block(int n, int k) const {
    return {9 * static_cast<std::size_t>(row_start_[n]) + 3 * static_cast<std::size_t>(k - row_start_[n]),
            3 * (row_start_[n + 1] - row_start_[n])};
  }
  template <class Pair>
  void for_mirrored(Pair&& pair) const;

  int nodes_;
  PointTangents* points_;
  std::map<const void*, Elements> elements_;
  std::vector<int> row_start_; ///< of blocks, nodes + 1
  std::vector<int> mirror_;    ///< per block ij: which one is ji
  Matrix matrix_;
  std::vector<std::pair<VectorX, VectorX>> rank_one_;
};

} // namespace kypho

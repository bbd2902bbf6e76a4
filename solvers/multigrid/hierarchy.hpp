#pragma once
// The V-cycle of a hierarchy by smoothed aggregation, in floats: the preconditioner of the linear level.
#include "solvers/multigrid/aggregation.hpp"
#include "solvers/multigrid/smoother.hpp"

#include <Eigen/Dense>

namespace kypho::multigrid {

/// What can be chosen; the defaults are the fastest found on vertebral bodies (docs/performance.md).
struct Options {
  float strength = 0.05f;  ///< below it neighbours do not share an aggregate; halved from level to level
  int steps = 3;           ///< of the smoother, before and after the coarse correction
  int quadratic_steps = 2; ///< the same where the finest level is quadratic
  /// Level from which on the cycle goes round twice: slender parts live on there, and it costs little.
  int twice_from = 2;
  int bottom = 300; ///< unknowns that are solved directly
  int most_levels = 12;
};

/// One matrix with its smoother and the way to the next coarser one.
template <int M>
struct Level {
  static constexpr int block = M;
  BlockRows<M, M> A;
  std::vector<float> inverse; ///< of the diagonal blocks
  float largest = 1;          ///< eigenvalue of D^-1 A
  BlockRows<M, 6> P;
  Columns columns; ///< of P
  std::vector<float> x, r, d;

  void step(const Step& s, const float* r, float* d, float* x) const { step_blocks<M>(A.rows, inverse, s, r, d, x); }
  void subtract_product(const float* d, float* r) const;
  /// coarse = P^T r
  void restrict_to(const float* r, float* coarse) const;
  /// d = P coarse, x += d
  void prolong(const float* coarse, float* d, float* x) const;
  std::size_t bytes() const;
};

class Hierarchy {
public:
  /// @param A symmetric, blocks stored transposed   @param modes its near-null space, 3 rows x 6
  /// @param apart per row: a node that is coupled to many others and keeps to itself
  /// @return false if a diagonal block or the bottom matrix is not positive definite
  bool build(BlockRows<3, 3> A, const Eigen::MatrixXd& modes, std::vector<char> apart, const Options& options);
  /// One V-cycle on A x = r. Both lie in first(), r is used up.
  void cycle();
  Level<3>& first() { return first_; }
  int levels() const { return 1 + static_cast<int>(coarse_.size()); }
  std::size_t bytes() const;
  std::vector<int> sizes() const; ///< unknowns of each level

private:
  template <int M>
  bool coarsen(Level<M>& from, Eigen::MatrixXd& modes, float strength, std::vector<char>& apart);
  template <int M>
  void descend(Level<M>& level, std::size_t depth);
  template <int M>
  bool prepare_bottom(const Level<M>& level);

  Options options_;
  Level<3> first_;
  std::vector<Level<6>> coarse_;
  Eigen::MatrixXf bottom_; ///< inverse of the coarsest matrix; empty if that is too large, then it is only smoothed
};

} // namespace kypho::multigrid

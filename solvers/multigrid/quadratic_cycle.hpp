#pragma once
// p-multigrid: the V-cycle on quadratic tetrahedra. Their products need no matrix; below lies the linear level between the
// corners, which is a part of the quadratic space (a middle node moves with the mean of its two corners), and below that
// smoothed aggregation.
#include "core/fem/matrix_free.hpp"
#include "solvers/multigrid/hierarchy.hpp"
#include "solvers/multigrid/patches.hpp"

namespace kypho::multigrid {

class QuadraticCycle {
public:
  /// @param modes rigid motions, 3 nodes x 6; may have fewer rows if the last nodes are not of the body, and be empty
  /// @return false if K is not positive definite
  bool build(const MatrixFreeStiffness& K, const Eigen::MatrixXd& modes, const Options& options);
  /// K has other values: the smoother is made for them, the levels below stay.
  /// @return false if they cannot, because other unknowns are fixed or a diagonal block is not positive
  bool refresh(const MatrixFreeStiffness& K);
  /// x = one V-cycle on K x = r; r is used up.
  void cycle();
  std::vector<float> x, r;
  std::size_t bytes() const;

private:
  bool prepare_smoother(int steps);
  void find_children();
  void first_step();
  void product_and_step(const Step& s, float whole);
  void step_in_patches(const Step& s, float whole);
  void restrict_residual();
  void prolong_correction();
  const MatrixFreeStiffness* K_ = nullptr;
  Options options_;
  void scale(const float* r, float* z) const;

  float largest_ = 1;              ///< eigenvalue
  std::vector<float> inverse_, d_; ///< inverse diagonal blocks, zero at fixed unknowns
  Patches patches_;
  mutable std::vector<float> z_;   ///< where there are patches
  std::vector<int> start_, child_; ///< per corner: the nodes that move with it
  std::vector<int> node_;          ///< per corner
  std::vector<char> fixed_;        ///< when the levels below were made
  Hierarchy linear_;
};

/// The 3 x 3 blocks of K in floats, each stored transposed. Rows beyond those of K, up to a multiple of three, are 1.
/// @param threes K is made of 3 x 3 blocks (in_threes())
BlockRows<3, 3> blocks_of(const Eigen::SparseMatrix<double, Eigen::RowMajor>& K, bool threes);
/// Rows of @p modes from node @p known on: how nodes that are not of the body move with it, so that A modes is zero there.
void extend_modes(const BlockRows<3, 3>& A, int known, Eigen::MatrixXd& modes);
/// Takes the share of unknowns that nothing is coupled to out of the near-null space of A.
void remove_loose(const BlockRows<3, 3>& A, Eigen::MatrixXd& modes);

} // namespace kypho::multigrid

#pragma once
// Small-strain isotropic elasticity on quadratic tetrahedra with straight edges, by products. Gradients are linear in such an
// element, so that its energy is one of the gradients at its corners, exactly:
//   integral of sigma : eps = V/20 sum_ab (1 + delta_ab) sigma_a : eps_b.
// Nearly incompressible elements see their mean dilatation (bulk_term.hpp).
#include "core/fem/matrix_free.hpp"

namespace kypho {

class ElasticStiffness final : public MatrixFreeStiffness {
public:
  /// @param mesh quadratic   @param young, poisson, mean_dilatation per tetrahedron, MPa and 1
  ElasticStiffness(const TetMesh& mesh, std::vector<double> young, std::vector<double> poisson,
                   const std::vector<char>& mean_dilatation, std::vector<char> fixed);
  int nodes() const override { return static_cast<int>(parents_.size()); }
  double multiply(const double* x, double* y) const override;
  void forces(const float* d, float* r) const override;
  std::vector<float> diagonal() const override;
  Eigen::SparseMatrix<double, Eigen::RowMajor> linear_level() const override;
  Eigen::MatrixXd patch_matrix(int patch) const override;
  std::size_t bytes() const override;

private:
  void find_patches(const TetMesh& mesh, const std::vector<char>& nearly_incompressible);
  int node_of(std::size_t slot, int a) const;

  std::vector<double> full_; ///< [pack][numbers][lanes]
  std::vector<float> single_;
  std::vector<std::array<int, 4>> corners_of_; ///< per slot, numbers of the linear level
  std::vector<std::vector<int>> patch_slots_;  ///< elements at the corner of each patch
};

} // namespace kypho

#pragma once
// Thin shells on facets of the mesh: membrane forces of 3-node triangles, total Lagrangian. Their bending is
// hinge_term.hpp.
#include "core/fem/term.hpp"
#include "core/fem/tet_mesh.hpp"
#include "core/materials/shell_law.hpp"

namespace kypho {

class ShellTerm final : public Term {
public:
  /// @param law_of_facet index into @p laws per entry of mesh.facets, or -1 for a bare facet
  ShellTerm(const TetMesh& mesh, std::vector<std::shared_ptr<const ShellLaw>> laws,
            const std::vector<int>& law_of_facet);

  std::string_view name() const noexcept override { return "shell"; }
  void add_forces(const VectorX& u, VectorX& f) override;
  void add_stiffness_rows(const VectorX& u, VectorX& rows) const override;
  void couple(Tangent& K) const override;
  double linearize(const VectorX& u, VectorX& f, Tangent* K) const override;
  double force_sum() const override { return magnitude(force_); }
  void visit(Archive& archive) override;

  const ShellLaw* law(int facet) const;
  VectorX history(int facet) const;
  void set_history(int facet, const VectorX& history);
  /// Factor on all forces, 1 unless a device is being withdrawn.
  double scale = 1;
  /// Orthonormal basis of the reference facet (columns).
  const Eigen::Matrix<double, 3, 2>& basis(int facet) const { return basis_[facet]; }
  /// Deformation gradient against basis(facet).
  Eigen::Matrix<double, 3, 2> deformation(int facet, const VectorX& u) const;

private:
  static constexpr int block_size = 16;
  struct Group {
    std::shared_ptr<const ShellLaw> law;
    int count = 0, blocks = 0;
    std::vector<int> facets;
    std::vector<int> nodes;       ///< [block][3][block_size]
    std::vector<double> geometry; ///< [block][5][block_size]: inverse reference edges 2x2, area
    std::vector<double> size;     ///< [block][block_size]
    std::vector<double> base;     ///< [block][6][block_size]: reference basis, row-major 3x2
    std::vector<double> history;
    int force_start = 0;
  };
  void gradients(const Group& group, int block, const VectorX& u, double* F) const;
  ShellBatch batch_of(const Group& group, int block, const double* F, double* P) const;
  void block_forces(const Group& group, int block, const double* P, double* f) const;

  std::vector<Group> groups_;
  std::vector<std::pair<int, int>> place_;
  std::vector<Eigen::Matrix<double, 3, 2>> basis_;
  std::vector<double> force_;
  std::vector<std::pair<int, int>> work_;
  NodeGather gather_;
};

} // namespace kypho

#pragma once
// A rigid platen that holds one endplate through an elastic layer: embedding resin of a test bench, or the disc.
//
// Each endplate node i with area A_i is tied to the point of the platen that faces it when the platen is put on (so the
// layer is cast stress-free in the shape that the endplate then has):
//   f_i = - A_i (k_n n n^T + k_t (I - n n^T)) (x_i - y_i),   y_i = c + d n + R(tilt) (Y_i - c),   n = +Z.
// Unknowns, all in mm so that they share one scale: rise d, and two rotations about +X and +Y through c, each times the
// radius of the endplate.
#include "core/fem/term.hpp"
#include "core/fem/tet_mesh.hpp"

namespace kypho {

class PlatenTerm final : public Term {
public:
  PlatenTerm() = default; ///< to be filled by visit()
  /// @param positions current node positions; @param surface the endplate that is held
  /// @param normal_stiffness, shear_stiffness of the layer, MPa/mm   @param first_unknown place of (d, rx, ry) in u
  PlatenTerm(const TetMesh& mesh, const std::vector<Vec3>& positions, Surface surface, double normal_stiffness,
             double shear_stiffness, int first_unknown, bool central_only = false);
  /// The same platen, in its present pose, on a new mesh of the same endplate: each node takes over the gap of the nearest
  /// old one. @param u unknowns of the old model
  PlatenTerm(const PlatenTerm& old, const VectorX& u, const TetMesh& mesh, const std::vector<Vec3>& positions,
             Surface surface, int first_unknown);

  std::string_view name() const noexcept override { return "platen"; }
  void add_forces(const VectorX& u, VectorX& f) override;
  void add_stiffness_rows(const VectorX& u, VectorX& rows) const override;
  void couple(Tangent& K) const override;
  double linearize(const VectorX& u, VectorX& f, Tangent* K) const override;
  void visit(Archive& archive) override;

  /// Force that the bone exerts on the platen along +Z, N (positive: it pushes up), and moments about the centre, N mm.
  double reaction() const { return reaction_; }
  const Eigen::Vector2d& moments() const { return moments_; }
  const Vec3& centre() const { return centre_; }
  double radius() const { return radius_; }
  int first_unknown() const { return first_; }
  double normal_stiffness() const { return kn_; } ///< MPa/mm
  double shear_stiffness() const { return kt_; }
  /// Loads on the platen, used where the unknowns are free: force along +Z, N, and moments about +X and +Y, N mm.
  double load = 0;
  Eigen::Vector2d moment_load = Eigen::Vector2d::Zero();

private:
  struct Tie {
    int node;
    double area;
    Vec3 reference; ///< of the node in the mesh
    Vec3 arm;       ///< of the facing point of the platen, from its centre
    KYPHO_STATE(node, area, reference, arm)
  };
  Mat3 rotation(const VectorX& u) const;
  void tie_nodes(const TetMesh& mesh, const std::vector<Vec3>& positions, Surface surface);
  std::vector<Tie> ties_;
  Vec3 centre_ = Vec3::Zero();
  double kn_ = 0, kt_ = 0, radius_ = 1;
  bool central_only_ = false; ///< presses the centre of the endplate, not its rim
  int first_ = 0;
  double reaction_ = 0;
  Eigen::Vector2d moments_ = Eigen::Vector2d::Zero();
};

/// Share of an endplate's radius that a platen touches which only presses its centre.
inline constexpr double central_share = 0.6;

/// Area that each node carries of the facets of one surface, mm2, at the given positions. In a quadratic mesh the middles
/// carry all of it, a third of the face each, as uniform pressure on its shape functions does.
std::vector<double> nodal_areas(const TetMesh& mesh, const std::vector<Vec3>& positions, Surface surface);

} // namespace kypho

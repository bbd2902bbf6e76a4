#pragma once
// A balloon in its cavity: one slightly compressible fluid behind the wall of the cavity, follower pressure on the wall.
//   p = k (V_fluid - V),   f_a = p dV/dx_a on the facets that the balloon reaches.
// V is the volume enclosed by those facets and by flat caps over their open ends; what presses on a cap, the rear end of
// the balloon, goes through the catheter into the cannula. The balloon's own wall is a shell on the
// same facets (balloon_wall.hpp), so p is the pressure inside the balloon. Its nose is bonded to the catheter's inner shaft,
// which hardly lengthens and is held in the cannula: a spring between nose and cannula that takes off the bone what the nose
// presses forward with, and no more, so that a balloon widens and does not run forward.
#include "core/fem/term.hpp"
#include "core/fem/tet_mesh.hpp"

namespace kypho {

class BalloonTerm final : public Term {
public:
  /// @param facets of @p mesh that the balloon touches   @param stiffness k of fluid and tubing, MPa/mm3
  /// @param shaft_stiffness N/mm   @param axis unit, towards the tip   @param cannula nodes that hold the shaft
  BalloonTerm(const TetMesh& mesh, std::vector<int> facets, double stiffness, double shaft_stiffness, const Vec3& axis,
              std::vector<int> cannula);
  explicit BalloonTerm(const TetMesh& mesh) : reference_(mesh.nodes) {} ///< to be filled by visit()

  std::string_view name() const noexcept override { return "balloon"; }
  void add_forces(const VectorX& u, VectorX& f) override;
  void add_stiffness_rows(const VectorX& u, VectorX& rows) const override;
  void couple(Tangent& K) const override;
  /// Volume and catheter couple nodes far apart: these couplings are kept as rank-one parts.
  double linearize(const VectorX& u, VectorX& f, Tangent* K) const override;
  void visit(Archive& archive) override;

  /// Volume enclosed by the wall, mm3.
  double volume(const VectorX& u) const;
  double pressure() const { return pressure_; } ///< as of the last add_forces, MPa
  const std::vector<int>& facets() const { return facets_; }
  /// Share of the shaft that still acts: 1 unless the balloon is being withdrawn.
  double shaft = 1;
  /// Volume of fluid inside, mm3; ignored while the pressure is held.
  double fluid = 0;
  /// A pressure held instead of a volume (deflation), MPa; negative: volume control.
  double held_pressure = -1;

private:
  void set_shaft(const Vec3& axis);
  double pressure_at(const VectorX& u) const;
  Vec3 third_of(const VectorX& u, const std::array<int, 3>& triangle, double pressure) const;
  std::array<Mat3, 3> slopes_of(const VectorX& u, const std::array<int, 3>& triangle, double pressure) const;
  double push(const VectorX& u, double pressure, VectorX& f) const;
  /// What goes through the catheter.
  struct Pull {
    Vec3 total = Vec3::Zero();                ///< push of the whole wall, N
    Vec3 along = Vec3::Zero();                ///< unit, from cannula to nose
    double length = 0, tension = 0, most = 0; ///< mm, N, N
    bool springy = false;                     ///< the tension is that of the shaft's length
    std::vector<Vec3> push;                   ///< per node of the nose, N
    std::vector<double> lean;                 ///< what it presses forward with, N
  };
  Pull pull_of(const VectorX& u, double pressure) const;
  void lean_and_pull(const Pull& pull, VectorX& f) const;
  void add_catheter(const VectorX& u, double pressure, const Pull& pull, Tangent& K) const;
  VectorX volume_gradient(const VectorX& u) const;
  Vec3 mean_position(const VectorX& u, const std::vector<int>& nodes) const;
  Vec3 position(const VectorX& u, int node) const { return reference_[node] + u.segment<3>(3 * node); }
  std::vector<Vec3> reference_;
  std::vector<int> facets_;
  std::vector<std::array<int, 3>> triangles_; ///< seen from outside the cavity: normals point into the bone
  std::vector<std::array<double, 3>> shares_; ///< of a triangle's push that its nodes take, times three
  std::vector<std::vector<int>> loops_;       ///< open ends, ordered so that the caps close the surface
  std::vector<int> front_, back_;             ///< nodes at the shaft's ends: nose, cannula
  std::vector<int> front_slot_;               ///< node -> place in front_, or -1
  double shaft_length_ = 0;
  double stiffness_ = 0, shaft_stiffness_ = 0;
  double pressure_ = 0;
};

/// Ordered boundary loops of a set of oriented triangles: each walks against the triangles' own edges, so that a fan over
/// the loop continues the surface.
std::vector<std::vector<int>> open_loops(const std::vector<std::array<int, 3>>& triangles);

} // namespace kypho

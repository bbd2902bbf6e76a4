#pragma once
// A rigid device that opens in its channel and touches the wall of the cavity from inside: normal contact by penalty,
// without friction, at nine points of each facet (Wriggers 2006, Computational Contact Mechanics, ch. 5): between nodes
// alone a narrow device would pass.
//   W = sum_a k A_a <-phi_a>^2 / 2,   phi_a = |d_a| - r,   f = -dW/du
// d_a is the way from the nearest point of the device's rectangle (expander.hpp) to point a, seen from the device, and A_a
// the wall's area there. The device sits on an instrument that is held in the pedicle: it moves and turns with the
// bone round its shaft, which takes what the two sides of the device press differently. With q = (c, theta) the mean motion and
// the small turn of the shaft's nodes about their centre X,
//   v = x - X - c,   y = v - theta x v,   c = sum u_s / N,   theta = I^-1 sum r_s x u_s
#include "core/devices/expander.hpp"
#include "core/fem/term.hpp"
#include "core/fem/tet_mesh.hpp"

namespace kypho {

class ExpanderTerm final : public Term {
public:
  /// @param facets of @p mesh that it may touch   @param shaft nodes that hold it; empty: it stays in its place
  /// @param middle of the device, mm   @param axis, up unit, at right angles; up is the way that it opens
  /// @param stiffness k, MPa/mm
  ExpanderTerm(const TetMesh& mesh, std::vector<int> facets, std::vector<int> shaft, const Vec3& middle,
               const Vec3& axis, const Vec3& up, double stiffness);
  explicit ExpanderTerm(const TetMesh& mesh) : reference_(mesh.nodes) {} ///< to be filled by visit()

  std::string_view name() const noexcept override { return "expander"; }
  void add_forces(const VectorX& u, VectorX& f) override;
  void add_stiffness_rows(const VectorX& u, VectorX& rows) const override;
  void couple(Tangent& K) const override;
  /// As if everything touched that may.
  void add_stiffness_bound(const VectorX& u, Tangent&, VectorX& diagonal) const override {
    add_stiffness_rows(u, diagonal);
  }
  /// What couples wall and shaft is a few rank-one parts.
  double linearize(const VectorX& u, VectorX& f, Tangent* K) const override;
  void visit(Archive& archive) override;

  ExpanderShape shape; ///< present one, set by who opens it
  /// Whether a point of the present shape lies inside the device. @param u unknowns
  bool holds(const Vec3& x, const VectorX& u) const;
  /// What it presses towards both endplates with, N, as of the last add_forces.
  double push_up() const { return push_up_; }
  double push_down() const { return push_down_; }
  const std::vector<int>& facets() const { return facets_; }

private:
  struct Pose {
    Vec3 moved = Vec3::Zero(), turn = Vec3::Zero();
  };
  struct Touch {
    double depth = 0; ///< -phi, mm
    Vec3 out, v;      ///< unit, away from the device; arm from the shaft's centre
    Mat3 curvature;   ///< d out / dy
  };
  Pose pose(const VectorX& u) const;
  Touch touch(const Vec3& x, const Pose& pose) const;
  /// A ninth of a facet.
  struct Piece {
    std::array<int, 3> nodes;
    std::array<double, 3> shape;
    double area; ///< mm2, in the reference shape
  };
  /// Of the triangles that may touch.
  template <class Use>
  void for_pieces(const VectorX& u, const Pose& pose, Use&& use) const;
  Vec3 position(const VectorX& u, const Piece& piece) const;
  Vec3 arm(int shaft_node) const { return reference_[shaft_node] - centre_; }
  void push_shaft(const Vec3& force, const Vec3& moment, VectorX& f) const;

  std::vector<Vec3> reference_;
  std::vector<int> facets_, shaft_;
  std::vector<std::array<int, 3>> triangles_;
  std::vector<double> area_; ///< of each triangle, mm2, in the reference shape
  Vec3 middle_ = Vec3::Zero(), axis_ = Vec3::UnitX(), up_ = Vec3::UnitZ(), centre_ = Vec3::Zero();
  Mat3 inverse_inertia_ = Mat3::Zero();
  double stiffness_ = 0, push_up_ = 0, push_down_ = 0;
};

} // namespace kypho

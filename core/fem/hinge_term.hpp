#pragma once
// Bending of thin shells: every edge between two facets is an elastic-plastic hinge.
//   W = 1/2 k (theta - theta_0)^2,   k = D l^2 / (A_1 + A_2),   |k (theta - theta_0)| <= 2/3 m_p l,
// with the angle theta between the facets, D = E t^3 / 12 (1 - nu^2), m_p = Y t^2 / 4, edge length l, facet areas A.
// The stiffness gives a plate of equilateral facets its D (Seung & Nelson 1988, Phys Rev A 38:1005); in cylindrical bending
// two thirds of the moment per length cross the edges that lie along the axis. theta_0 moves with plastic flow, and m_p fades
// with the rotation gone through: m_p (r + (1 - r) / (1 + theta_p / theta_b)): the shell breaks along the line. The measure
// is the angle itself: one that grows as facets close on each other (2 tan(theta/2): Tamstorf & Grinspun 2013, Graph Models
// 75:362) would multiply the moment that the shell can bear, and the stiffness of a fold by thousands.
// Without bending a wall that is crushed folds at the size of its elements.
#include "core/fem/term.hpp"
#include "core/fem/tet_mesh.hpp"
#include "core/materials/shell_law.hpp"

namespace kypho {

class HingeTerm final : public Term {
public:
  /// Hinges between facets that both have a plate, unbent in the reference shape; a hinge takes the mean of its two plates.
  /// @param plates one entry per facet of @p mesh
  HingeTerm(const TetMesh& mesh, const std::vector<ShellBending>& plates);

  std::string_view name() const noexcept override { return "hinges"; }
  void add_forces(const VectorX& u, VectorX& f) override;
  void add_stiffness_rows(const VectorX& u, VectorX& rows) const override;
  void add_stiffness_bound(const VectorX& u, Tangent& K, VectorX& diagonal) const override;
  void couple(Tangent& K) const override;
  double linearize(const VectorX& u, VectorX& f, Tangent* K) const override;
  bool stores() const override { return true; }
  double stored(const VectorX& u) const override;
  void visit(Archive& archive) override;

  /// Of bone, over that at the reference rate of straining (strain_rate.hpp).
  double strength = 1;
  int size() const { return static_cast<int>(hinges_.size()); }
  /// The two facets of a hinge.
  const std::array<int, 2>& facets(int hinge) const { return hinges_[hinge].facets; }
  /// Elastic part of the rotation at @p u, rad.
  double elastic(int hinge, const VectorX& u) const;
  double broken(int hinge) const { return broken_[hinge]; }
  /// State of a hinge in the reference shape: bent elastically by @p angle, plastic rotation so far @p broken.
  void set_state(int hinge, double angle, double broken) {
    rest_[hinge] = unbent_[hinge] - angle;
    broken_[hinge] = broken;
  }

private:
  struct Hinge {
    std::array<int, 4> nodes; ///< edge, tip of the first facet, tip of the second
    std::array<int, 2> facets;
    double stiffness, limit, break_angle, residual;
  };
  struct Bend {
    double angle;
    std::array<Vec3, 4> gradient; ///< of the angle, per node
  };
  Bend bend(const Hinge& hinge, const VectorX& u) const;
  double limit(int hinge) const;

  std::vector<Vec3> reference_;
  std::vector<Hinge> hinges_;
  std::vector<double> unbent_, rest_; ///< angle of the reference shape; theta_0
  std::vector<double> broken_;        ///< plastic rotation so far
  std::vector<double> force_;         ///< [hinge][4][3]
  NodeGather gather_;
};

} // namespace kypho

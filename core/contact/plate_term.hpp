#pragma once
// A rigid flat plate that facets may touch: normal contact by penalty, Coulomb friction with an elastic stick.
//   p = k_n <-g>,  g = (x - c) . n  the gap;   t = -k_t (slip - slip_p),  |t| <= mu p   (Wriggers 2006, Computational
// Contact Mechanics, ch. 5). Tractions act per reference area, at the quadrature points of the facets, linear or quadratic.
#include "core/fem/term.hpp"
#include "core/fem/tet_mesh.hpp"

namespace kypho {

class PlateTerm final : public Term {
public:
  /// @param point, normal of the plate, the normal towards the body   @param stiffness k_n, and k_t of the stick, MPa/mm
  /// @param friction coefficient mu
  PlateTerm(const TetMesh& mesh, const std::vector<int>& facets, const Vec3& point, const Vec3& normal,
            double stiffness, double friction = 0);
  std::string_view name() const noexcept override { return "plate"; }
  void add_forces(const VectorX& u, VectorX& f) override;
  void add_stiffness_rows(const VectorX& u, VectorX& rows) const override;
  void couple(Tangent& K) const override;
  /// As if everything touched that may.
  void add_stiffness_bound(const VectorX& u, Tangent&, VectorX& diagonal) const override {
    add_stiffness_rows(u, diagonal);
  }
  double linearize(const VectorX& u, VectorX& f, Tangent* K) const override;
  void visit(Archive& archive) override { KYPHO_VISIT(archive, point, slip_, reaction_); }

  Vec3 point; ///< of the plate, moved by who loads it, mm
  /// Force that the body exerts on the plate, N, as of the last add_forces.
  const Vec3& reaction() const { return reaction_; }

private:
  struct Contact { ///< one quadrature point
    int first;     ///< of its facet in nodes_
    std::array<double, 6> shape;
    double area;
  };
  template <class T>
  void traction(const T* x, const Vec3& slip, T* t) const;
  Vec3 position(const Contact& c, const VectorX& u) const;
  std::vector<Vec3> reference_;
  std::vector<int> nodes_;
  std::vector<Contact> contacts_;
  int per_ = 3;
  Vec3 normal_, first_tangent_, second_tangent_;
  double stiffness_, friction_;
  std::vector<Vec3> slip_; ///< where the stick of each point is anchored on the plate, seen from it
  Vec3 reaction_ = Vec3::Zero();
};

} // namespace kypho

#pragma once
// Loads on a mesh: given forces on nodes, and pressure on facets that follows them.
#include "core/fem/term.hpp"
#include "core/fem/tet_mesh.hpp"

namespace kypho {

/// f += factor * forces, wherever the nodes go.
class ForceTerm final : public Term {
public:
  /// @param forces one entry per unknown, N
  explicit ForceTerm(VectorX forces) : forces_(std::move(forces)) {}
  std::string_view name() const noexcept override { return "forces"; }
  void add_forces(const VectorX&, VectorX& f) override { f += factor * forces_; }
  void add_stiffness_rows(const VectorX&, VectorX&) const override {}
  void couple(Tangent&) const override {}
  double linearize(const VectorX&, VectorX& f, Tangent*) const override {
    f += factor * forces_;
    return std::abs(factor) * forces_.lpNorm<1>();
  }
  void visit(Archive& archive) override { KYPHO_VISIT(archive, factor, forces_); }
  double factor = 1;

private:
  VectorX forces_;
};

/// Pressure on facets, linear or quadratic, against their outward normal in the deformed shape (follower load):
///   f_a = - p int N_a n da.
/// With a fluid behind the facets the pressure is its own: p = k (fluid - V), V the volume in front of them, which they and
/// planes through the origin enclose.
class PressureTerm final : public Term {
public:
  PressureTerm(const TetMesh& mesh, const std::vector<int>& facets);
  std::string_view name() const noexcept override { return "pressure"; }
  void add_forces(const VectorX& u, VectorX& f) override { linearize(u, f, nullptr); }
  void add_stiffness_rows(const VectorX& u, VectorX& rows) const override;
  void couple(Tangent& K) const override;
  double linearize(const VectorX& u, VectorX& f, Tangent* K) const override;
  void visit(Archive& archive) override { KYPHO_VISIT(archive, pressure, stiffness, fluid); }

  double volume(const VectorX& u) const; ///< mm3
  double pressure_at(const VectorX& u) const { return stiffness > 0 ? stiffness * (fluid - volume(u)) : pressure; }

  double pressure = 0;  ///< MPa, where no fluid is given
  double stiffness = 0; ///< k, MPa/mm3; 0: the pressure is given
  double fluid = 0;     ///< mm3

private:
  struct SurfacePoint {
    Vec3 x, a, b;
  };
  template <class Shape>
  SurfacePoint surface_point(std::size_t first, int q, const VectorX& u) const;
  template <class Shape>
  double forces(const VectorX& u, double p, VectorX& f, std::vector<double>* matrices, VectorX* volume_slope) const;
  template <class Shape>
  double volume_of(const VectorX& u) const;
  std::vector<Vec3> reference_;
  std::vector<int> nodes_; ///< per facet 3 or 6
  int per_ = 3;
};

} // namespace kypho

// A cavity blown up from radius a = 5 mm to 2 a in crushable isotropic bone, spherical and cylindrical (plane strain),
// the body fixed at 10 a, the fluid's volume given. Reference: cavity_reference.hpp, 100 elements and 1000 steps,
// within 0.1 % of 200 elements and 2000 steps at 1.6 a and 2 a.
// The bone does not tear: how fast it does depends on the size of the elements (see the case softening).
// Meshes are named by their cells along the radius and round a quarter.
#include "benchmarks/verify/cavity_reference.hpp"
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/problem.hpp"

#include <cmath>

namespace kypho::verify {
namespace {

constexpr double a = 5, b = 50;

struct Mesh {
  int radial, around, order;
  std::string name() const {
    return (order == 1 ? "tet4 " : "tet10 ") + std::to_string(radial) + " x " + std::to_string(around);
  }
};

std::vector<CavityPoint> blow_up(CavityShape shape, double bmd, const Mesh& m) {
  const bool sphere = shape == CavityShape::sphere;
  PointData point;
  point.bmd = bmd;
  Problem p(sphere ? sphere_octant(m.radial, m.around, m.order,
                                   [](double c) { return a * std::pow(b / a, std::pow(c, 1.5)); })
                   : cylinder_quarter(m.radial, m.around, 1, m.order, a, b, a / m.around),
            law("trabecular_bone",
                {{"transverse_modulus_ratio", 1}, {"transverse_strength_ratio", 1}, {"tearing_residual", 1}}),
            false, point);
  const auto radius = [sphere](const Vec3& X) { return sphere ? X.norm() : std::hypot(X[0], X[1]); };
  for (int i = 0; i < 3; ++i) {
    p.hold([i](const Vec3& X) { return X[i] < 1e-9; }, i);
    p.hold([&](const Vec3& X) { return radius(X) > b - 1e-6 || (!sphere && i == 2); }, i);
  }
  PressureTerm& fluid = p.add<PressureTerm>(p.mesh, p.facets([&](const Vec3& X) { return radius(X) < a + 1e-6; }));
  const double empty = fluid.volume(p.system.u), power = sphere ? 3 : 2;
  fluid.stiffness = 1000 / empty; // takes less than 1 % of the volume
  fluid.fluid = empty;
  std::vector<CavityPoint> curve{{1, 0}};
  p.solve(
      480, 1e-7, [&](double t) { fluid.fluid = empty * std::pow(1 + t, power); },
      [&](double) {
        curve.push_back({std::pow(fluid.volume(p.system.u) / empty, 1 / power), fluid.pressure_at(p.system.u)});
      });
  return curve;
}

void series(Rows& rows, CavityShape shape, double bmd, const std::vector<Mesh>& meshes) {
  const std::vector<CavityPoint> exact = cavity_reference(shape, bmd, 2, b / a, 100, 1000);
  const std::string name = std::string(shape == CavityShape::sphere ? "sphere, " : "cylinder, ") +
                           std::to_string(static_cast<int>(bmd)) + " mg/cm3, ";
  std::vector<double> last;
  for (const Mesh& mesh : meshes) {
    const std::vector<CavityPoint> curve = blow_up(shape, bmd, mesh);
    if (&mesh == &meshes.back())
      rows.compare(name + mesh.name() + ", p at 1.6 a, MPa", pressure_at(exact, 1.6), pressure_at(curve, 1.6), 0.01);
    rows.compare(name + mesh.name() + ", p at 2 a, MPa", pressure_at(exact, curve.back().radius), curve.back().pressure,
                 &mesh == &meshes.back() ? 0.01 : 0.03);
    last.push_back(curve.back().pressure);
  }
  for (std::size_t i = 1; i < last.size(); ++i)
    rows.compare(name + meshes[i].name() + " against " + meshes[i - 1].name() + ", p at 2 a, MPa", last[i - 1], last[i],
                 0.03);
}

} // namespace

CaseInfo verify_cavity_expansion() {
  return {"cavity_expansion",
          "Benchmarks",
          "cavity blown up to twice its radius in crushable bone",
          "one-dimensional solution of the same equations in principal values",
          false,
          [](Rows& rows) {
            const Mesh coarse{4, 2, 2}, fine{8, 2, 2};
            for (const double bmd : {60.0, 150.0}) series(rows, CavityShape::cylinder, bmd, {fine});
            series(rows, CavityShape::cylinder, 100, {coarse, fine});
            for (const double bmd : {60.0, 150.0}) series(rows, CavityShape::sphere, bmd, {fine});
            series(rows, CavityShape::sphere, 100, {coarse, fine});
          }};
}

} // namespace kypho::verify

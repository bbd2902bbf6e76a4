// NAFEMS LE10: thick elliptic plate under pressure, stress at the inner edge.
#include "benchmarks/verify/hookean.hpp"
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/problem.hpp"

#include <cmath>

namespace kypho::verify {
namespace {

constexpr double thickness = 0.6;

double stress_at_d(int n) {
  // Quarter plate between the ellipses (2, 1) and (3.25, 2.75), z = 0 in the middle. Cells are smaller towards D and the faces.
  const auto map = [](const Vec3& c) {
    const double s = c[0] * (0.4 + 0.6 * c[0]), angle = M_PI / 2 * c[1] * (0.6 + 0.4 * c[1]);
    const double a = 2 + 1.25 * s, b = 1 + 1.75 * s;
    return Vec3(a * std::cos(angle), b * std::sin(angle), thickness * (c[2] - 0.5 - 0.1 * std::sin(2 * M_PI * c[2])));
  };
  const auto law = hookean(210e3, 0.3);
  Problem p(block(n, n, n / 2, 2, map), law);
  const auto outer = [](const Vec3& X) { return std::pow(X[0] / 3.25, 2) + std::pow(X[1] / 2.75, 2) > 1 - 1e-6; };
  p.hold([](const Vec3& X) { return X[1] < 1e-9; }, 1);
  p.hold([](const Vec3& X) { return X[0] < 1e-9; }, 0);
  p.hold(outer, 0);
  p.hold(outer, 1);
  p.hold([&](const Vec3& X) { return outer(X) && std::abs(X[2]) < 1e-9; }, 2);
  // Pressure on the upper face as forces, on the undeformed shape as the benchmark has it.
  VectorX load = VectorX::Zero(3 * p.mesh.nodes.size());
  PressureTerm pressure(p.mesh, p.facets([](const Vec3& X) { return X[2] > thickness / 2 - 1e-9; }));
  pressure.pressure = 1;
  pressure.linearize(VectorX::Zero(load.size()), load, nullptr);
  ForceTerm& force = p.add<ForceTerm>(load);
  p.solve(1, 1e-9, [&](double t) { force.factor = t; });
  const Mat3 F = p.gradient_at_corner(p.node_at(Vec3(2, 0, thickness / 2)));
  VectorX c(law->constants_size()), none(0), trial(0);
  law->constants({}, c);
  return law->evaluate(F, c, none, trial).P(1, 1);
}

} // namespace

CaseInfo verify_le10() {
  return {"le10",
          "Benchmarks",
          "thick elliptic plate under pressure, tet10",
          "NAFEMS 1990, The Standard NAFEMS Benchmarks, LE10: -5.38 MPa",
          true,
          [](Rows& rows) {
            rows.compare("stress yy at D, 8 cells a side, MPa", -5.38, stress_at_d(8), 0.05);
            rows.compare("stress yy at D, 20 cells a side, MPa", -5.38, stress_at_d(20), 0.01);
          }};
}

} // namespace kypho::verify

// Slender cantilever under a dead tip load, bent through large angles: the elastica (Mattiasson 1981, Int J Numer Meth Eng
// 17:145). alpha = P L^2 / E I.
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/problem.hpp"

namespace kypho::verify {
namespace {

constexpr double length = 100, E = 1.2e4; // cross-section 1 x 1 mm

Vec3 tip_displacement(double alpha) {
  Problem p(block(60, 1, 2, 2, [](const Vec3& c) { return Vec3(length * c[0], c[1], c[2] - 0.5); }),
            law("compact_solid", {{"modulus", E}, {"poisson_ratio", 0}, {"yield", 5000}}));
  for (int i = 0; i < 3; ++i) p.hold([](const Vec3& X) { return X[0] < 1e-9; }, i);
  // A uniform shear traction on the tip: the consistent forces of a pressure there, turned.
  VectorX normal = VectorX::Zero(3 * p.mesh.nodes.size()), load = normal;
  PressureTerm pressure(p.mesh, p.facets([](const Vec3& X) { return X[0] > length - 1e-9; }));
  pressure.pressure = 1;
  pressure.linearize(VectorX::Zero(load.size()), normal, nullptr);
  for (std::size_t n = 0; n < p.mesh.nodes.size(); ++n) load[3 * n + 2] = normal[3 * n];
  ForceTerm& force = p.add<ForceTerm>(load);
  const double full = alpha * E / 12 / (length * length);
  p.solve(10, 1e-9, [&](double t) { force.factor = full * t; });
  return p.displacement(Vec3(length, 0.5, 0));
}

} // namespace

CaseInfo verify_cantilever() {
  return {"cantilever",
          "Benchmarks",
          "slender cantilever in large deflection, tet10",
          "Mattiasson 1981",
          true,
          [](Rows& rows) {
            struct {
              double alpha, down, back;
            } const table[] = {{1, 0.30172, 0.05643}, {5, 0.71379, 0.38763}, {10, 0.81061, 0.55500}};
            for (const auto& [alpha, down, back] : table) {
              const Vec3 u = tip_displacement(alpha);
              const std::string at = "P L2/EI = " + std::to_string(static_cast<int>(alpha));
              rows.compare(at + ", deflection over length", down, -u[2] / length, 0.01);
              rows.compare(at + ", shortening over length", back, -u[0] / length, 0.01);
            }
          }};
}

} // namespace kypho::verify

// Cook's membrane, a tapered panel in plane strain, nearly incompressible: what locks is far too stiff (Cook 1974, ASCE J
// Struct Div 100:1851; Simo & Rifai 1990, Int J Numer Meth Eng 29:1595).
#include "benchmarks/verify/hookean.hpp"
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/plane_strain.hpp"
#include "benchmarks/verify/problem.hpp"

#include <cmath>

namespace kypho::verify {
namespace {

constexpr double E = 240.565, nu = 0.4999, force = 1; // small, so that the strains are
constexpr std::array<std::array<double, 2>, 4> corners{{{0, 0}, {48, 44}, {48, 60}, {0, 44}}};

double tip(int n, int order, bool mean) {
  const auto map = [](const Vec3& c) {
    const double lower = 44 * c[0], upper = 44 + 16 * c[0];
    return Vec3(48 * c[0], lower + (upper - lower) * c[1], c[2]);
  };
  Problem p(block(n, n, 1, order, map), hookean(E, nu), mean);
  for (int i = 0; i < 3; ++i) p.hold([](const Vec3& X) { return X[0] < 1e-9; }, i);
  p.hold([](const Vec3&) { return true; }, 2);
  VectorX normal = VectorX::Zero(3 * p.mesh.nodes.size()), load = normal;
  PressureTerm pressure(p.mesh, p.facets([](const Vec3& X) { return X[0] > 48 - 1e-9; }));
  pressure.pressure = -force / 16;
  pressure.linearize(VectorX::Zero(load.size()), normal, nullptr);
  for (std::size_t k = 0; k < p.mesh.nodes.size(); ++k) load[3 * k + 1] = normal[3 * k];
  ForceTerm& shear = p.add<ForceTerm>(load);
  p.solve(1, 1e-8, [&](double t) { shear.factor = t; });
  return p.displacement(Vec3(48, 60, 0))[1];
}

} // namespace

CaseInfo verify_cook() {
  return {"cook",
          "Benchmarks",
          "Cook's membrane, nu = 0.4999: tip deflection with and without the cure for locking",
          "biquadratic elements with linear discontinuous pressure, 64 x 64 (plane_strain.hpp)",
          true,
          [](Rows& rows) {
            const double reference = shear_loaded_panel(corners, E, nu, force, 64);
            rows.compare("the reference itself, 64 against 32 cells a side, mm", reference,
                         shear_loaded_panel(corners, E, nu, force, 32), 0.002);
            std::vector<double> errors;
            double cured = 0;
            for (const int n : {4, 8, 16}) errors.push_back(std::abs((cured = tip(n, 2, true)) - reference));
            rows.compare("tet10, mean dilatation, 16 cells a side, mm", reference, cured, 0.01,
                         std::log2(errors[1] / errors[2]));
            rows.compare("tet10 without it, 16 cells a side, mm", reference, tip(16, 2, false), 0.01);
            rows.bound("tet10, mean dilatation, 4 cells a side: what it lacks", errors[0] / reference, 0.05);
          }};
}

} // namespace kypho::verify

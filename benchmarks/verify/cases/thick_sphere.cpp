// Thick-walled sphere under internal pressure. Elastic: Lame,
//   u(r) = p a^3 r / (b^3 - a^3) [ (1 - 2 nu)/E + (1 + nu)/(2 E) b^3 / r^3 ].
// Elastic-plastic without hardening (Hill 1950, The Mathematical Theory of Plasticity, ch. V.2): plastic up to r = c,
//   p = 2 Y ln(c/a) + 2 Y/3 (1 - c^3/b^3),
//   u(a) = 1/a^2 { Y c^3 (1 - nu)/E } - 2 (1 - 2 nu) Y a / (3 E) (1 + 3 ln(c/a) - c^3/b^3)   (small strains).
#include "benchmarks/verify/hookean.hpp"
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/problem.hpp"

#include <array>
#include <cmath>

namespace kypho::verify {
namespace {

constexpr double a = 10, b = 20;

Problem sphere(int n, int order, const std::shared_ptr<const Material>& law, bool mean) {
  Problem p(sphere_octant(n, n, order, [](double c) { return a * std::pow(b / a, c); }), law, mean);
  for (int i = 0; i < 3; ++i) p.hold([i](const Vec3& X) { return X[i] < 1e-9; }, i);
  return p;
}

bool inner(const Vec3& X) { return X.norm() < a + 1e-6; }

double lame(double E, double nu, double pressure, double r) {
  const double a3 = a * a * a, b3 = b * b * b;
  return pressure * a3 * r / (b3 - a3) * ((1 - 2 * nu) / E + (1 + nu) / (2 * E) * b3 / (r * r * r));
}

} // namespace

CaseInfo verify_thick_sphere() {
  return {"thick_sphere",
          "Benchmarks",
          "sphere of radii 10 and 20 mm under internal pressure, elastic and elastic-plastic",
          "Lame; Hill 1950, ch. V.2",
          true,
          [](Rows& rows) {
            for (const double nu : {0.3, 0.4999})
              for (const int order : {1, 2}) {
                if (order == 1 && nu > 0.4) continue; // linear elements lock: the cure is the quadratic one
                std::vector<double> errors;
                double computed = 0;
                const double exact = lame(1000, nu, 1, a);
                for (const int n : order == 1 ? std::array{3, 6, 12} : std::array{2, 4, 8}) {
                  Problem p = sphere(n, order, hookean(1000, nu), nu > 0.4);
                  PressureTerm& push = p.add<PressureTerm>(p.mesh, p.facets(inner));
                  p.solve(1, 1e-7, [&](double t) { push.pressure = 0.02 * t; });
                  computed = p.displacement(Vec3(a, 0, 0))[0] / 0.02;
                  errors.push_back(std::abs(computed - exact));
                }
                rows.compare("nu " + std::string(nu > 0.4 ? "0.4999" : "0.3") + ", tet" + (order == 1 ? "4" : "10") +
                                 ", u(a) per MPa, mm",
                             exact, computed, 0.01, std::log2(errors[1] / errors[2]));
              }
            // Y = 1e-4 E keeps the strains small, as the reference has it.
            constexpr double E = 1e5, nu = 0.3, Y = 10, c = 14;
            const double pressure = 2 * Y * std::log(c / a) + 2 * Y / 3 * (1 - std::pow(c / b, 3));
            const double exact = Y * c * c * c * (1 - nu) / (E * a * a) -
                                 2 * (1 - 2 * nu) * Y * a / (3 * E) * (1 + 3 * std::log(c / a) - std::pow(c / b, 3));
            Problem p = sphere(
                4, 2, law("compact_solid", {{"modulus", E}, {"poisson_ratio", nu}, {"yield", Y}, {"hardening", 0}}),
                false);
            PressureTerm& push = p.add<PressureTerm>(p.mesh, p.facets(inner));
            p.solve(10, 1e-8, [&](double t) { push.pressure = pressure * t; });
            rows.compare("elastic-plastic to r = 14 mm, u(a), mm", exact, p.displacement(Vec3(a, 0, 0))[0], 0.01);
          }};
}

} // namespace kypho::verify

// Thick-walled cylinder under internal pressure in plane strain. Elastic: Lame,
//   u(r) = (1 + nu) p a^2 / (E (b^2 - a^2)) [ (1 - 2 nu) r + b^2 / r ].
// Elastic-plastic (Hill 1950, ch. V): plastic up to r = c at  p = Y/sqrt(3) [ 2 ln(c/a) + 1 - c^2/b^2 ], and outside
//   u(b) = (1 - nu^2) 2 k c^2 / (E b)   with k = Y/sqrt(3). Hill's solution takes the plastic zone as incompressible in
// plane strain, which nu = 0.4999 makes exact.
#include "benchmarks/verify/hookean.hpp"
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/problem.hpp"

#include <cmath>

namespace kypho::verify {
namespace {

constexpr double a = 10, b = 20;

Problem cylinder(int n, int order, const std::shared_ptr<const Material>& law, bool mean) {
  Problem p(cylinder_quarter(n, n, 2, order, a, b, 3), law, mean);
  p.hold([](const Vec3& X) { return X[0] < 1e-9; }, 0);
  p.hold([](const Vec3& X) { return X[1] < 1e-9; }, 1);
  p.hold([](const Vec3&) { return true; }, 2);
  return p;
}

bool inner(const Vec3& X) { return X.head<2>().norm() < a + 1e-6; }

} // namespace

CaseInfo verify_thick_cylinder() {
  return {"thick_cylinder",
          "Benchmarks",
          "cylinder of radii 10 and 20 mm in plane strain under internal pressure",
          "Lame; Hill 1950, ch. V",
          true,
          [](Rows& rows) {
            for (const double nu : {0.3, 0.4999}) {
              std::vector<double> errors;
              double computed = 0;
              const double exact = (1 + nu) * a * a / (1000 * (b * b - a * a)) * ((1 - 2 * nu) * a + b * b / a);
              for (const int n : {2, 4, 8}) {
                Problem p = cylinder(n, 2, hookean(1000, nu), nu > 0.4);
                PressureTerm& push = p.add<PressureTerm>(p.mesh, p.facets(inner));
                p.solve(1, 1e-8, [&](double t) { push.pressure = 0.02 * t; });
                computed = p.displacement(Vec3(a, 0, 0))[0] / 0.02;
                errors.push_back(std::abs(computed - exact));
              }
              rows.compare("nu " + std::string(nu > 0.4 ? "0.4999" : "0.3") + ", tet10, u(a) per MPa, mm", exact,
                           computed, 0.01, std::log2(errors[1] / errors[2]));
            }
            constexpr double E = 1e5, nu = 0.49, Y = 10, c = 14;
            const double k = Y / std::sqrt(3.0);
            const double pressure = k * (2 * std::log(c / a) + 1 - c * c / (b * b));
            Problem p = cylinder(
                8, 2, law("compact_solid", {{"modulus", E}, {"poisson_ratio", nu}, {"yield", Y}, {"hardening", 0}}),
                false);
            PressureTerm& push = p.add<PressureTerm>(p.mesh, p.facets(inner));
            p.solve(10, 1e-8, [&](double t) { push.pressure = pressure * t; });
            rows.compare("elastic-plastic to r = 14 mm, nu 0.49, u(b), mm", (1 - nu * nu) * 2 * k * c * c / (E * b),
                         p.displacement(Vec3(b, 0, 0))[0], 0.01);
          }};
}

} // namespace kypho::verify

// Mooney-Rivlin sphere inflated by a volume of fluid beyond the pressure at which it gives way. Incompressible, radii a, b:
//   p = int_{lambda_b}^{lambda_a} W'(l) / (l^3 - 1) dl,   W = C10 (2 l^2 + l^-4 - 3) + C01 (l^4 + 2 l^-2 - 3),
//   lambda_b^3 = 1 + (lambda_a^3 - 1) a^3/b^3            (Ogden 1984, Non-linear Elastic Deformations, sec. 5.3)
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/problem.hpp"

#include <cmath>

namespace kypho::verify {
namespace {

constexpr double a = 10, b = 11.5, c10 = 0.4, c01 = 0.02;

double exact(double lambda_a) {
  const double lambda_b = std::cbrt(1 + (std::pow(lambda_a, 3) - 1) * std::pow(a / b, 3));
  const auto slope = [](double l) {
    return (c10 * (4 * l - 4 * std::pow(l, -5)) + c01 * (4 * std::pow(l, 3) - 4 * std::pow(l, -3))) / (l * l * l - 1);
  };
  constexpr int cells = 200; // Simpson
  const double h = (lambda_a - lambda_b) / cells;
  double sum = slope(lambda_b) + slope(lambda_a);
  for (int k = 1; k < cells; ++k) sum += (k % 2 ? 4 : 2) * slope(lambda_b + k * h);
  return sum * h / 3;
}

} // namespace

CaseInfo verify_inflated_sphere() {
  return {"inflated_sphere",
          "Benchmarks",
          "Mooney-Rivlin sphere inflated by volume beyond its limit point, tet10, mean dilatation",
          "closed form for an incompressible wall; bulk modulus 1250 C10 here",
          false,
          [](Rows& rows) {
            Problem p(sphere_octant(2, 4, 2, [](double c) { return a + (b - a) * c; }),
                      law("mooney_rivlin", {{"c10", c10}, {"c01", c01}, {"bulk_modulus", 500}}), true);
            for (int i = 0; i < 3; ++i) p.hold([i](const Vec3& X) { return X[i] < 1e-9; }, i);
            PressureTerm& fluid =
                p.add<PressureTerm>(p.mesh, p.facets([](const Vec3& X) { return X.norm() < a + 1e-6; }));
            const VectorX rest = VectorX::Zero(p.system.u.size());
            const double start = fluid.volume(rest);
            fluid.stiffness = 0.05;
            double peak = 0, peak_reference = 0;
            std::vector<std::pair<double, double>> curve; // stretch, pressure
            constexpr int steps = 24;
            p.solve(
                steps, 1e-8, [&](double t) { fluid.fluid = start * std::pow(1 + 1.5 * t, 3); },
                [&](double) {
                  const double stretch = std::cbrt(fluid.volume(p.system.u) / start);
                  curve.emplace_back(stretch, fluid.pressure_at(p.system.u));
                  peak = std::max(peak, curve.back().second);
                });
            for (double l = 1.01; l < 2.5; l += 0.001) peak_reference = std::max(peak_reference, exact(l));
            rows.compare("limit pressure, MPa", peak_reference, peak, 0.01);
            for (const double wanted : {1.2, 1.5, 2.0, 2.4}) {
              std::size_t k = 0;
              while (k + 1 < curve.size() && curve[k].first < wanted) ++k;
              rows.compare("pressure at an inner stretch of " + std::to_string(curve[k].first).substr(0, 5) + ", MPa",
                           exact(curve[k].first), curve[k].second, 0.01);
            }
          }};
}

} // namespace kypho::verify

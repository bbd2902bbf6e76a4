// Near the solution every Newton iteration squares the imbalance, which it does with the exact tangent only.
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/problem.hpp"

#include <cmath>

namespace kypho::verify {

CaseInfo verify_newton_tail() {
  return {"newton_tail",
          "Solver",
          "order of convergence of Newton's method at large strain",
          "2, from the last three imbalances above rounding",
          true,
          [](Rows& rows) {
            for (const auto& [name, order, mean] : {std::tuple{"tet4", 1, false}, std::tuple{"tet10", 2, false},
                                                    std::tuple{"tet10, mean dilatation", 2, true}}) {
              Problem p(block(4, 4, 4, order, [](const Vec3& c) { return Vec3(10 * c); }),
                        law("mooney_rivlin", {{"c10", 50}, {"c01", 10}, {"bulk_modulus", 1000}}), mean);
              for (int i = 0; i < 3; ++i) p.hold([](const Vec3& X) { return X[2] < 1e-9; }, i);
              p.hold([](const Vec3& X) { return X[2] > 10 - 1e-9; }, 0,
                     [](const Vec3& X, double t) { return t * (1 + 0.1 * X[1]); });
              p.hold([](const Vec3& X) { return X[2] > 10 - 1e-9; }, 1);
              p.hold([](const Vec3& X) { return X[2] > 10 - 1e-9; }, 2, [](const Vec3&, double t) { return -2 * t; });
              std::vector<double> tail;
              for (const double e : p.solve(1, 1e-12))
                if (e > 1e-12) tail.push_back(e);
              const std::size_t k = tail.size() - 1;
              const double exponent = std::log(tail[k] / tail[k - 1]) / std::log(tail[k - 1] / tail[k - 2]);
              rows.bound(std::string(name) + ", what the exponent lacks of 2", std::max(0.0, 2 - exponent), 0.2);
            }
          }};
}

} // namespace kypho::verify

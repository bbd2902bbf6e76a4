// The tangent of every law is the derivative of its stress, elastic, flowing and crushed.
#include "benchmarks/verify/ladder.hpp"
#include "core/materials/catalog.hpp"

#include <cmath>

namespace kypho::verify {
namespace {

Mat3 on_path(double t) {
  const Mat3 full = (Mat3() << 0.7, -0.4, 0.3, 0.2, 0.5, -0.6, -0.1, 0.4, -0.9).finished();
  Mat3 F = Mat3::Identity() + 0.06 * std::sin(4 * t) * full;
  F(2, 2) -= 0.3 * t;
  F(0, 1) += 0.05 * t * t;
  return F;
}

double worst_difference(const Material& law) {
  PointData point;
  point.conversion = 0.9;
  point.axis = Vec3(0.1, -0.2, 1).normalized();
  VectorX c(law.constants_size()), h(law.history_size()), trial(law.history_size());
  law.constants(point, c);
  law.initial_history(h);
  double worst = 0;
  for (int s = 1; s <= 40; ++s) {
    const Mat3 F = on_path(s / 40.0);
    const Mat9 A = law.tangent(F, c, h);
    Mat9 differences;
    constexpr double step = 2e-6;
    for (int k = 0; k < 9; ++k) {
      Mat3 up = F, down = F;
      up.data()[k] += step;
      down.data()[k] -= step;
      const Mat3 d = (law.evaluate(up, c, h, trial).P - law.evaluate(down, c, h, trial).P) / (2 * step);
      differences.col(k) = Eigen::Map<const Eigen::Matrix<double, 9, 1>>(d.data());
    }
    worst = std::max(worst, (A - differences).norm() / A.norm());
    law.evaluate(F, c, h, trial);
    h = trial;
  }
  return worst;
}

} // namespace

CaseInfo verify_tangent() {
  return {"tangent",
          "Laws",
          "consistent tangent over 40 states of a crushing path",
          "central differences of the stress",
          true,
          [](Rows& rows) {
            for (const LawInfo& info : law_catalog())
              if (info.make) rows.bound(info.name, worst_difference(*info.make(Params(info.specs))), 1e-6);
          }};
}

} // namespace kypho::verify

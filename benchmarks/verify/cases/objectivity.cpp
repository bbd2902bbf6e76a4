// A rigid rotation after each step changes neither the stress, seen from the turned observer, nor the history.
#include "benchmarks/verify/ladder.hpp"
#include "core/materials/catalog.hpp"

#include <Eigen/Geometry>
#include <cmath>

namespace kypho::verify {
namespace {

constexpr int steps = 160;

double worst_turn(const Material& law) {
  PointData point;
  point.conversion = 0.9;
  VectorX c(law.constants_size()), still(law.history_size());
  law.constants(point, c);
  law.initial_history(still);
  VectorX turned = still, trial = still;
  const Mat3 full = (Mat3() << 0.7, -0.4, 0.3, 0.2, 0.5, -0.6, -0.1, 0.4, -0.9).finished();
  double worst = 0, largest = 0;
  for (int i = 1; i <= steps; ++i) {
    const double s = 40.0 * i / steps;
    Mat3 F = Mat3::Identity() + 0.06 * std::sin(0.1 * s) * full;
    F(2, 2) -= 0.005 * s;
    const Mat3 Q = Eigen::AngleAxisd(0.7 * s, Vec3(0.3, 1 - 0.05 * s, -0.5).normalized()).toRotationMatrix();
    const Mat3 P = law.evaluate(F, c, still, trial).P;
    still = trial;
    const Mat3 seen = law.evaluate(Q * F, c, turned, trial).P;
    turned = trial;
    largest = std::max(largest, P.norm());
    worst = std::max(worst, (Q.transpose() * seen - P).norm() / largest);
    // and standing still: the turned point moves its history on as the other does
    VectorX stays = still;
    law.evaluate(F, c, still, stays);
    law.evaluate(Q.transpose() * F, c, turned, trial);
    worst = std::max(worst, (trial - stays).norm() / std::max(1.0, stays.norm()));
  }
  return worst;
}

} // namespace

CaseInfo verify_objectivity() {
  return {"objectivity",
          "Laws",
          "a rigid rotation after each of 160 steps",
          "the same path without rotations",
          true,
          [](Rows& rows) {
            for (const LawInfo& info : law_catalog())
              if (info.make) rows.bound(info.name, worst_turn(*info.make(Params(info.specs))), 1e-9);
          }};
}

} // namespace kypho::verify

// The batch form of a tangent comes from six derivatives along strains, the single form from nine along F.
#include "core/base/pack.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

std::vector<std::string> solid_laws() {
  std::vector<std::string> names;
  for (const LawInfo& info : law_catalog())
    if (info.make) names.push_back(info.name);
  return names;
}

class BatchTangent : public testing::TestWithParam<std::string> {};

TEST_P(BatchTangent, FromStrainsIsTheTangentOfOnePointFromNineDerivatives) {
  constexpr int n = 6 * pack_width, stride = n + 4;
  const std::shared_ptr<const Material> law = testing_points::make_law(GetParam());
  const int constants = law->constants_size(), stored = law->history_size();
  std::vector<double> F(9 * stride, 0.0), c(constants * stride, 0.0), h(stored * stride, 0.0), P(9 * stride, 0.0);
  std::vector<double> A(81 * stride, 0.0);
  std::vector<Mat9> expected;
  const Mat3 ugly = (Mat3() << 0.7, -0.4, 0.3, 0.2, 0.5, -0.6, -0.1, 0.4, -0.9).finished();
  for (int p = 0; p < n; ++p) { // virgin, elastic, flowing, unloading, turned
    PointData point;
    point.bmd = 60 + 4 * p;
    point.axis = Vec3(0.1, -0.2, 1).normalized();
    point.radial = Vec3(0.8, 0.5, 0.1).normalized();
    point.conversion = 0.4 + 0.5 * p / n;
    testing_points::PointDriver driver(law, point);
    for (int s = 0; s < p; ++s) driver.go(Mat3::Identity() + 0.08 * std::sin(0.2 * s) * ugly);
    const Mat3 next = testing_points::rotation(Vec3(0.1 * p, -0.3, 0.7)) *
                      (Mat3::Identity() + (p % 3 == 0 ? 1e-3 : 0.09 * std::sin(0.2 * p)) * ugly);
    for (int k = 0; k < 9; ++k) F[k * stride + p] = next(k / 3, k % 3);
    for (int k = 0; k < constants; ++k) c[k * stride + p] = driver.constants()[k];
    for (int k = 0; k < stored; ++k) h[k * stride + p] = driver.history()[k];
    expected.push_back(law->tangent(next, driver.constants(), driver.history()));
  }
  law->linearize_batch({n, stride, F.data(), c.data(), h.data(), P.data(), nullptr}, A.data());
  for (int p = 0; p < n; ++p) {
    Mat9 batch;
    for (int k = 0; k < 9; ++k)
      for (int l = 0; l < 9; ++l) batch(k / 3 + 3 * (k % 3), l / 3 + 3 * (l % 3)) = A[(9 * k + l) * stride + p];
    EXPECT_LT((batch - expected[p]).norm(), 1e-12 * expected[p].norm()) << "point " << p;
  }
}

INSTANTIATE_TEST_SUITE_P(Law, BatchTangent, testing::ValuesIn(solid_laws()),
                         [](const auto& info) { return info.param; });

} // namespace
} // namespace kypho

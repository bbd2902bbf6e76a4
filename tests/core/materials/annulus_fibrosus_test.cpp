// The annulus against its closed forms. At J = 1 with F = diag(1/sqrt l, l, 1/sqrt l), fibres in the y-z sheet:
//   s_yy - s_xx = 2 (C10 + 2 kappa p)(l^2 - 1/l) + 4 (1 - 3 kappa) p l^2 cos^2,
//   s_zz - s_xx = 4 (1 - 3 kappa) p sin^2 / l,   p = k1 s exp(k2 s^2),  s = E - w/2.
#include "tests/core/materials/point_driver.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_points::make_law;
using testing_points::PointDriver;

constexpr double c10 = 0.1351, k1 = 2.67, k2 = 60.9, width = 0.002;

PointDriver annulus(double angle, double dispersion, double limit = 1.5) {
  const std::vector<std::pair<std::string, double>> values = {
      {"fibre_angle", angle}, {"dispersion", dispersion}, {"fibre_stretch_limit", limit}};
  return {make_law("annulus_fibrosus", values), {}}; // axis Z, radial X
}
Mat3 isochoric(double l) { return Vec3(1 / std::sqrt(l), l, 1 / std::sqrt(l)).asDiagonal(); }
double fibre_stress(double E) { return k1 * (E - width / 2) * std::exp(k2 * (E - width / 2) * (E - width / 2)); }

class Annulus : public testing::TestWithParam<std::pair<double, double>> {}; // angle, dispersion

TEST_P(Annulus, PulledRoundTheDiscHasTheStressOfTheClosedForm) {
  const auto [angle, kappa] = GetParam();
  const double c2 = std::cos(angle) * std::cos(angle), s2 = 1 - c2;
  for (const double l : {1.02, 1.05, 1.1}) {
    PointDriver point = annulus(angle, kappa);
    point.go(isochoric(l));
    const double E = kappa * (l * l + 2 / l - 3) + (1 - 3 * kappa) * (l * l * c2 + s2 / l - 1);
    ASSERT_GT(E, width);
    const double p = fibre_stress(E);
    const Mat3 s = point.cauchy();
    const double yy = 2 * (c10 + 2 * kappa * p) * (l * l - 1 / l) + 4 * (1 - 3 * kappa) * p * l * l * c2;
    EXPECT_NEAR(s(1, 1) - s(0, 0), yy, 1e-10 * yy);
    EXPECT_NEAR(s(2, 2) - s(0, 0), 4 * (1 - 3 * kappa) * p * s2 / l, 1e-10 * yy);
    EXPECT_NEAR(s.trace(), 0, 1e-10 * yy);    // no volume changes, and what changes the shape has no pressure
    EXPECT_NEAR(std::abs(s(1, 2)), 0, 1e-12); // the two families balance
  }
}
INSTANTIATE_TEST_SUITE_P(Fibres, Annulus,
                         testing::Values(std::pair{0.0, 0.0}, std::pair{0.5, 0.0}, std::pair{0.6, 0.0752}));

// The stress of the matrix alone: s_ii - s_jj = 2 C10 (l_i^2 - l_j^2).
TEST(AnnulusFibrosus, FibresCarryNothingInCompression) {
  for (const double l : {0.98, 0.9, 0.7}) {
    PointDriver point = annulus(0, 0);
    point.go(isochoric(l));
    const Mat3 s = point.cauchy();
    EXPECT_NEAR(s(1, 1) - s(0, 0), 2 * c10 * (l * l - 1 / l), 1e-12);
    EXPECT_NEAR(s(2, 2) - s(0, 0), 0, 1e-12);
    EXPECT_NEAR(point.energy(), c10 * (l * l + 2 / l - 3), 1e-12);
  }
}

TEST(AnnulusFibrosus, PulledAlongTheRadiusIsMatrixAlone) {
  PointDriver point = annulus(0.55, 0);
  const double l = 1.2;
  point.go(Vec3(l, 1 / std::sqrt(l), 1 / std::sqrt(l)).asDiagonal());
  const Mat3 s = point.cauchy();
  EXPECT_NEAR(s(0, 0) - s(1, 1), 2 * c10 * (l * l - 1 / l), 1e-12);
  EXPECT_NEAR(s(1, 1) - s(2, 2), 0, 1e-12);
}

TEST(AnnulusFibrosus, FibresFollowTheDirectionsOfThePoint) {
  PointData turned;
  turned.axis = Vec3::UnitX();
  turned.radial = Vec3::UnitY(); // round the disc: X x Y = Z
  PointDriver there(make_law("annulus_fibrosus"), turned), here(make_law("annulus_fibrosus"), {});
  const double a = there.go(Vec3(0.99, 0.97, 1.04).asDiagonal())(2, 2);
  const double b = here.go(Vec3(0.97, 1.04, 0.99).asDiagonal())(1, 1);
  EXPECT_NEAR(a, b, 1e-12);
}

// Aligned fibres in one direction: dW/dE is linear in E beyond the limit, with the slope that it has there.
TEST(AnnulusFibrosus, BeyondTheLargestStretchTheFibresAreLinear) {
  const double limit = 1.06;
  const auto p_of = [&](double E) {
    PointDriver point = annulus(0, 0, limit);
    const double l = std::sqrt(1 + E);
    point.go(isochoric(l));
    return (point.cauchy()(1, 1) - point.cauchy()(0, 0) - 2 * c10 * (l * l - 1 / l)) / (4 * l * l);
  };
  const double at = limit * limit - 1, s = at - width / 2;
  const double slope = k1 * (1 + 2 * k2 * s * s) * std::exp(k2 * s * s);
  EXPECT_NEAR(p_of(at), fibre_stress(at), 1e-10);
  EXPECT_NEAR(p_of(at + 0.05), fibre_stress(at) + 0.05 * slope, 1e-9);
  EXPECT_NEAR(p_of(at + 0.3), fibre_stress(at) + 0.3 * slope, 1e-9);
}

TEST(AnnulusFibrosus, TheTangentHasNoJumpWhereTheFibresTakeHold) {
  const PointDriver point = annulus(0, 0);
  const auto law = make_law("annulus_fibrosus", {{"fibre_angle", 0}, {"dispersion", 0}});
  const Mat9 before = law->tangent(isochoric(1 - 1e-9), point.constants(), point.history());
  const Mat9 after = law->tangent(isochoric(1 + 1e-9), point.constants(), point.history());
  EXPECT_LT((after - before).norm(), 1e-4 * k1);
}

} // namespace
} // namespace kypho

// Trabecular bone at one point, driven as test benches drive cores of it, against the figures that it was built from.
#include "tests/core/materials/point_driver.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_points::PointDriver;

constexpr int axial = 2, transverse = 0;

std::shared_ptr<const Material> bone() {
  static const std::shared_ptr<const Material> law = testing_points::make_law("trabecular_bone");
  return law;
}

PointDriver core_of(double bmd) {
  PointData point;
  point.bmd = bmd;
  point.size = 2.4; // the height of the band in which bone fails: strain in the element is strain in the band
  return {bone(), point};
}

// Kopperdahl, Morgan, Keaveny 2002, J Orthop Res 20:801, rho in g/cm3.
double axial_modulus(double bmd) { return 2980 * std::pow(bmd / 1000, 1.05); }
double axial_strength(double bmd) { return 37.4 * std::pow(bmd / 1000, 1.39); }

double modulus(double bmd, int axis) { return core_of(bmd).pull(axis, 1 - 1e-4) / -1e-4; }
double strength(double bmd, int axis, double sign) { return core_of(bmd).pull_to(axis, 1 + sign * 0.04, 200); }

class TrabecularBone : public testing::TestWithParam<double> {};

TEST_P(TrabecularBone, AxialModulusFollowsDensity) {
  EXPECT_NEAR(modulus(GetParam(), axial), axial_modulus(GetParam()), 0.02 * axial_modulus(GetParam()));
}

TEST_P(TrabecularBone, PeakAxialStressFollowsDensity) {
  EXPECT_NEAR(strength(GetParam(), axial, -1), axial_strength(GetParam()), 0.06 * axial_strength(GetParam()));
}

TEST_P(TrabecularBone, TransverseModulusAndStrengthAreTheStatedShareOfTheAxialOnes) {
  EXPECT_NEAR(modulus(GetParam(), transverse) / modulus(GetParam(), axial), 0.35, 0.01);
  // the plateau hardens, so its stress is taken where the foam starts to yield: at 1.5 times the yield strain
  const double yield_strain = 0.41 * axial_strength(GetParam()) / (0.35 * axial_modulus(GetParam()));
  const double yield = core_of(GetParam()).pull_to(transverse, 1 - 1.5 * yield_strain, 60);
  EXPECT_NEAR(yield / axial_strength(GetParam()), 0.41, 0.02);
}

TEST_P(TrabecularBone, TensileStrengthIsSevenTenthsOfTheCompressive) {
  const double ratio = strength(GetParam(), axial, 1) / strength(GetParam(), axial, -1);
  EXPECT_NEAR(ratio, 0.7, 0.04);
}

// 10-30 % drop of the axial stress after its peak, commonly quoted; then a plateau up to densification.
TEST_P(TrabecularBone, StressDropsAfterThePeakAndThenStaysOnAPlateau) {
  PointDriver core = core_of(GetParam());
  const double peak = core.pull_to(axial, 0.96, 200);
  core.pull_to(axial, 0.92, 100);
  const double after = std::abs(core.P()(axial, axial));
  EXPECT_LT(after, 0.90 * peak);
  EXPECT_GT(after, 0.65 * peak);
  double lowest = after, highest = after;
  for (double stretch = 0.92; stretch > 0.70; stretch -= 0.002) {
    const double stress = std::abs(core.pull(axial, stretch));
    lowest = std::min(lowest, stress);
    highest = std::max(highest, stress);
  }
  EXPECT_GT(lowest, 0.60 * peak);
  EXPECT_LT(highest, 0.95 * peak);
}

// A von Mises bone would have spread by 1/sqrt(0.7) = 1.195 here. Under load the damaged foam bulges elastically a little.
TEST_P(TrabecularBone, CrushedBoneDoesNotSpreadSideways) {
  PointDriver core = core_of(GetParam());
  core.pull_to(axial, 0.70, 600);
  EXPECT_NEAR(core.F()(0, 0), 1, 0.03);
  EXPECT_NEAR(core.F()(1, 1), 1, 0.03);
  core.unload(axial); // foam and trabeculae hold each other: some of the bulge stays
  EXPECT_NEAR(core.F()(0, 0), 1, 0.015);
  EXPECT_NEAR(core.F()(1, 1), 1, 0.015);
}

// Keaveny, Wachtel, Kopperdahl 1999, J Orthop Res 17:346: to about 1 % stays after 3 %, and the modulus has fallen by 5-90 %.
// The law leaves 1.6 to 1.9 %, more in weaker bone; without damage it would be 2.4 to 2.6 %.
TEST_P(TrabecularBone, LessThanTwoPercentStaysAfterThreePercentAndUnloadingIsSofter) {
  PointDriver core = core_of(GetParam());
  core.pull_to(axial, 0.97, 300);
  const double stress = std::abs(core.P()(axial, axial));
  const double residual = 1 - core.unload(axial);
  EXPECT_GT(residual, 0.007);
  EXPECT_LT(residual, 0.02);
  const double unloading = stress / (0.03 - residual) / modulus(GetParam(), axial);
  EXPECT_LT(unloading, 0.6);
  EXPECT_GT(unloading, 0.1);
}

TEST_P(TrabecularBone, ReloadingReachesTheStressItWasUnloadedFrom) {
  PointDriver core = core_of(GetParam());
  core.pull_to(axial, 0.97, 300);
  const double stress = core.P()(axial, axial);
  core.unload(axial);
  core.pull_to(axial, 0.97, 100);
  EXPECT_NEAR(core.P()(axial, axial) / stress, 1, 0.05);
}

// Hosseini, Pahr, Zysset 2012, JMBBM 15:93, public constants: beyond a volume strain of 0.30 the stress rises by
// (1100 b^2.928 c + 1300 b^2.77 c^5) / (89.2 b^1.69) of the axial strength, b = BV/TV, c the strain beyond 0.30.
TEST_P(TrabecularBone, DensificationFollowsThePublishedLaw) {
  const double b = (0.07 + 0.84 * GetParam() / 1000) / 0.6 / 1.9; // Les 1994, Schileo 2008
  PointData point;
  point.bmd = GetParam();
  point.size = 2.4;
  const auto plastic_volume_strain = [](const PointDriver& core) {
    for (const auto& [name, place] : bone()->visible_history())
      if (name == "plastic_volume_ratio") return -std::log(core.history()[place]);
    return 0.0;
  };
  const std::shared_ptr<const Material> without =
      testing_points::make_law("trabecular_bone", {{"densification", 0.0}, {"densification_power", 0.0}});
  PointDriver core(bone(), point), thin(without, point);
  for (const double stretch : {0.6, 0.5, 0.4}) {
    core.pull_to(axial, stretch, 500);
    const double c = plastic_volume_strain(core) - 0.30;
    // The foam that does not densify, crushed as far.
    for (double at = thin.F()(axial, axial); plastic_volume_strain(thin) < c + 0.30;) thin.pull(axial, at -= 1e-4);
    // Cauchy stress of the plastically crushed volume: what the volume loses elastically, up to a tenth, does not count.
    const auto stress = [&](const PointDriver& p) {
      return -p.cauchy()(axial, axial) * p.F().determinant() * std::exp(plastic_volume_strain(p));
    };
    const double rise = (stress(core) - stress(thin)) / axial_strength(GetParam());
    const double law =
        (1100 * std::pow(b, 2.928) * c + 1300 * std::pow(b, 2.77) * std::pow(c, 5)) / (89.2 * std::pow(b, 1.69));
    EXPECT_NEAR(rise, law, 0.08 * law + 0.01);
  }
}

// Fyhrie, Schaffler 1994, Bone 15:105, as commonly quoted: crushed to 15 %, vertebral bone came back to 94 % of its height.
// The law leaves 8 to 10 %.
TEST_P(TrabecularBone, AboutHalfOfALargeCrushComesBack) {
  PointDriver core = core_of(GetParam());
  core.pull_to(axial, 0.85, 600);
  const double stays = 1 - core.unload(axial);
  EXPECT_GT(stays, 0.05);
  EXPECT_LT(stays, 0.10);
}

// Walls that do not yield: the pores close and the nominal stress rises without bound.
TEST_P(TrabecularBone, ConfinedBoneStiffensAsItsPoresClose) {
  PointDriver core = core_of(GetParam());
  Mat3 F = Mat3::Identity();
  const double solid = (0.07 + 0.84 * GetParam() / 1000) / 0.6 / 1.9; // Les 1994, Schileo 2008
  double at_half = 0, nearly_closed = 0;
  for (double stretch = 1; stretch > 1.3 * solid; stretch -= 0.002) {
    F(axial, axial) = stretch;
    const double stress = -core.go(F)(axial, axial);
    ASSERT_TRUE(std::isfinite(stress));
    if (stretch >= 0.5) at_half = stress;
    nearly_closed = stress;
  }
  EXPECT_GT(nearly_closed, 3 * at_half);
  EXPECT_GT(at_half, 0.5 * axial_strength(GetParam()));
}

// Without its vertical trabeculae (both ratios 1) bone is an isotropic foam, and the same pressure acts on every face.
TEST_P(TrabecularBone, FoamWithoutVerticalTrabeculaeTakesPureHydrostaticPressure) {
  PointData point;
  point.bmd = GetParam();
  PointDriver foam(testing_points::make_law("trabecular_bone",
                                            {{"transverse_modulus_ratio", 1.0}, {"transverse_strength_ratio", 1.0}}),
                   point);
  const double E = axial_modulus(GetParam()), Y = axial_strength(GetParam()), bulk = E / (3 * (1 - 2 * 0.2));
  foam.go(Mat3::Identity() * (1 - 1e-4));
  EXPECT_NEAR(-foam.P().trace() / 3, 3 * bulk * 1e-4, 1e-3 * 3 * bulk * 1e-4);
  // Yield at q = 0: p = p0 + B / sqrt(4.5), p0 = (Yc - Yt)/2, B^2 = Yc^2 + 4.5 (Yc/3 - p0)^2.
  const double p0 = 0.15 * Y, off = Y / 3 - p0, yield = p0 + std::sqrt((Y * Y + 4.5 * off * off) / 4.5);
  double reached = 0;
  for (double stretch = 1; stretch > 1 - 1.05 * yield / (3 * bulk); stretch -= 1e-5)
    reached = std::max(reached, -foam.go(Mat3::Identity() * stretch).trace() / 3);
  EXPECT_NEAR(reached, yield, 0.03 * yield);
  EXPECT_LT((foam.P() - foam.P()(0, 0) * Mat3::Identity()).norm(), 1e-9 * yield);
}

// Twice the element over the same band: the vertical trabeculae soften twice as fast per strain.
TEST_P(TrabecularBone, SofteningPerStrainGrowsWithTheSizeOfTheElement) {
  PointData point;
  point.bmd = GetParam();
  const auto stress_at = [&](double size) {
    point.size = size;
    PointDriver driver(bone(), point);
    driver.pull_to(axial, 0.96, 200);
    return std::abs(driver.P()(axial, axial));
  };
  EXPECT_GT(stress_at(1.2), 1.03 * stress_at(4.8));
}

TEST(TrabecularBoneData, ADensityThatIsNotPositiveIsRefused) {
  PointData point;
  VectorX c(bone()->constants_size());
  for (const double bmd : {0.0, -80.0, std::nan("")}) {
    point.bmd = bmd;
    EXPECT_THROW(bone()->constants(point, c), InputError) << bmd;
  }
}

INSTANTIATE_TEST_SUITE_P(Density, TrabecularBone, testing::Values(50, 75, 120),
                         [](const auto& info) { return "Bmd" + std::to_string(static_cast<int>(info.param)); });

} // namespace
} // namespace kypho

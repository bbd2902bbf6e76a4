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

TEST_P(TrabecularBone, AxialYieldStressAtAnOffsetOfTwoPerMilleFollowsDensity) {
  PointDriver core = core_of(GetParam());
  double strain = 0, stress = 0;
  while (stress >= axial_modulus(GetParam()) * (strain - 0.002))
    stress = std::abs(core.pull(axial, 1 - (strain += 1e-5)));
  EXPECT_NEAR(stress, axial_strength(GetParam()), 0.03 * axial_strength(GetParam()));
}

// Kopperdahl & Keaveny 1998, J Biomech 31:601: ultimate strains 1.45 +- 0.33 % and, in tension, 1.59 +- 0.33 %.
TEST(TrabecularBoneData, UltimateStrainsAreThoseOfVertebralCores) {
  for (const double sign : {-1.0, 1.0}) {
    PointDriver core = core_of(100);
    double peak = 0, at = 0;
    for (double strain = 0; strain < 0.04; strain += 1e-4) {
      const double stress = std::abs(core.pull(axial, 1 + sign * strain));
      if (stress > peak) at = strain;
      peak = std::max(peak, stress);
    }
    EXPECT_NEAR(at, sign < 0 ? 0.0145 : 0.0159, 0.0033);
  }
}

TEST_P(TrabecularBone, TransverseModulusAndStrengthAreTheStatedShareOfTheAxialOnes) {
  EXPECT_NEAR(modulus(GetParam(), transverse) / modulus(GetParam(), axial), 0.35, 0.01);
  EXPECT_NEAR(strength(GetParam(), transverse, -1) / strength(GetParam(), axial, -1), 0.41, 0.02);
}

// Yield strains of 0.70 and 0.77 % (Morgan & Keaveny 2001, J Biomech 34:569), the same modulus: (0.70 - 0.2) / (0.77 - 0.2).
TEST_P(TrabecularBone, TensileStrengthStandsToTheCompressiveAsTheYieldStrainsAsk) {
  const double ratio = strength(GetParam(), axial, 1) / strength(GetParam(), axial, -1);
  EXPECT_NEAR(ratio, 0.88, 0.04);
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

// A von Mises bone would have spread by 1/sqrt(0.7) = 1.195 here. Under load the damaged foam bulges elastically, by 0.2 of
// an elastic strain of a quarter.
TEST_P(TrabecularBone, CrushedBoneDoesNotSpreadSideways) {
  PointDriver core = core_of(GetParam());
  core.pull_to(axial, 0.70, 600);
  EXPECT_NEAR(core.F()(0, 0), 1, 0.06);
  EXPECT_NEAR(core.F()(1, 1), 1, 0.06);
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
// (1100 b^2.928 c + 1300 b^2.77 c^5) / (89.2 b^1.69) of the ultimate axial strength, b = BV/TV, c the strain beyond 0.30.
// Damage leaves so little stiffness that elastic strains are a tenth and more: with e:C:e/2 this fails by some per cent.
TEST_P(TrabecularBone, CrushedBoneGivesBackWhatItStored) {
  PointDriver core = core_of(GetParam());
  core.pull_to(axial, 0.75, 500);
  const double before = core.energy();
  double given = 0;
  for (int step = 1; step <= 200; ++step) {
    const Mat3 P = core.P(), F = core.F();
    core.pull(axial, 0.75 + 0.03 * step / 200);
    given -= 0.5 * (P + core.P()).cwiseProduct(core.F() - F).sum();
  }
  EXPECT_LT(core.energy(), 0.8 * before);
  EXPECT_NEAR(given, before - core.energy(), 0.01 * given);
}

TEST_P(TrabecularBone, DensificationFollowsThePublishedLaw) {
  const double b = (0.07 + 0.84 * GetParam() / 1000) / 0.6 / 1.9; // Les 1994, Schileo 2008
  PointData point;
  point.bmd = GetParam();
  point.size = 2.4;
  const auto volume_strain = [](const PointDriver& core) { return -std::log(core.F().determinant()); };
  // Without damage nothing of the volume is lost elastically.
  PointDriver core(testing_points::make_law("trabecular_bone", {{"damage_rate", 0.0}}), point);
  PointDriver thin(testing_points::make_law(
                       "trabecular_bone", {{"damage_rate", 0.0}, {"densification", 0.0}, {"densification_power", 0.0}}),
                   point);
  const double ultimate = thin.pull_to(axial, 0.96, 200);
  for (const double stretch : {0.6, 0.5, 0.4}) {
    core.pull_to(axial, stretch, 500);
    const double c = volume_strain(core) - 0.30;
    // The foam that does not densify, crushed as far.
    for (double at = thin.F()(axial, axial); volume_strain(thin) < c + 0.30;) thin.pull(axial, at -= 1e-4);
    const double rise = (std::abs(core.P()(axial, axial)) - std::abs(thin.P()(axial, axial))) / ultimate;
    const double law =
        (1100 * std::pow(b, 2.928) * c + 1300 * std::pow(b, 2.77) * std::pow(c, 5)) / (89.2 * std::pow(b, 1.69));
    EXPECT_NEAR(rise, law, 0.08 * law + 0.01);
  }
}

// Fyhrie, Schaffler 1994, Bone 15:105, as commonly quoted: crushed to 15 %, vertebral bone came back to 94 % of its height.
TEST_P(TrabecularBone, CrushedByFifteenPercentItComesBackToNinetyFourPercentOfItsHeight) {
  PointDriver core = core_of(GetParam());
  core.pull_to(axial, 0.85, 600);
  EXPECT_NEAR(1 - core.unload(axial), 0.06, 0.01);
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
  EXPECT_GT(nearly_closed, 2.5 * at_half);
  EXPECT_GT(at_half, 0.5 * axial_strength(GetParam()));
}

// Crushed bone is soft, so that much of its volume strain is elastic; its solid still fills space.
TEST_P(TrabecularBone, SolidMeetsSolidAlsoWhereTheVolumeStrainIsElastic) {
  const double solid = (0.07 + 0.84 * GetParam() / 1000) / 0.6 / 1.9;
  const auto pressure = [&](double closure, double volume) {
    PointData point;
    point.bmd = GetParam();
    PointDriver core(testing_points::make_law("trabecular_bone", {{"pore_closure", closure}}), point);
    core.pull_to(axial, 0.7, 400);
    core.unload(axial);
    core.go(core.F() * std::cbrt(volume / core.F().determinant())); // in one step
    return -core.cauchy().trace() / 3;
  };
  const double Y = 1.185 * axial_strength(GetParam()); // ultimate strength, 1.17 to 1.2 of that at the offset
  EXPECT_EQ(pressure(0.5, 2.5 * solid), pressure(1, 2.5 * solid));
  EXPECT_GT(pressure(0.5, 1.05 * solid), 100 * Y);
  // k (Y/y - 1)^2 with Y/y = 5 at 1.2 r.
  EXPECT_NEAR(pressure(1, 1.2 * solid) - pressure(0.5, 1.2 * solid), 0.5 * 16 * Y, 0.02 * 0.5 * 16 * Y);
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
  // Hydrostatic over uniaxial strength 0.656; bone first yields at 0.7 of its ultimate strength, 1.17 to 1.2 of Y.
  const double yield = 0.656 * 0.7 * 1.185 * Y;
  double straight = 0; // where the pressure leaves the straight line
  for (double strain = 1e-4; straight == 0; strain += 1e-5) {
    const double pressure = -foam.go(Mat3::Identity() * (1 - strain)).trace() / 3;
    if (pressure < 0.995 * 3 * bulk * strain) straight = pressure;
  }
  EXPECT_NEAR(straight, yield, 0.03 * yield);
  EXPECT_LT((foam.P() - foam.P()(0, 0) * Mat3::Identity()).norm(), 1e-9 * yield);
}

// Four times the element over the same band: it tears faster per strain, and is crushed alike.
TEST_P(TrabecularBone, TearingPerStrainGrowsWithTheSizeOfTheElementAndCrushingDoesNot) {
  PointData point;
  point.bmd = GetParam();
  const auto stress_at = [&](double size, double stretch) {
    point.size = size;
    PointDriver driver(bone(), point);
    driver.pull_to(axial, stretch, 400);
    return std::abs(driver.P()(axial, axial));
  };
  EXPECT_GT(stress_at(1.2, 1.03), 1.2 * stress_at(4.8, 1.03));
  EXPECT_EQ(stress_at(1.2, 0.94), stress_at(4.8, 0.94));
}

// Damage belongs to the end of a step: ten times shorter steps change the stress of a crushed core by little, and it does not
// flow and rest by turns.
TEST_P(TrabecularBone, ShortStepsGiveTheStressOfLongOnesWithoutChatter) {
  PointDriver longer = core_of(GetParam()), shorter = core_of(GetParam());
  longer.pull_to(axial, 0.90, 100);
  double last = 0, rougher = 0;
  for (int i = 1; i <= 1000; ++i) {
    const double stress = std::abs(shorter.pull(axial, 1 - 1e-4 * i));
    if (i > 300) rougher = std::max(rougher, std::abs(stress - last));
    last = stress;
  }
  EXPECT_NEAR(std::abs(longer.P()(axial, axial)), last, 0.01 * last);
  EXPECT_LT(rougher, 1e-3 * last);
}

// Pressed by 10 % and pulled: what was crushed holds little in tension, and pressing finds the same plateau again.
TEST_P(TrabecularBone, CrushingTakesTheTensileStrengthAndTearingLeavesTheFoamItsPlateau) {
  PointDriver core = core_of(GetParam());
  core.pull_to(axial, 0.90, 400);
  core.unload(axial);
  const double from = core.F()(axial, axial);
  double torn = 0;
  for (double l = from; l < from + 0.10; l += 1e-4) torn = std::max(torn, core.pull(axial, l));
  EXPECT_LT(torn, 0.25 * strength(GetParam(), axial, 1));
  PointDriver across = core_of(GetParam());
  across.pull_to(transverse, 1.05, 400);
  const double pressed = across.pull_to(transverse, 0.95, 800);
  EXPECT_GT(pressed, 0.85 * strength(GetParam(), transverse, -1));
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

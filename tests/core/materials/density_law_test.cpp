// The density laws against the numbers of their papers, and what they do to the bone that uses them.
#include "core/materials/bone_condition.hpp"
#include "core/materials/density_law.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <gmock/gmock.h>

namespace kypho {
namespace {

using testing::HasSubstr;
using testing_points::PointDriver;

double value_at(const DensityLaw& law, const DensityLaw::Form& form, double x) {
  return density_value(form, x, law.low);
}

PointDriver core_of(double bmd, const std::vector<std::pair<std::string, Params::Value>>& values) {
  const LawInfo& info = find_law("trabecular_bone");
  Params params(info.specs);
  for (const auto& [key, value] : values) params.set(key, value);
  PointData point;
  point.bmd = bmd;
  point.size = 2.4;
  return {info.make(params), point};
}
double modulus(PointDriver core) { return core.pull(2, 1 - 1e-4) / -1e-4; }
/// Axial yield stress in compression at an offset of 0.2 %, the strength that the papers give.
double strength(PointDriver core) {
  const double E = modulus(core);
  double stress = 0;
  for (double strain = 1e-5; stress == 0 || stress >= E * (strain - 0.002); strain += 1e-5)
    stress = -core.pull(2, 1 - strain);
  return stress;
}

// The reference moduli and yield stresses quoted with the laws, rounded there.
TEST(DensityLaw, GivesTheNumbersOfItsPaper) {
  const DensityLaw& power = find_density_law("kopperdahl_2002");
  EXPECT_NEAR(value_at(power, power.modulus, 0.10), 266, 0.5);
  EXPECT_NEAR(value_at(power, power.strength, 0.12), 1.96, 0.005);
  const DensityLaw& line = find_density_law("kopperdahl_2002_linear");
  EXPECT_NEAR(value_at(line, line.modulus, 0.10), 288, 0.5);
  EXPECT_NEAR(value_at(line, line.strength, 0.12), 2.24, 0.005);
  const DensityLaw& morgan = find_density_law("morgan_2003");
  EXPECT_NEAR(value_at(morgan, morgan.modulus, 0.15), 245, 0.5);
  EXPECT_NEAR(value_at(morgan, morgan.strength, 0.15), 1.37, 0.005);
  const DensityLaw& older = find_density_law("kopperdahl_keaveny_1998");
  EXPECT_NEAR(value_at(older, older.modulus, 0.15), 235, 0.5);
  const DensityLaw& lumbar = find_density_law("keaveny_1997");
  EXPECT_NEAR(value_at(lumbar, lumbar.modulus, 0.15), 173, 0.5);
}

TEST(DensityLaw, EveryLawRisesFromNothingWithoutAJumpOrAKink) {
  for (const DensityLaw& law : density_law_catalog())
    for (const DensityLaw::Form* form : {&law.modulus, &law.strength}) {
      double last = 0;
      for (double x = 0.001; x < 1.5 * law.high; x += 0.001) {
        const double now = value_at(law, *form, x);
        EXPECT_GT(now, last) << law.name << " at " << x;
        last = now;
      }
      EXPECT_LT(value_at(law, *form, 1e-6), 1e-2 * value_at(law, *form, law.low)) << law.name;
      const double h = 1e-7, at = value_at(law, *form, law.low);
      const double left = (at - value_at(law, *form, law.low - h)) / h;
      const double right = (value_at(law, *form, law.low + h) - at) / h;
      EXPECT_NEAR(left, right, 1e-4 * right) << law.name;
    }
}

TEST(DensityLaw, ConvertsTheDensityOfTheScan) {
  EXPECT_EQ(in_measure(DensityMeasure::mineral, 75, "les_1994"), 0.075);
  EXPECT_NEAR(in_measure(DensityMeasure::apparent, 75, "les_1994"), (0.07 + 0.84 * 0.075) / 0.6, 1e-15);
  EXPECT_NEAR(in_measure(DensityMeasure::apparent, 75, "mineral_is_ash"), 0.125, 1e-15);
  EXPECT_NEAR(in_measure(DensityMeasure::volume_fraction, 114, "mineral_is_ash"), 0.1, 1e-15);
}

TEST(DensityLaw, SaysHowMuchBoneLiesOutsideItsRange) {
  const DensityLaw& law = find_density_law("kopperdahl_2002");
  EXPECT_EQ(outside_range(law, "les_1994", {75, 120, 41}, {1, 1, 1}), "");
  EXPECT_EQ(outside_range(law, "les_1994", {75, 900}, {1, 0.005}), "");
  const std::string said = outside_range(law, "les_1994", {75, 20, 900}, {6, 1, 3});
  EXPECT_THAT(said, HasSubstr("10 % of the spongy bone is lighter and 30 % denser"));
  EXPECT_THAT(said, HasSubstr("kopperdahl_2002"));
}

TEST(DensityLaw, AnUnknownOneIsRefusedWithTheNearest) {
  try {
    find_density_law("morgan_2004");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'morgan_2003'?"));
  }
}

TEST(DensityLawOfBone, IsTheOneThatIsNamed) {
  const auto core = core_of(100, {{"density_law", "kopperdahl_2002_linear"}});
  EXPECT_NEAR(modulus(core), 288.3, 0.02 * 288.3);
  EXPECT_NEAR(strength(core), 1.74, 0.03 * 1.74);
  const auto morgan = core_of(90, {{"density_law", "morgan_2003"}, {"density_conversion", "mineral_is_ash"}});
  EXPECT_NEAR(modulus(morgan), 245, 0.02 * 245);
}

TEST(DensityLawOfBone, IsThePowerFormOfKopperdahlUnlessAnotherIsNamed) {
  const auto core = core_of(75, {});
  EXPECT_NEAR(modulus(core), 2980 * std::pow(0.075, 1.05), 0.01 * 2980 * std::pow(0.075, 1.05));
  EXPECT_NEAR(strength(core), 37.4 * std::pow(0.075, 1.39), 0.03 * 37.4 * std::pow(0.075, 1.39));
}

TEST(DensityLawOfBone, GivesWayToValuesOfTheCase) {
  const auto core = core_of(100, {{"modulus_factor", 4000.0}, {"modulus_exponent", 1.2}, {"strength_factor", 50.0}});
  EXPECT_NEAR(modulus(core), 4000 * std::pow(0.1, 1.2), 0.02 * 4000 * std::pow(0.1, 1.2));
  EXPECT_NEAR(strength(core), 50 * std::pow(0.1, 1.39), 0.03 * 50 * std::pow(0.1, 1.39));
}

TEST(DensityLawOfBone, ValuesThatLeaveNoBoneAreRefused) {
  EXPECT_THROW(core_of(100, {{"density_law", "kopperdahl_2002_linear"}, {"strength_factor", 10.0}}), InputError);
}

TEST(BoneCondition, LeavesItsShareOfModulusAndStrength) {
  for (const BoneCondition& condition : bone_condition_catalog()) {
    const auto core = core_of(90, {{"condition", condition.name}});
    EXPECT_NEAR(modulus(core), condition.modulus.value * modulus(core_of(90, {})), 1e-6 * modulus(core));
    EXPECT_NEAR(strength(core), condition.strength.value * strength(core_of(90, {})), 0.02 * strength(core))
        << condition.name;
    for (const BoneCondition::Share& share : {condition.modulus, condition.strength, condition.residual}) {
      EXPECT_LE(share.low, share.value);
      EXPECT_GE(share.high, share.value);
    }
  }
}

TEST(BoneCondition, BrittleBoneKeepsLessBehindThePeak) {
  const auto after = [](PointDriver core) {
    const double peak = core.pull_to(2, 0.96, 200);
    core.pull_to(2, 0.88, 100);
    return std::abs(core.P()(2, 2)) / peak;
  };
  EXPECT_LT(after(core_of(90, {{"condition", "osteogenesis_imperfecta"}})), after(core_of(90, {})) - 0.05);
}

TEST(BoneCondition, GivesWayToValuesOfTheCase) {
  const auto core = core_of(90, {{"condition", "lytic_lesion"}, {"condition_modulus", 0.9}});
  EXPECT_NEAR(modulus(core), 0.9 * modulus(core_of(90, {})), 1e-6 * modulus(core));
}

} // namespace
} // namespace kypho

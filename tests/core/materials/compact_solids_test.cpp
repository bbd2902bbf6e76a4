// The von Mises family at one point: the compact solid against its closed form, the cement from dough to glass.
#include "tests/core/materials/point_driver.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_points::make_law;
using testing_points::PointDriver;
using testing_points::rotation;

constexpr double E = 500, nu = 0.25, yield = 8, hardening = 5; // defaults of compact_solid

// Uniaxial tau = E e with the Cayley strain e = tanh(log stretch), up to the yield stress.
TEST(CompactSolid, IsElasticUpToYieldWithItsYoungsModulusAndPoissonRatio) {
  PointDriver bar(make_law("compact_solid"), {});
  for (const double stretch : {0.99, 1.012}) {
    bar.pull(0, stretch);
    const double e = std::tanh(std::log(stretch)), lateral = std::tanh(std::log(bar.F()(1, 1)));
    EXPECT_NEAR(bar.cauchy()(0, 0) * bar.F().determinant(), E * e, 1e-6 * E * std::abs(e));
    EXPECT_NEAR(lateral, -nu * e, 1e-6 * std::abs(e));
    EXPECT_EQ(bar.history()[6], 0);
  }
}

// tau = Y + H kappa and log stretch = atanh(tau/E) + kappa (isochoric flow): one equation for kappa. The discrete flow adds
// Cayley strains, which exceeds atanh by the order of e^2 = 3e-4 of the elastic strain per step: 0.5 % of tau - Y stays small.
TEST(CompactSolid, FlowsAlongItsHardeningLine) {
  PointDriver bar(make_law("compact_solid"), {});
  for (const double stretch : {1.05, 1.2, 1.5}) {
    bar.pull_to(0, stretch, 200);
    double kappa = 0;
    for (int i = 0; i < 50; ++i) kappa = std::log(stretch) - std::atanh((yield + hardening * kappa) / E);
    EXPECT_NEAR(bar.history()[6], kappa, 2e-3 * kappa);
    EXPECT_NEAR(bar.cauchy()(0, 0) * bar.F().determinant(), yield + hardening * kappa, 1e-3 * yield);
  }
}

TEST(CompactSolid, YieldsTheSameInTensionAndCompression) {
  PointDriver pulled(make_law("compact_solid"), {}), pressed(make_law("compact_solid"), {});
  pulled.pull_to(1, std::exp(0.05), 100);
  pressed.pull_to(1, std::exp(-0.05), 100);
  const double tau_pulled = pulled.cauchy()(1, 1) * pulled.F().determinant();
  const double tau_pressed = pressed.cauchy()(1, 1) * pressed.F().determinant();
  EXPECT_NEAR(tau_pulled, -tau_pressed, 1e-3 * yield);
}

TEST(CompactSolid, PlasticFlowKeepsTheVolume) {
  PointDriver bar(make_law("compact_solid"), {});
  bar.pull_to(2, 0.7, 300);
  // what is left is elastic: tau/(3 K) with K = E/(3 (1 - 2 nu))
  const double tau = bar.P()(2, 2) * bar.F()(2, 2);
  EXPECT_NEAR(std::log(bar.F().determinant()), tau * (1 - 2 * nu) / E, 2e-4);
}

class Cement : public testing::Test {
protected:
  std::shared_ptr<const Material> law = make_law("bone_cement");
  PointDriver at_conversion(double conversion, double factor = 1) const {
    PointData point;
    point.conversion = conversion;
    point.stiffness_factor = factor;
    return {law, point};
  }
  static double youngs_modulus(PointDriver driver) { return driver.pull(0, 1 + 1e-4) / 1e-4; }
};

TEST_F(Cement, DoughIsSoftInShearAndStiffInVolume) {
  // mu 0.2 MPa, K 50 MPa: E = 9 K mu / (3 K + mu)
  EXPECT_NEAR(youngs_modulus(at_conversion(0.4)), 9 * 50 * 0.2 / (3 * 50 + 0.2), 1e-3);
  PointDriver dough = at_conversion(0.4);
  EXPECT_NEAR(-dough.go(Mat3::Identity() * (1 - 1e-4))(0, 0), 3 * 50 * 1e-4, 1e-5);
}

TEST_F(Cement, GlassHasTheModulusOfCuredCement) {
  EXPECT_NEAR(youngs_modulus(at_conversion(0.8)), 1937, 2);
  EXPECT_NEAR(youngs_modulus(at_conversion(1.0)), 1937, 2);
}

TEST_F(Cement, StiffnessNeverFallsWithConversion) {
  double last = 0;
  for (double conversion = 0; conversion <= 1; conversion += 0.05) {
    const double now = youngs_modulus(at_conversion(conversion));
    EXPECT_GE(now, last * (1 - 1e-6)) << "at " << conversion;
    last = now;
  }
}

TEST_F(Cement, CementInBoneKeepsItsShareOfTheStiffness) {
  EXPECT_NEAR(youngs_modulus(at_conversion(1, 0.3)), 0.3 * 1937, 0.01 * 1937);
}

TEST_F(Cement, GlassYieldsAtTheStrengthOfCuredCement) {
  PointDriver glass = at_conversion(1);
  glass.pull_to(0, 1 - 0.06, 200);
  EXPECT_NEAR(-glass.P()(0, 0) * glass.F()(0, 0), 90 + 50 * glass.history()[6], 0.1);
}

TEST_F(Cement, AGelPointBehindTheGlassPointIsRefused) {
  EXPECT_THROW(make_law("bone_cement", {{"gel_conversion", 0.9}, {"glass_conversion", 0.8}}), InputError);
  EXPECT_THROW(make_law("bone_cement", {{"gel_conversion", 0.8}, {"glass_conversion", 0.8}}), InputError);
}

/// Glass that formed in bone with a stress of its own.
class CementInStressedBone : public Cement {
protected:
  CementInStressedBone() : glass(at_conversion(1)), h(glass.history()) { law->carry_stress(S, h); }
  Material::Response at(const Mat3& F, const VectorX& history) const {
    VectorX trial(history.size());
    return law->evaluate(F, glass.constants(), history, trial);
  }
  const Mat3 S = (Mat3() << -1.2, 0.3, 0.1, 0.3, -0.4, -0.2, 0.1, -0.2, -2.0).finished();
  const Mat3 F = Mat3::Identity() + 0.01 * (Mat3() << 0.7, -0.4, 0.3, 0.2, 0.5, -0.6, -0.1, 0.4, -0.9).finished();
  PointDriver glass;
  VectorX h;
};

TEST_F(CementInStressedBone, TheStressIsThatOfTheBoneAsLongAsNothingMoves) {
  EXPECT_LT((at(Mat3::Identity(), h).P - S).norm(), 1e-14);
  const Mat3 R = rotation(Vec3(0.2, -0.4, 1.0));
  EXPECT_LT((at(R, h).P - R * S).norm(), 1e-10); // it turns with the point
}

TEST_F(CementInStressedBone, StressIsTheSlopeOfTheEnergy) {
  // What is carried, by difference: the elastic energy of a Cayley solid is its potential to second order only.
  const auto energy = [&](const Mat3& at_F) { return at(at_F, h).W - at(at_F, glass.history()).W; };
  const Mat3 P = at(F, h).P - at(F, glass.history()).P;
  for (int i = 0; i < 3; ++i)
    for (int J = 0; J < 3; ++J) {
      Mat3 up = F, down = F;
      up(i, J) += 1e-6;
      down(i, J) -= 1e-6;
      EXPECT_NEAR(P(i, J), (energy(up) - energy(down)) / 2e-6, 1e-8 * P.norm());
    }
}

TEST_F(CementInStressedBone, AChangeOfReferenceKeepsTheCauchyStress) {
  VectorX fresh = h;
  law->change_reference(F, Vec3::UnitZ(), fresh);
  const Mat3 before = at(F, h).P * F.transpose() / F.determinant();
  const Mat3 carried = before - at(F, glass.history()).P * F.transpose() / F.determinant();
  const Mat3 after = at(Mat3::Identity(), fresh).P;
  VectorX bare = glass.history();
  law->change_reference(F, Vec3::UnitZ(), bare);
  EXPECT_LT((after - at(Mat3::Identity(), bare).P - carried).norm(), 1e-12);
}

class CementBornUnderLoad : public Cement {
protected:
  const Mat3 shape =
      rotation(Vec3(0.2, -0.4, 1.0)) * (Mat3() << 1.3, 0.2, -0.1, 0.05, 0.8, 0.3, 0.0, -0.2, 1.1).finished();
  Mat3 stress(const Mat3& F, double shrinkage) const {
    const PointDriver glass = at_conversion(1);
    VectorX h = glass.history(), trial(h.size());
    law->set_stress_free(shape, h);
    law->shrink(shrinkage, h);
    return law->evaluate(F, glass.constants(), h, trial).P;
  }
};

TEST_F(CementBornUnderLoad, CarriesNoStressInTheShapeItWasBornIn) {
  EXPECT_LT(stress(shape, 0).norm(), 1e-10 * 1937);
  EXPECT_GT(stress(Mat3::Identity(), 0).norm(), 1); // at the old reference it does
}

TEST_F(CementBornUnderLoad, FindsItsRestSmallerByTheShrinkage) {
  for (const double s : {0.005, 0.02}) {
    EXPECT_LT(stress((1 - s) * shape, s).norm(), 1e-10 * 1937);
    // held in its old size it is pulled on from all sides: 3 K e, e = tanh(-log(1 - s))
    const Mat3 held = stress(shape, s) * shape.transpose();
    const double tension = 3 * 1937 / (3 * (1 - 2 * 0.3)) * std::tanh(-std::log(1 - s));
    EXPECT_LT((held - tension * Mat3::Identity()).norm(), 1e-6 * tension);
  }
}

TEST(LawsThatAreNeverBornUnderLoad, SayThatTheyCannot) {
  const auto bone = make_law("trabecular_bone");
  VectorX h(bone->history_size());
  bone->initial_history(h);
  EXPECT_THROW(bone->set_stress_free(Mat3::Identity(), h), std::logic_error);
}

} // namespace
} // namespace kypho

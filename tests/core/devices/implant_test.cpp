// Metal mesh of stents, and the catalog of what stays.
#include "core/devices/implant.hpp"

#include "core/base/errors.hpp"
#include "core/materials/material.hpp"

#include <gtest/gtest.h>

namespace kypho {
namespace {

constexpr double tension = 2, stiffness = 100; // N/mm

/// A point of the mesh that is pulled alike both ways or one way only; its history goes along.
class StentMesh : public testing::Test {
protected:
  StentMesh() {
    VectorX h(wall->history_size());
    wall->initial_history(h);
    for (int i = 0; i < h.size(); ++i)
      for (int l = 0; l < pack_width; ++l) history[i * pack_width + l] = h[i];
  }
  /// Force per reference length at F = diag(a, b).
  std::pair<double, double> pull(double a, double b) {
    std::vector<double> F(6 * pack_width, 0.0), P(6 * pack_width), W(pack_width), size(pack_width, 1.0);
    for (int l = 0; l < pack_width; ++l) {
      F[l] = a;
      F[3 * pack_width + l] = b;
    }
    wall->evaluate_batch({pack_width, pack_width, F.data(), size.data(), history.data(), P.data(), W.data()});
    return {P[0], P[3 * pack_width]};
  }
  /// Pulls in small steps.
  std::pair<double, double> pull_to(double from, double to, bool both) {
    std::pair<double, double> P;
    for (int k = 1; k <= 400; ++k) {
      const double s = from * std::pow(to / from, k / 400.0);
      P = pull(s, both ? s : 1);
    }
    return P;
  }
  const std::unique_ptr<ShellLaw> wall = make_stent_wall(tension, stiffness);
  std::vector<double> history = std::vector<double>(wall->history_size() * pack_width, 0.0);
};

TEST_F(StentMesh, IsElasticByItsStiffnessBeforeItYields) {
  EXPECT_NEAR(pull(1.005, 1).first, stiffness * 0.005, 0.02 * stiffness * 0.005);
}

// Kirchhoff force per length = P a.
TEST_F(StentMesh, YieldsAtItsTensionHoweverFarItIsWidened) {
  EXPECT_NEAR(pull_to(1, 1.5, false).first * 1.5, tension, 0.02 * tension);
  EXPECT_NEAR(pull_to(1.5, 3.5, false).first * 3.5, tension, 0.02 * tension);
}

TEST_F(StentMesh, SpringsBackByItsElasticStrainAndThenHoldsAgainstBeingPressedTogether) {
  pull_to(1, 3, false);
  const double recoil = tension / stiffness; // logarithmic strain
  EXPECT_NEAR(pull(3 * std::exp(-recoil), 1).first, 0, 0.05 * tension);
  EXPECT_LT(pull_to(3 * std::exp(-recoil), 3 * std::exp(-1.9 * recoil), false).first, -0.8 * tension / 3);
}

TEST(ImplantCatalog, EveryImplantHasASourceAndIsFoundByItsName) {
  for (const FilledDevice& device : implant_catalog()) {
    EXPECT_FALSE(device.balloon.source.empty());
    EXPECT_TRUE(device.stays_full != (device.stent_tension > 0)) << device.balloon.name;
    EXPECT_EQ(find_filled_device(device.balloon.name).balloon.meaning, device.balloon.meaning);
  }
  EXPECT_EQ(find_filled_device("ibt_15_3").stent_tension, 0);
  EXPECT_THROW(find_filled_device("stent_16"), InputError);
}

} // namespace
} // namespace kypho

#include "core/cement/kinetics.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace kypho {
namespace {

TEST(Kinetics, LogisticCureFollowsItsClosedForm) {
  const Kinetics law;
  const double k = 4.02e5 * std::exp(-44400 / (8.314462618 * 310.15));
  for (const double t : {60.0, 390.0, 900.0}) {
    const double expected = 0.85 / (1 + (0.85 / 0.01 - 1) * std::exp(-0.85 * k * t));
    EXPECT_NEAR(law.conversion_at(t, 37), expected, 1e-12);
  }
}

TEST(Kinetics, TwoStepsAreTheSameAsOneAtConstantTemperature) {
  const Kinetics law;
  EXPECT_NEAR(law.advance(law.advance(0.1, 50, 40), 50, 60), law.advance(0.1, 50, 100), 1e-12);
}

// Nicholas 2007: 8.7 to 13 min at 25 degC, halved (1.7 to 2.3) at 37 degC.
TEST(Kinetics, HalfOfTheCureTakesThirteenMinutesAt25AndHalfThatAt37) {
  const Kinetics law;
  EXPECT_NEAR(law.half_time(25) / 60, 13.0, 0.2);
  EXPECT_NEAR(law.half_time(37) / 60, 6.5, 0.1);
  EXPECT_NEAR(law.half_time(25) / law.half_time(37), 2.0, 0.02);
}

TEST(Kinetics, HalfTimeOfTheLogisticLawIsItsClosedForm) {
  const Kinetics law;
  const double expected = std::log(0.85 / 0.01 - 1) / (0.85 * law.rate_constant(25));
  EXPECT_NEAR(law.half_time(25), expected, 1e-5 * expected);
}

TEST(Kinetics, OtherOrdersAgreeWithAFineIntegration) {
  Kinetics law{9.484e3, 31.27, 1e-2, 0.8, 0.98, 1.064}; // Borzacchiello 1998 set 2
  double fine = law.start;
  for (int i = 0; i < 200000; ++i) fine += 1e-3 * law.rate(fine, 60);
  EXPECT_NEAR(law.conversion_at(200, 60), fine, 1e-4); // explicit Euler with 1 ms: error of the order of 1e-5
}

TEST(Kinetics, SubSteppedLawAgreesWithTheClosedFormNearTheLogisticOrders) {
  Kinetics exact, stepped;
  stepped.m = std::nextafter(1.0, 2.0);
  for (const double t : {30.0, 300.0, 1200.0})
    EXPECT_NEAR(stepped.conversion_at(t, 80), exact.conversion_at(t, 80), 1e-7);
}

TEST(Kinetics, ConversionNeverFallsAndNeverPassesItsLimit) {
  Kinetics law;
  for (const double n : {1.0, 0.6, 1.8}) {
    law.n = n;
    double a = law.start;
    for (int i = 0; i < 100; ++i) {
      const double next = law.advance(a, 90, 20);
      ASSERT_GE(next, a);
      ASSERT_LE(next, law.limit);
      a = next;
    }
    EXPECT_GT(a, 0.95 * law.limit);
  }
}

} // namespace
} // namespace kypho

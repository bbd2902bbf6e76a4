// The rate law, and laws of bone that are as strong as a rate makes them.
#include "core/base/pack.hpp"
#include "core/materials/strain_rate.hpp"
#include "tests/core/materials/point_driver.hpp"

#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_points::make_law;

TEST(strain_rate, a_hundred_times_the_rate_makes_bone_a_third_stronger) {
  EXPECT_DOUBLE_EQ(strength_at(reference_strain_rate, 0.06), 1);
  EXPECT_NEAR(strength_at(100 * reference_strain_rate, 0.06), 1.318, 1e-3);
  EXPECT_DOUBLE_EQ(strength_at(1e-6, 0), 1) << "without an exponent the rate does not matter";
  EXPECT_GT(relaxed_rate(20, 0), 0);
}

// sigma' = -E rate, sigma = Y (rate / rate_0)^m, from rate r: integrated step by step.
TEST(strain_rate, the_relaxed_rate_is_what_a_held_specimen_comes_to) {
  const double m = 0.06, yield_strain = 0.0077;
  for (const double first : {0.05, 0.5}) {
    double stress = strength_at(first, m), t = 0; // over Y, of which E is 1 / yield_strain
    while (t < 20) {
      const double rate = reference_strain_rate * std::pow(stress, 1 / m),
                   dt = std::min(20 - t, 1e-3 * stress * yield_strain / rate);
      stress -= rate / yield_strain * dt;
      t += dt;
    }
    EXPECT_NEAR(stress, strength_at(relaxed_rate(20, m), m), 0.05) << first; // sigma is not quite Y
  }
}

/// Largest axial strain of a core that leaves no trace, by bisection.
double elastic_limit(double share) {
  const std::shared_ptr<const Material> law = make_law("trabecular_bone");
  PointData point;
  VectorX c(law->constants_size()), h(law->history_size()), after(law->history_size());
  law->constants(point, c);
  law->strengthen(c, share);
  law->initial_history(h);
  double low = 0, high = 0.05;
  for (int i = 0; i < 40; ++i) {
    const double strain = 0.5 * (low + high);
    Mat3 F = Mat3::Identity();
    F(2, 2) -= strain;
    law->evaluate(F, c, h, after);
    (after == h ? low : high) = strain;
  }
  return low;
}

TEST(strain_rate, bone_yields_at_its_share_of_the_strain) {
  EXPECT_NEAR(elastic_limit(0.7) / elastic_limit(1), 0.7, 0.7 * 0.01); // strains of 1 %
}

TEST(strain_rate, batches_see_the_constants_that_a_single_point_sees) {
  const std::shared_ptr<const Material> law = make_law("trabecular_bone");
  constexpr int n = pack_width;
  PointData point;
  VectorX c(law->constants_size()), h(law->history_size()), trial(law->history_size());
  law->constants(point, c);
  law->initial_history(h);
  Mat3 F = Mat3::Identity();
  F(2, 2) = 0.9;
  F(0, 2) = 0.02;
  std::vector<double> Fs, cs, hs, P(9 * n);
  for (int k = 0; k < 9; ++k) Fs.insert(Fs.end(), n, F(k / 3, k % 3));
  for (const double x : c) cs.insert(cs.end(), n, x);
  for (const double x : h) hs.insert(hs.end(), n, x);
  PointBatch batch{n, n, Fs.data(), cs.data(), hs.data(), P.data(), nullptr, 0.75};
  law->evaluate_batch(batch);
  law->strengthen(c, 0.75);
  const Mat3 one = law->evaluate(F, c, h, trial).P;
  for (int k = 0; k < 9; ++k) EXPECT_NEAR(P[k * n], one(k / 3, k % 3), 1e-12 * one.norm());
}

TEST(strain_rate, cement_and_the_arch_do_not_depend_on_it) {
  for (const char* name : {"bone_cement", "compact_solid"}) {
    const std::shared_ptr<const Material> law = make_law(name);
    VectorX c(law->constants_size());
    PointData point;
    point.conversion = 1;
    law->constants(point, c);
    const VectorX before = c;
    law->strengthen(c, 0.5);
    EXPECT_EQ(c, before) << name;
    EXPECT_EQ(law->rate_exponent(), 0) << name;
  }
}

TEST(integrity, cut_bone_keeps_its_share_of_stiffness_and_strength) {
  const std::shared_ptr<const Material> law = make_law("trabecular_bone");
  for (const double strain : {1e-4, 0.05}) {
    double stress[2];
    for (const double share : {1.0, 0.1}) {
      PointData point;
      point.integrity = share;
      testing_points::PointDriver core(law, point);
      stress[share < 1] = std::abs(core.pull(2, 1 - strain));
    }
    EXPECT_NEAR(stress[1] / stress[0], 0.1, 0.001) << strain;
  }
}

} // namespace
} // namespace kypho

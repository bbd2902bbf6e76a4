// What every law of the catalog must do, whatever it models. A new law comes under this suite by its catalog line.
#include "tests/core/materials/point_driver.hpp"
#include <Eigen/Geometry>
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_points::PointDriver;
using testing_points::rotation;

std::vector<std::string> solid_laws() {
  std::vector<std::string> names;
  for (const LawInfo& info : law_catalog())
    if (info.make) names.push_back(info.name);
  return names;
}

class Conformity : public testing::TestWithParam<std::string> {
protected:
  std::shared_ptr<const Material> law = testing_points::make_law(GetParam());
  PointData point = [] {
    PointData p;
    p.bmd = 110;
    p.axis = Vec3(0.1, -0.2, 1).normalized();
    p.radial = Vec3(0.8, 0.5, 0.1).normalized();
    p.size = 1.7;
    p.conversion = 0.9;
    return p;
  }();
  const Mat3 ugly = (Mat3() << 0.7, -0.4, 0.3, 0.2, 0.5, -0.6, -0.1, 0.4, -0.9).finished();
  Mat3 strained(double size) const { return Mat3::Identity() + size * ugly; }
  /// A non-proportional path of about 12 % strain, well past every law's yield strain.
  std::vector<Mat3> crushing_path() const {
    std::vector<Mat3> path;
    for (int s = 1; s <= 24; ++s) {
      const double t = s / 24.0;
      Mat3 F = strained(0.06 * std::sin(4 * t));
      F(2, 2) -= 0.12 * t;
      F(0, 1) += 0.05 * t * t;
      path.push_back(F);
    }
    return path;
  }
  Mat3 cauchy(const Mat3& F, const VectorX& c, const VectorX& h) const {
    VectorX trial(h.size());
    return law->evaluate(F, c, h, trial).P * F.transpose() / F.determinant();
  }
};

TEST_P(Conformity, IsFreeOfStressAndEnergyAtRest) {
  PointDriver driver(law, point);
  const VectorX virgin = driver.history();
  EXPECT_LT(driver.go(Mat3::Identity()).norm(), 1e-12);
  EXPECT_LT(std::abs(driver.energy()), 1e-12);
  EXPECT_EQ(driver.history(), virgin);
}

TEST_P(Conformity, RotationAloneCausesNoStress) {
  PointDriver driver(law, point);
  EXPECT_LT(driver.go(rotation(Vec3(0.5, -1.2, 0.8))).norm(),
            1e-11 * law->stiffness_bound(driver.constants(), driver.history()).p_wave());
}

TEST_P(Conformity, ParametersOutsideTheirRangeAreRefused) {
  for (const ParamSpec& spec : find_law(GetParam()).specs) {
    const std::string unit = spec.unit.empty() ? "" : " " + spec.unit;
    if (!spec.optional) EXPECT_NO_THROW(parse_param(spec, spec.default_text)) << spec.name;
    EXPECT_THROW(parse_param(spec, "-1e6" + unit), InputError) << spec.name;
    EXPECT_THROW(parse_param(spec, "1e9" + unit), InputError) << spec.name;
    EXPECT_THROW(parse_param(spec, "a lot" + unit), InputError) << spec.name;
    EXPECT_FALSE(spec.meaning.empty()) << spec.name;
  }
}

TEST_P(Conformity, StaysFiniteAtBothEndsOfEveryParameterRange) {
  for (const ParamSpec& spec : find_law(GetParam()).specs)
    for (const double end : {spec.min, spec.max}) {
      std::string text = std::to_string(end);
      if (end > 0 && end < 1e-4) text = "1e-4";
      if (!spec.unit.empty()) text += " " + spec.unit;
      Params params(find_law(GetParam()).specs);
      try {
        params.set(spec.name, parse_param(spec, text));
      } catch (const InputError&) {
        continue; // an end that decimals cannot name
      }
      std::shared_ptr<const Material> extreme;
      try {
        extreme = find_law(GetParam()).make(params);
      } catch (const InputError&) {
        continue; // refused beside the other values: as good
      }
      PointDriver driver(extreme, point);
      for (const Mat3& F : crushing_path()) driver.go(F);
      EXPECT_TRUE(driver.P().allFinite()) << spec.name << " = " << text;
      EXPECT_TRUE(driver.history().allFinite()) << spec.name << " = " << text;
    }
}

TEST_P(Conformity, AnInvertedPointIsNonPhysical) {
  PointDriver driver(law, point);
  Mat3 inside_out = Mat3::Identity();
  inside_out(1, 1) = -0.2;
  EXPECT_THROW(driver.go(inside_out), NonPhysical);
  Mat3 flat = Mat3::Identity();
  flat(2, 2) = 0;
  EXPECT_THROW(driver.go(flat), NonPhysical);
}

// P(Q F) = Q P(F), and the history, being material, does not see Q. Another Q in every step.
TEST_P(Conformity, StressTurnsWithTheObserverThroughAPlasticPath) {
  PointDriver still(law, point), turning(law, point);
  const double scale = law->stiffness_bound(still.constants(), still.history()).p_wave() * 1e-2; // of the intact point
  int step = 0;
  for (const Mat3& F : crushing_path()) {
    const Mat3 Q = rotation(Vec3(0.3 * step, 1.0 - 0.2 * step, -0.5));
    ++step;
    const Mat3 P = still.go(F), turned = turning.go(Q * F);
    ASSERT_LT((turned - Q * P).norm(), 1e-10 * scale) << "step " << step;
    ASSERT_LT((turning.history() - still.history()).norm(), 1e-10 * still.history().norm()) << "step " << step;
  }
}

// The Cayley strain is tanh, not log, of the stretch: with W = e:C:e/2 the stress C e is dW/d(log V) up to the factor
// 1 - e^2 per principal direction, so P and dW/dF differ by at most max(e)^2 relative (1.5 of it for the differences).
TEST_P(Conformity, StressIsTheDerivativeOfTheEnergyInTheElasticRange) {
  PointDriver driver(law, point);
  VectorX trial(driver.history().size());
  for (const double size : {1.5e-3, -1.5e-3}) {
    const Mat3 F = rotation(Vec3(0.4, 0.1, -0.7)) * strained(size);
    const Mat3 P = law->evaluate(F, driver.constants(), driver.history(), trial).P;
    ASSERT_EQ(trial, driver.history()) << "not elastic";
    Mat3 slope;
    constexpr double h = 1e-6;
    for (int k = 0; k < 9; ++k) {
      Mat3 up = F, down = F;
      up.data()[k] += h;
      down.data()[k] -= h;
      slope.data()[k] = (law->evaluate(up, driver.constants(), driver.history(), trial).W -
                         law->evaluate(down, driver.constants(), driver.history(), trial).W) /
                        (2 * h);
    }
    const double strain = std::abs(size) * ugly.norm();
    EXPECT_LT((P - slope).norm(), 1.5 * strain * strain * P.norm());
  }
}

TEST_P(Conformity, HistoryChangesOnlyWhereTheMaterialFlows) {
  PointDriver driver(law, point);
  const VectorX virgin = driver.history();
  for (const double size : {1e-3, -1e-3, 5e-4}) {
    driver.go(strained(size));
    EXPECT_EQ(driver.history(), virgin);
  }
  for (const Mat3& F : crushing_path()) driver.go(F);
  if (law->visible_history().empty()) return; // an elastic law has nothing to remember
  EXPECT_NE(driver.history(), virgin);
  driver.go(driver.F()); // damage of the last step lowers the stress: the point may settle, once
  const VectorX crushed = driver.history();
  const Mat3 last = driver.F(), before = crushing_path()[22];
  for (const double back : {0.02, 0.05}) { // the way it came
    driver.go(last + back * (before - last));
    EXPECT_EQ(driver.history(), crushed);
  }
}

/// Points stopped elsewhere on the crushing path, virgin, elastic, flowing, unloading, as a batch before their next step, and
/// one by one after it.
template <class R>
struct MixedPoints {
  MixedPoints(const std::shared_ptr<const Material>& law, const PointData& point, const std::vector<Mat3>& path,
              const Mat3& elastic, int n, int stride)
      : F(9 * stride), c(law->constants_size() * stride), h(law->history_size() * stride), P(9 * stride) {
    for (int p = 0; p < n; ++p) {
      PointData data = point;
      data.bmd = 60 + 7 * p;
      data.conversion = 0.4 + 0.5 * p / n;
      PointDriver driver(law, data);
      for (int s = 0; s < p; ++s) driver.go(path[s]);
      const Mat3 next = p % 3 == 0 ? elastic : path[p];
      for (int k = 0; k < 9; ++k) F[k * stride + p] = static_cast<R>(next(k / 3, k % 3));
      for (int k = 0; k < law->constants_size(); ++k) c[k * stride + p] = static_cast<R>(driver.constants()[k]);
      for (int k = 0; k < law->history_size(); ++k) h[k * stride + p] = static_cast<R>(driver.history()[k]);
      driver.go(next);
      points.push_back(driver);
    }
  }
  std::vector<R> F, c, h, P;
  std::vector<PointDriver> points;
};

TEST_P(Conformity, ManyPointsAtOnceGiveTheBitsOfOnePoint) {
  constexpr int n = 3 * pack_width, stride = n + 5;
  const int stored = law->history_size();
  MixedPoints<double> mixed(law, point, crushing_path(), strained(1e-3), n, stride);
  auto& [F, c, h, P, points] = mixed;
  std::vector<double> W(n);
  law->evaluate_batch({n, stride, F.data(), c.data(), h.data(), P.data(), W.data()});
  for (int p = 0; p < n; ++p) {
    for (int k = 0; k < 9; ++k) EXPECT_EQ(P[k * stride + p], points[p].P()(k / 3, k % 3)) << "lane " << p;
    for (int k = 0; k < stored; ++k) EXPECT_EQ(h[k * stride + p], points[p].history()[k]) << "lane " << p;
    EXPECT_EQ(W[p], points[p].energy()) << "lane " << p;
  }
}

// A float is good to eps = 1.2e-7: so is a strain, and what bone remembers; a stress by that strain times the stiffness.
TEST_P(Conformity, FloatsGiveTheStressOfDoublesToTheRoundingOfAStrain) {
  constexpr int n = SinglePack::width, stride = n + 3;
  constexpr double eps = 1.2e-7;
  const int stored = law->history_size();
  MixedPoints<float> mixed(law, point, crushing_path(), strained(1e-3), n, stride);
  auto& [F, c, h, P, points] = mixed;
  law->evaluate_batch(SingleBatch{n, stride, F.data(), c.data(), h.data(), P.data(), nullptr});
  for (int p = 0; p < n; ++p) {
    const double stiffness = law->stiffness_bound(points[p].constants(), points[p].history()).p_wave();
    for (int k = 0; k < 9; ++k)
      EXPECT_NEAR(P[k * stride + p], points[p].P()(k / 3, k % 3), 40 * eps * stiffness) << "lane " << p;
    for (int k = 0; k < stored; ++k) {
      const double expected = points[p].history()[k];
      EXPECT_NEAR(h[k * stride + p], expected, 40 * eps * std::max(1.0, std::abs(expected))) << "lane " << p;
    }
  }
}

// As transfer() does it: volume ratio and axis go into the constants, what else remembers the reference is pushed forward.
TEST_P(Conformity, TheDeformedStateAsReferenceLeavesTheNextStressUnchanged) {
  PointDriver driver(law, point);
  for (const Mat3& F : crushing_path()) driver.go(F);
  const Mat3 F = driver.F();
  VectorX h = driver.history(), c(law->constants_size());
  law->change_reference(F, point.axis, h);
  PointData there = point;
  there.volume_ratio = F.determinant();
  there.axis = (F * point.axis).normalized();
  there.radial = (F.inverse().transpose() * point.radial).normalized();
  law->constants(there, c);
  for (const double size : {0.0, 2e-3, -0.02}) { // at rest, unloading, and flowing on
    const Mat3 step = strained(size);
    const Mat3 before = cauchy(step * F, driver.constants(), driver.history()), after = cauchy(step, c, h);
    EXPECT_LT((before - after).norm(), 1e-9 * before.norm()) << "step of " << size;
  }
}

// What the explicit mass rests on: no wave in any direction is stiffer than the bound (small strain, up to 1 %).
TEST_P(Conformity, TheStiffnessBoundCoversTheTangentInEveryDirection) {
  PointDriver driver(law, point);
  const Mat9 A = law->tangent(Mat3::Identity(), driver.constants(), driver.history());
  const StiffnessBound bound = law->stiffness_bound(driver.constants(), driver.history());
  for (const Vec3& n : {Vec3(1, 0, 0), Vec3(0, 0, 1), Vec3(0.3, -0.5, 0.8), Vec3(-0.7, 0.7, 0.1), point.axis}) {
    const Vec3 N = n.normalized();
    for (const Vec3& m : {N, Vec3(N.cross(Vec3(0.2, 0.9, 0.1)).normalized())}) {
      double stiffness = 0; // m_i N_J A_iJkL m_k N_L
      for (int i = 0; i < 3; ++i)
        for (int J = 0; J < 3; ++J)
          for (int k = 0; k < 3; ++k)
            for (int L = 0; L < 3; ++L) stiffness += m[i] * N[J] * A(i + 3 * J, k + 3 * L) * m[k] * N[L];
      EXPECT_GT(stiffness, 0);
      const double trace = m.dot(N); // of the strain, the symmetric part of m N^T; its square is the second term
      EXPECT_LT(stiffness, 1.01 * (bound.volumetric * trace * trace + bound.any * 0.5 * (1 + trace * trace)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Law, Conformity, testing::ValuesIn(solid_laws()), [](const auto& info) { return info.param; });

} // namespace
} // namespace kypho

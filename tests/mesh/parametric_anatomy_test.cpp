#include "core/base/errors.hpp"
#include "mesh/density_pattern.hpp"
#include "mesh/mesh_checks.hpp"
#include "mesh/vertebra_dimensions.hpp"
#include "mesh_probe.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

using test::vertebra;

const std::vector<std::string> levels{"T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5"};

/// Where the line from @p inside along @p direction leaves the bone, mm along it.
double exit_distance(const Anatomy& anatomy, const Vec3& inside, const Vec3& direction) {
  double in = 0, out = 60;
  for (double t = 0; t < 60; t += 0.25)
    if (anatomy.region(inside + t * direction) == Region::outside) {
      out = t;
      break;
    }
  for (int i = 0; i < 40; ++i) {
    const double middle = 0.5 * (in + out);
    (anatomy.region(inside + middle * direction) == Region::outside ? out : in) = middle;
  }
  return in;
}

double height_at(const Anatomy& anatomy, double x, double y) {
  const Vec3 p(x, y, 0);
  return exit_distance(anatomy, p, Vec3::UnitZ()) + exit_distance(anatomy, p, -Vec3::UnitZ());
}

TEST(ParametricAnatomy, L1_is_as_high_behind_as_the_table_and_lower_in_front_by_the_wedge) {
  for (const auto& [heights, posterior] : {std::pair("living", 24.75), std::pair("dissected", 23.8)}) {
    Params params = vertebra("L1");
    params.set("heights", std::string(heights));
    const auto anatomy = make_anatomy(params);
    const Landmarks& l = anatomy->landmarks();
    EXPECT_NEAR(height_at(*anatomy, l.upper.posterior.x(), 0), posterior, 0.1);
    EXPECT_NEAR(height_at(*anatomy, l.upper.anterior.x(), 0), posterior - 2.0, 0.1);
    EXPECT_NEAR((l.upper.posterior - l.lower.posterior).norm(), posterior, 1e-9);
    EXPECT_NEAR((l.upper.anterior - l.lower.anterior).norm(), posterior - 2.0, 1e-9);
  }
}

TEST(ParametricAnatomy, endplates_are_hollow_by_the_measured_depths) {
  const auto anatomy = make_anatomy(vertebra("L3"));
  const Landmarks& l = anatomy->landmarks();
  const double top = exit_distance(*anatomy, Vec3::Zero(), Vec3::UnitZ());
  const double bottom = exit_distance(*anatomy, Vec3::Zero(), -Vec3::UnitZ());
  EXPECT_NEAR(l.upper.centre.z() - top, 0.7, 0.05);
  EXPECT_NEAR(-l.lower.centre.z() - bottom, 1.5, 0.05);
}

TEST(ParametricAnatomy, widths_are_those_of_the_table_at_the_endplates_and_a_tenth_less_at_mid_height) {
  const auto anatomy = make_anatomy(vertebra("L1"));
  const auto width_at = [&](double z) {
    double widest = 0;
    for (double x = -8; x <= 8; x += 0.5)
      widest = std::max(widest, 2 * exit_distance(*anatomy, Vec3(x, 0, z), Vec3::UnitY()));
    return widest;
  };
  // Width between the endplates is linear, narrowed by a parabola.
  const auto expected = [](double zeta) {
    return (1 - 0.1 * (1 - zeta * zeta)) * (0.5 * (41.2 + 43.3) + 0.5 * zeta * (41.2 - 43.3));
  };
  for (const double zeta : {-0.85, -0.5, 0.0, 0.5, 0.85})
    EXPECT_NEAR(width_at(zeta * anatomy->landmarks().upper.centre.z()), expected(zeta), 0.3) << zeta;
}

// Quoted volumes of bodies: L1 25-30 mL; volume grows from L1 to L4.
TEST(ParametricAnatomy, bodies_have_plausible_volumes) {
  std::map<std::string, double> volume;
  for (const char* level : {"T8", "T12", "L1", "L2", "L3", "L4"}) {
    const auto anatomy = make_anatomy(vertebra(level));
    volume[level] =
        grid_volumes([&](const Vec3& p) { return static_cast<int>(anatomy->region(p)); }, anatomy->bounds(), 0.7)[1];
  }
  EXPECT_GT(volume["L1"], 23e3);
  EXPECT_LT(volume["L1"], 30e3);
  EXPECT_GT(volume["T8"], 10e3);
  EXPECT_LT(volume["T8"], 15e3);
  EXPECT_LT(volume["T12"], volume["L1"]);
  EXPECT_LT(volume["L1"], volume["L2"]);
  EXPECT_LT(volume["L2"], volume["L3"]);
  EXPECT_LT(volume["L3"], volume["L4"]);
}

TEST(ParametricAnatomy, pedicle_axes_run_from_outside_through_the_pedicle_into_the_body_at_every_level) {
  for (const char* elements : {"pedicles", "full"})
    for (const std::string& level : levels) {
      Params params = vertebra(level);
      params.set("posterior_elements", std::string(elements));
      const auto anatomy = make_anatomy(params);
      const Landmarks& l = anatomy->landmarks();
      SCOPED_TRACE(level + " " + elements);
      ASSERT_TRUE(l.has_pedicles);
      for (const PedicleLandmarks& pedicle : {l.left, l.right}) {
        EXPECT_EQ(anatomy->region(pedicle.isthmus), Region::posterior);
        EXPECT_EQ(anatomy->region(pedicle.isthmus + 20 * pedicle.axis), Region::body);
        EXPECT_EQ(anatomy->region(pedicle.entry - 0.1 * pedicle.axis), Region::outside);
        EXPECT_EQ(anatomy->region(pedicle.entry + 0.1 * pedicle.axis), Region::posterior);
        EXPECT_NEAR(pedicle.axis.norm(), 1, 1e-12);
      }
      EXPECT_GT(l.left.isthmus.y(), 0);
      EXPECT_EQ(l.left.isthmus.y(), -l.right.isthmus.y());
      EXPECT_GT(l.left.isthmus.z(), 0) << "pedicles leave the upper half";
    }
}

TEST(ParametricAnatomy, pedicle_of_L1_is_as_wide_and_high_as_the_table_at_its_isthmus) {
  const auto anatomy = make_anatomy(vertebra("L1"));
  const PedicleLandmarks& p = anatomy->landmarks().left;
  const Vec3 side = Vec3::UnitZ().cross(p.axis);
  EXPECT_NEAR(exit_distance(*anatomy, p.isthmus, side) + exit_distance(*anatomy, p.isthmus, -side), 8.7, 0.4);
  EXPECT_NEAR(exit_distance(*anatomy, p.isthmus, Vec3::UnitZ()) + exit_distance(*anatomy, p.isthmus, -Vec3::UnitZ()),
              15.4, 0.6);
}

TEST(ParametricAnatomy, the_canal_is_free_and_behind_it_stands_an_arch_only_if_asked) {
  for (const std::string& level : levels)
    for (const char* elements : {"none", "pedicles", "full"}) {
      Params params = vertebra(level);
      params.set("posterior_elements", std::string(elements));
      const auto anatomy = make_anatomy(params);
      const Landmarks& l = anatomy->landmarks();
      SCOPED_TRACE(level + " " + elements);
      for (double z = -10; z <= 10; z += 2.5)
        for (double angle = 0; angle < 6.3; angle += 0.5) {
          const Vec3 p =
              l.canal + Vec3(0.4 * l.canal_depth * std::cos(angle), 0.4 * l.canal_width * std::sin(angle), z);
          EXPECT_EQ(anatomy->region(p), Region::outside);
        }
      const Vec3 lamina(l.canal.x() - 0.5 * l.canal_depth - 3, 0, l.left.isthmus.z() - 5);
      EXPECT_EQ(anatomy->region(lamina) == Region::posterior, std::string(elements) == "full");
      EXPECT_EQ(l.has_pedicles, std::string(elements) != "none");
    }
}

TEST(ParametricAnatomy, regional_density_keeps_the_mean_and_is_denser_behind_than_in_front) {
  Params params = vertebra("L2");
  params.set("bmd", 80.0);
  params.set("density_variation", 0.0);
  const auto anatomy = make_anatomy(params);
  double sum = 0;
  int count = 0;
  const Box box = anatomy->bounds();
  for (double x = box.lower.x(); x < box.upper.x(); x += 1.3)
    for (double y = box.lower.y(); y < box.upper.y(); y += 1.3)
      for (double z = box.lower.z(); z < box.upper.z(); z += 1.3)
        if (anatomy->region({x, y, z}) == Region::body) {
          const double bmd = anatomy->bmd({x, y, z});
          EXPECT_GT(bmd, 40);
          EXPECT_LT(bmd, 160);
          sum += bmd;
          ++count;
        }
  EXPECT_NEAR(sum / count, 80, 0.8);
  EXPECT_GT(anatomy->bmd({-12, 0, 0}), 1.2 * anatomy->bmd({12, 0, 0}));
  EXPECT_GT(anatomy->bmd({0, 0, -8}), anatomy->bmd({0, 0, 8}));
  EXPECT_GT(anatomy->bmd({0, 0, 8}), anatomy->bmd({0, 0, 0}));
}

TEST(ParametricAnatomy, uniform_density_is_the_asked_one_everywhere_in_the_body) {
  Params params = vertebra("T9");
  params.set("density_pattern", std::string("uniform"));
  params.set("bmd", 120.0);
  const auto anatomy = make_anatomy(params);
  EXPECT_EQ(anatomy->bmd({0, 0, 0}), 120);
  EXPECT_EQ(anatomy->bmd({9, 3, -5}), 120);
  EXPECT_EQ(anatomy->bmd(anatomy->landmarks().left.isthmus), 180);
}

TEST(ParametricAnatomy, scatter_of_density_belongs_to_the_seed_and_has_the_asked_size_and_mean) {
  Params params = vertebra("L1"), smooth_params = vertebra("L1");
  smooth_params.set("density_variation", 0.0);
  const auto anatomy = make_anatomy(params, 7), same = make_anatomy(params, 7), other = make_anatomy(params, 8);
  const auto smooth = make_anatomy(smooth_params);
  double sum = 0, sum2 = 0, differs = 0, count = 0;
  const Box box = anatomy->bounds();
  for (double x = box.lower.x(); x < box.upper.x(); x += 1.7)
    for (double y = box.lower.y(); y < box.upper.y(); y += 1.7)
      for (double z = box.lower.z(); z < box.upper.z(); z += 1.7) {
        const Vec3 p(x, y, z);
        if (anatomy->region(p) != Region::body) continue;
        const double ratio = anatomy->bmd(p) / smooth->bmd(p);
        EXPECT_EQ(anatomy->bmd(p), same->bmd(p));
        differs += std::abs(anatomy->bmd(p) / other->bmd(p) - 1);
        sum += ratio;
        sum2 += ratio * ratio;
        ++count;
      }
  const double mean = sum / count;
  EXPECT_NEAR(mean, 1, 0.02);
  EXPECT_NEAR(std::sqrt(sum2 / count - mean * mean), 0.2, 0.03); // a body holds some 300 cubes of the correlation length
  EXPECT_GT(differs / count, 0.1);
}

TEST(RandomField, has_unit_variance_and_the_stated_correlation) {
  const double length = 2.5;
  double square = 0, at_length = 0, far = 0;
  int count = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    const RandomField field(length, seed);
    for (int i = 0; i < 50; ++i, ++count) {
      const Vec3 p(17.0 * i, 0, 3.0 * i);
      square += field(p) * field(p);
      at_length += field(p) * field(p + Vec3(0, length, 0));
      far += field(p) * field(p + Vec3(0, 4 * length, 0));
    }
  }
  const double error = 4 / std::sqrt(count); // four standard errors of a mean of products
  EXPECT_NEAR(square / count, 1, std::sqrt(2.0) * error);
  EXPECT_NEAR(at_length / count, std::exp(-0.5), std::sqrt(2.0) * error);
  EXPECT_NEAR(far / count, 0, error);
}

TEST(ParametricAnatomy, scale_multiplies_all_lengths) {
  Params params = vertebra("L1");
  params.set("scale", 1.2);
  const auto large = make_anatomy(params), mean = make_anatomy(vertebra("L1"));
  EXPECT_NEAR((large->landmarks().upper.anterior - large->landmarks().lower.anterior).norm(),
              1.2 * (mean->landmarks().upper.anterior - mean->landmarks().lower.anterior).norm(), 0.1);
  EXPECT_NEAR(large->landmarks().width, 1.2 * mean->landmarks().width, 1e-9);
}

TEST(AnatomyKeys, every_key_is_declared_once_for_all_sources) {
  std::map<std::string, int> count;
  for (const ParamSpec& spec : anatomy_specs()) ++count[spec.name];
  for (const auto& [name, n] : count) EXPECT_EQ(n, 1) << name;
  EXPECT_EQ(count.count("source"), 1u);
}

TEST(ParametricAnatomy, a_level_outside_the_table_is_refused) {
  EXPECT_THROW(vertebra_dimensions("C3"), InputError);
  EXPECT_EQ(vertebra_dimensions("L1").upper_width, 41.2);
}

} // namespace
} // namespace kypho

#include "core/base/errors.hpp"
#include "mesh/landmark_finder.hpp"
#include "mesh_probe.hpp"
#include <Eigen/Geometry>
#include <cmath>
#include <gtest/gtest.h>

namespace kypho {
namespace {

constexpr double degree = 0.017453292519943295;

/// The parametric vertebra as a signed distance in its own frame.
ScalarGrid distance_of(const Anatomy& anatomy, double spacing) {
  Box box = anatomy.bounds();
  box.lower.array() -= 3;
  box.upper.array() += 3;
  ScalarGrid grid = make_grid(box, spacing);
  for (int k = 0; k < grid.size[2]; ++k)
    for (int j = 0; j < grid.size[1]; ++j)
      for (int i = 0; i < grid.size[0]; ++i) {
        // Half steps average the label over the cell, so that the surface lies between the nodes.
        double inside = 0;
        for (int c = 0; c < 8; ++c) {
          const Vec3 shift = 0.25 * spacing * Vec3(c & 1 ? 1 : -1, c & 2 ? 1 : -1, c & 4 ? 1 : -1);
          inside += anatomy.region(grid.point(i, j, k) + shift) != Region::outside;
        }
        grid.values[grid.index(i, j, k)] = static_cast<float>(0.5 - inside / 8);
      }
  redistance(grid);
  return grid;
}

std::unique_ptr<Anatomy> known_vertebra(const std::string& level, const std::string& elements) {
  Params params = test::vertebra(level);
  params.set("posterior_elements", elements);
  return make_anatomy(params);
}

double angle_between(const Vec3& a, const Vec3& b) { return std::acos(std::min(1.0, a.dot(b))) / degree; }

/// The vertebra, turned away from its frame, must be found in its own frame again.
struct Found {
  std::unique_ptr<Anatomy> known;
  FoundVertebra found;
  Frame error; ///< found frame in the known one; the identity would be perfect
};
Found find(const std::string& level, const std::string& elements, const Vec3& turns) {
  Found f;
  f.known = known_vertebra(level, elements);
  const ScalarGrid distance = distance_of(*f.known, 0.6);
  FinderOptions options;
  options.level = level;
  options.spacing = 0.6;
  options.first_axes =
      (Eigen::AngleAxisd(turns.x() * degree, Vec3::UnitX()) * Eigen::AngleAxisd(turns.y() * degree, Vec3::UnitY()) *
       Eigen::AngleAxisd(turns.z() * degree, Vec3::UnitZ()))
          .toRotationMatrix();
  f.found = find_vertebra([&](const Frame& frame, double h) { return resample(distance, frame, h, 3); }, options);
  f.error = f.found.frame;
  return f;
}

class FinderAtLevel : public ::testing::TestWithParam<const char*> {};

TEST_P(FinderAtLevel, a_tilted_vertebra_is_found_in_its_own_frame_with_its_own_measures) {
  const Found f = find(GetParam(), "full", Vec3(9, -12, 8));
  EXPECT_LT(angle_between(f.error.axes.col(2), Vec3::UnitZ()), 2);
  EXPECT_LT(angle_between(f.error.axes.col(0), Vec3::UnitX()), 2);
  EXPECT_LT(std::abs(f.error.origin.y()), 0.3);
  EXPECT_LT(f.error.origin.norm(), 1.5);

  const Landmarks &l = f.found.landmarks, &known = f.known->landmarks();
  EXPECT_TRUE(l.has_pedicles);
  EXPECT_NEAR(l.depth, known.depth, 1.5);
  EXPECT_NEAR(l.width, known.width, 2);
  const double front = (l.upper.anterior - l.lower.anterior).norm(),
               behind = (l.upper.posterior - l.lower.posterior).norm();
  EXPECT_NEAR(front, (known.upper.anterior - known.lower.anterior).norm(), 1);
  EXPECT_NEAR(behind, (known.upper.posterior - known.lower.posterior).norm(), 1);
  EXPECT_LT(angle_between(l.upper.normal, -l.lower.normal), angle_between(known.upper.normal, -known.lower.normal) + 2);
  EXPECT_NEAR(l.canal_width, known.canal_width, 3);
  EXPECT_NEAR(l.canal_depth, known.canal_depth, 3);
  for (const bool left : {true, false}) {
    const PedicleLandmarks &p = left ? l.left : l.right, &q = left ? known.left : known.right;
    EXPECT_LT(angle_between(f.error.axes * p.axis, q.axis), 12);
    EXPECT_LT(((f.error.to_source(p.isthmus) - q.isthmus).cross(q.axis)).norm(), 1.5); // off its line
    EXPECT_NEAR(p.width, q.width, 1.5);
    EXPECT_NEAR(p.height, q.height, 2.5);
  }
}

TEST_P(FinderAtLevel, body_and_posterior_elements_are_divided_where_they_were_made) {
  const Found f = find(GetParam(), "full", Vec3(-7, 6, 5));
  double same = 0, all = 0;
  const Box box = f.known->bounds();
  for (double x = box.lower.x(); x < box.upper.x(); x += 1.1)
    for (double y = box.lower.y(); y < box.upper.y(); y += 1.1)
      for (double z = box.lower.z(); z < box.upper.z(); z += 1.1) {
        const Vec3 q(x, y, z), p = f.found.frame.from_source(q);
        const Region known = f.known->region(q);
        if (known == Region::outside || f.found.solid.at(p) >= 0) continue;
        ++all;
        same += (known == Region::body) == (f.found.side.at(p) < 0);
      }
  EXPECT_GT(same / all, 0.95);
}

INSTANTIATE_TEST_SUITE_P(Levels, FinderAtLevel, ::testing::Values("T12", "L1", "L3"));

TEST(Finder, both_sides_of_a_symmetric_vertebra_are_measured_alike) {
  const Found f = find("L1", "full", Vec3(4, 4, -4));
  const Landmarks& l = f.found.landmarks;
  EXPECT_NEAR(l.left.isthmus.y(), -l.right.isthmus.y(), 0.7);
  EXPECT_NEAR(l.left.isthmus.z(), l.right.isthmus.z(), 0.7);
  EXPECT_NEAR(l.left.width, l.right.width, 0.7);
  EXPECT_NEAR(l.left.height, l.right.height, 0.7);
  EXPECT_NEAR(l.left.axis.y(), -l.right.axis.y(), 0.06);
  EXPECT_NEAR(l.canal.y(), 0, 0.5);
}

TEST(Finder, a_body_alone_has_no_pedicles) {
  const Found f = find("L1", "none", Vec3(8, 5, 0));
  EXPECT_FALSE(f.found.landmarks.has_pedicles);
  EXPECT_LT(angle_between(f.error.axes.col(2), Vec3::UnitZ()), 2);
  EXPECT_NEAR(f.found.landmarks.depth, f.known->landmarks().depth, 1.5);
}

TEST(Finder, the_same_input_gives_the_same_bits) {
  const Found a = find("L1", "full", Vec3(3, 2, 1)), b = find("L1", "full", Vec3(3, 2, 1));
  EXPECT_EQ(a.found.solid.values, b.found.solid.values);
  EXPECT_EQ(a.found.side.values, b.found.side.values);
  EXPECT_EQ(a.found.landmarks.left.isthmus, b.found.landmarks.left.isthmus);
}

TEST(Finder, a_thin_plate_is_no_vertebra) {
  Box box;
  box.extend(Vec3(-30, -30, -10));
  box.extend(Vec3(30, 30, 10));
  ScalarGrid plate = make_grid(box, 1);
  for (int k = 0; k < plate.size[2]; ++k)
    for (int j = 0; j < plate.size[1]; ++j)
      for (int i = 0; i < plate.size[0]; ++i) {
        const Vec3 p = plate.point(i, j, k);
        plate.values[plate.index(i, j, k)] =
            static_cast<float>(std::max({std::abs(p.x()) - 25, std::abs(p.y()) - 25, std::abs(p.z()) - 2.5}));
      }
  EXPECT_THROW(find_vertebra([&](const Frame& f, double h) { return resample(plate, f, h, 3); }, {}), InputError);
}

} // namespace
} // namespace kypho

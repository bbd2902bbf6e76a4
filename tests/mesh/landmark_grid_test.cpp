#include "mesh/landmark_grid.hpp"
#include <Eigen/Geometry>
#include <cmath>
#include <gtest/gtest.h>

namespace kypho {
namespace {

ScalarGrid ball_grid(double radius, double spacing, double scale) {
  Box box;
  box.extend(Vec3::Constant(-radius - 4));
  box.extend(Vec3::Constant(radius + 4));
  ScalarGrid grid = make_grid(box, spacing);
  for (int k = 0; k < grid.size[2]; ++k)
    for (int j = 0; j < grid.size[1]; ++j)
      for (int i = 0; i < grid.size[0]; ++i)
        grid.values[grid.index(i, j, k)] = static_cast<float>(scale * (grid.point(i, j, k).norm() - radius));
  return grid;
}

TEST(ScalarGrid, interpolation_is_exact_for_a_linear_field) {
  Box box;
  box.extend(Vec3(-2, 1, 3));
  box.extend(Vec3(4, 5, 6));
  ScalarGrid grid = make_grid(box, 0.7);
  const auto field = [](const Vec3& p) { return 2 + 0.3 * p.x() - 1.1 * p.y() + 0.7 * p.z(); };
  for (int k = 0; k < grid.size[2]; ++k)
    for (int j = 0; j < grid.size[1]; ++j)
      for (int i = 0; i < grid.size[0]; ++i)
        grid.values[grid.index(i, j, k)] = static_cast<float>(field(grid.point(i, j, k)));
  for (const Vec3& p : {Vec3(0.123, 2.7, 4.4), Vec3(-2, 1, 3), Vec3(3.99, 4.98, 5.97)})
    EXPECT_NEAR(grid.at(p), field(p), 1e-5);
  EXPECT_NEAR((grid.gradient(Vec3(1, 3, 4.5)) - Vec3(0.3, -1.1, 0.7)).norm(), 0, 1e-5);
  EXPECT_NEAR(grid.at(Vec3(-9, 3, 4)), field(Vec3(-2, 3, 4)), 1e-5); // beyond: the nearest point
}

TEST(ScalarGrid, redistancing_gives_the_distance_whatever_the_slope_was) {
  for (const double scale : {0.2, 5.0}) {
    ScalarGrid grid = ball_grid(10, 0.5, scale);
    redistance(grid);
    double worst = 0;
    for (int k = 0; k < grid.size[2]; ++k)
      for (int j = 0; j < grid.size[1]; ++j)
        for (int i = 0; i < grid.size[0]; ++i) {
          const double exact = grid.point(i, j, k).norm() - 10;
          if (std::abs(exact) < 6) worst = std::max(worst, std::abs(grid.values[grid.index(i, j, k)] - exact));
        }
    // First-order sweeping: h log(1/h) along the diagonals (Zhao 2005).
    EXPECT_LT(worst, 0.5 * 0.5 * std::log(10 / 0.5));
  }
}

TEST(ScalarGrid, volume_of_a_ball_is_found_to_a_part_in_a_thousand) {
  EXPECT_NEAR(volume_below(ball_grid(10, 0.5, 1)), 4188.79, 4.2);
  EXPECT_NEAR(volume_below(ball_grid(10, 0.5, 1), 1.0), 5575.28, 5.6);
}

TEST(ScalarGrid, tidying_drops_loose_pieces_and_fills_voids) {
  ScalarGrid grid = ball_grid(10, 0.5, 1);
  ScalarGrid untidy = grid;
  for (int k = 0; k < grid.size[2]; ++k)
    for (int j = 0; j < grid.size[1]; ++j)
      for (int i = 0; i < grid.size[0]; ++i) {
        const Vec3 p = grid.point(i, j, k);
        float& v = untidy.values[grid.index(i, j, k)];
        v = static_cast<float>(std::max<double>(v, 2 - (p - Vec3(3, 0, 0)).norm()));         // a void of radius 2
        v = static_cast<float>(std::min<double>(v, (p - Vec3(11.5, 11.5, 0)).norm() - 1.5)); // a crumb beside
      }
  const Tidied tidied = tidy_solid(untidy);
  EXPECT_NEAR(tidied.filled, 33.5 / 4189, 0.002);
  EXPECT_NEAR(tidied.dropped, 14.1 / 4189, 0.001);
  EXPECT_NEAR(volume_below(untidy), 4189, 42);
}

TEST(ScalarGrid, a_solid_keeps_its_volume_and_place_in_another_frame) {
  const ScalarGrid grid = ball_grid(10, 0.5, 1);
  const Frame frame{Eigen::AngleAxisd(0.7, Vec3(1, 2, 3).normalized()).toRotationMatrix(), Vec3(4, -2, 6)};
  const ScalarGrid turned = resample(grid, frame, 0.6, 3);
  EXPECT_NEAR(volume_below(turned), 4189, 21);
  EXPECT_NEAR(turned.at(frame.from_source(Vec3::Zero())), -10, 0.6 * std::sqrt(3.0)); // a cusp, cut by one cell
}

TEST(Frame, there_and_back_and_one_after_the_other) {
  const Frame a{Eigen::AngleAxisd(0.3, Vec3::UnitX()).toRotationMatrix(), Vec3(1, 2, 3)};
  const Frame b{Eigen::AngleAxisd(-0.8, Vec3::UnitZ()).toRotationMatrix(), Vec3(-4, 0, 5)};
  const Vec3 p(0.5, 7, -2);
  EXPECT_LT((a.from_source(a.to_source(p)) - p).norm(), 1e-12);
  EXPECT_LT((a.then(b).to_source(p) - a.to_source(b.to_source(p))).norm(), 1e-12);
}

} // namespace
} // namespace kypho

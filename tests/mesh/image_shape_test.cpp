#include "core/base/errors.hpp"
#include "image_phantom.hpp"
#include "mesh/image_shape.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace kypho {
namespace {

constexpr double pi = 3.14159265358979323846;

/// An empty label map of @p size voxels around the origin.
ImageVolume label_map(const Vec3& voxel, double half_size) {
  ImageVolume image;
  image.axes = test::oblique_rotation() * voxel.asDiagonal();
  for (int a = 0; a < 3; ++a) image.size[a] = 2 * static_cast<int>(std::ceil(half_size / voxel[a])) + 1;
  image.origin = -image.axes * Vec3(image.size[0] / 2, image.size[1] / 2, image.size[2] / 2);
  return image;
}

ImageShape shape_of(const ImageVolume& image, const Vec3& step, const std::function<bool(const Vec3&)>& inside) {
  return ImageShape(image, step, [&](int i, int j, int k) { return inside(image.to_patient(Vec3(i, j, k))); });
}

/// Spread of the surface's distance from @p distance = 0, over points that lie on it, mm.
struct Deviation {
  double mean = 0, rms = 0, largest = 0;
};
Deviation deviation(const std::vector<double>& errors) {
  Deviation d;
  for (const double e : errors) {
    d.mean += e / static_cast<double>(errors.size());
    d.rms += e * e / static_cast<double>(errors.size());
    d.largest = std::max(d.largest, std::abs(e));
  }
  d.rms = std::sqrt(d.rms);
  return d;
}

/// Where the ray from the origin leaves the shape, mm.
double exit_of(const ImageShape& shape, const Vec3& direction) {
  double in = 0, out = 40;
  for (int i = 0; i < 50; ++i) {
    const double middle = 0.5 * (in + out);
    (shape(middle * direction) < 0 ? in : out) = middle;
  }
  return in;
}

std::vector<Vec3> directions() { // a spiral of even density
  std::vector<Vec3> all;
  for (int i = 0; i < 1000; ++i) {
    const double z = 1 - (2 * i + 1) / 1000.0, turn = 2.399963229728653 * i, r = std::sqrt(1 - z * z);
    all.emplace_back(r * std::cos(turn), r * std::sin(turn), z);
  }
  return all;
}

TEST(ImageShape, a_ball_of_coarse_voxels_becomes_round_again) {
  constexpr double radius = 13;
  const ImageVolume map = label_map(Vec3(3, 3, 3), 24);
  const ImageShape shape = shape_of(map, Vec3(3, 3, 3), [&](const Vec3& p) { return p.norm() < radius; });
  std::vector<double> errors;
  for (const Vec3& d : directions()) errors.push_back(exit_of(shape, d) - radius);
  // The voxels' own corners and faces deviate by up to half the diagonal, 2.6 mm, with 0.87 mm (a uniform spread over one
  // voxel) in the mean square.
  const Deviation d = deviation(errors);
  EXPECT_LT(d.rms, 0.4);
  EXPECT_LT(d.largest, 1.4);
}

TEST(ImageShape, the_labelled_volume_is_kept) {
  for (const Vec3& voxel : {Vec3(3, 3, 3), Vec3(1, 1, 2), Vec3(0.7, 0.7, 4)}) {
    const ImageVolume map = label_map(voxel, 30);
    const ImageShape shape = shape_of(map, voxel, [](const Vec3& p) {
      const bool body = p.norm() < 12;
      const bool process = std::hypot(p.y(), p.z()) < 5 && p.x() > 0 && p.x() < 24;
      return body || process;
    });
    const double volume = volume_below(shape.rasterise({}, 0.5));
    EXPECT_NEAR(volume / shape.labelled_volume(), 1, 0.01) << voxel.transpose();
  }
}

TEST(ImageShape, a_slanted_plane_shows_no_stairs) {
  const ImageVolume map = label_map(Vec3(3, 3, 3), 27);
  const Mat3 turn = test::oblique_rotation();
  // In voxel axes: the upper face rises one voxel in five, as an endplate that is tilted by 11 degrees.
  const ImageShape shape = shape_of(map, Vec3(3, 3, 3), [&](const Vec3& p) {
    const Vec3 q = turn.transpose() * p;
    return q.z() < 3 + 0.2 * q.x() && q.z() > -12 && std::abs(q.x()) < 20 && std::abs(q.y()) < 20;
  });
  std::vector<double> errors;
  for (double x = -9; x <= 9; x += 0.5)
    for (double y = -9; y <= 9; y += 1) {
      double below = -3, above = 12;
      for (int i = 0; i < 40; ++i) {
        const double middle = 0.5 * (below + above);
        (shape(turn * Vec3(x, y, middle)) < 0 ? below : above) = middle;
      }
      errors.push_back(below - (3 + 0.2 * x));
    }
  // A stair of height h deviates by h / sqrt(12) = 0.87 mm in the mean square; less than a third of it may stay.
  Deviation d = deviation(errors);
  for (double& e : errors) e -= d.mean;
  EXPECT_LT(deviation(errors).rms, 0.29);
  EXPECT_LT(std::abs(d.mean), 0.5);
}

TEST(ImageShape, a_sheet_of_one_voxel_stays_in_one_piece) {
  const ImageVolume map = label_map(Vec3(2, 2, 2), 24);
  const Mat3 turn = test::oblique_rotation();
  const ImageShape shape = shape_of(map, Vec3(2, 2, 2), [&](const Vec3& p) {
    const Vec3 q = turn.transpose() * p;
    return p.norm() < 8 || (std::abs(q.z()) < 1 && std::abs(q.y()) < 7 && q.x() > 0 && q.x() < 20);
  });
  for (double x = 0; x < 18; x += 0.5) EXPECT_LT(shape(turn * Vec3(x, 0, 0)), 0) << x;
}

TEST(ImageShape, labels_made_on_a_coarser_grid_are_smoothed_over_their_own_steps) {
  constexpr double radius = 13;
  const ImageVolume map = label_map(Vec3(1, 1, 1), 24);
  const Mat3 turn = test::oblique_rotation();
  const auto in_coarse_ball = [&](const Vec3& p) {
    const Vec3 q = turn.transpose() * p; // voxel axes, blocks of 3 mm
    return (3.0 * (q / 3).array().round().matrix()).norm() < radius;
  };
  const ImageShape shape = shape_of(map, Vec3(3, 3, 3), in_coarse_ball);
  std::vector<double> errors;
  for (const Vec3& d : directions()) errors.push_back(exit_of(shape, d) - radius);
  EXPECT_LT(deviation(errors).rms, 0.45);
}

TEST(ImageShape, no_voxel_is_an_error_and_the_border_is_noticed) {
  const ImageVolume map = label_map(Vec3(2, 2, 2), 12);
  EXPECT_THROW(shape_of(map, Vec3(2, 2, 2), [](const Vec3&) { return false; }), InputError);
  EXPECT_FALSE(shape_of(map, Vec3(2, 2, 2), [](const Vec3& p) { return p.norm() < 9; }).cut_by_border());
  EXPECT_TRUE(shape_of(map, Vec3(2, 2, 2), [](const Vec3& p) { return p.norm() < 13; }).cut_by_border());
}

TEST(ImageShape, a_lattice_holds_the_same_solid_in_any_frame) {
  const ImageVolume map = label_map(Vec3(2, 2, 2), 24);
  const ImageShape shape = shape_of(map, Vec3(2, 2, 2), [](const Vec3& p) { return p.norm() < 12; });
  const Frame frame{test::oblique_rotation(), Vec3(3, -5, 7)};
  const ScalarGrid grid = shape.rasterise(frame, 0.8);
  EXPECT_NEAR(volume_below(grid), 4.0 / 3 * pi * 12 * 12 * 12, 0.04 * 7238);
  for (const Vec3& p : {Vec3(0, 0, 0), Vec3(5, -3, 2), Vec3(11, 2, 1), Vec3(-4, 9, -9)})
    EXPECT_NEAR(grid.at(frame.from_source(p)), shape(p), 0.15);
}

} // namespace
} // namespace kypho

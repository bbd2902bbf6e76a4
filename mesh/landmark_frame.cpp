#include "mesh/landmark_frame.hpp"
#include "core/base/errors.hpp"
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

constexpr double least_body_radius = 5; // of the largest ball inside a vertebral body, mm

/// The body alone, with rounded edges: the union of the balls of two thirds of the largest one's radius.
/// Pedicles are too thin to hold such a ball.
ScalarGrid round_body(const ScalarGrid& solid) {
  const auto deepest = std::min_element(solid.values.begin(), solid.values.end());
  const double largest = -*deepest;
  if (largest < least_body_radius)
    throw InputError("no vertebral body is recognised: the solid is nowhere thicker than " +
                     std::to_string(static_cast<int>(2 * largest)) + " mm");
  const double ball = 0.65 * largest;
  ScalarGrid core = solid;
  for (float& v : core.values) v += static_cast<float>(ball);
  const auto keep = connected_component(core, static_cast<std::size_t>(deepest - solid.values.begin()),
                                        [&](std::size_t c) { return core.values[c] < 0; });
  for (std::size_t c = 0; c < keep.size(); ++c)
    if (!keep[c]) core.values[c] = std::abs(core.values[c]);
  redistance(core);
  for (float& v : core.values) v -= static_cast<float>(ball);
  return core;
}

Vec3 centroid(const ScalarGrid& grid) {
  Vec3 sum = Vec3::Zero();
  double count = 0;
  for (int k = 0; k < grid.size[2]; ++k)
    for (int j = 0; j < grid.size[1]; ++j)
      for (int i = 0; i < grid.size[0]; ++i)
        if (grid.values[grid.index(i, j, k)] < 0) {
          sum += grid.point(i, j, k);
          ++count;
        }
  return sum / count;
}

struct Plates {
  Vec3 upper, lower; // planes z = c0 + c1 x + c2 y
  Vec3 footprint;    // centroid of the columns between them (z = 0)
};

/// Follows columns up and down from the middle of the body to where they leave the solid.
Plates find_plates(const ScalarGrid& solid, const ScalarGrid& rounded, const Frame& frame) {
  constexpr double reach = 35, step = 1.5, stride = 0.5, highest = 30, inside_wall = 4;
  std::vector<Vec3> up, down;
  Vec3 sum = Vec3::Zero();
  for (double x = -reach; x <= reach; x += step)
    for (double y = -reach; y <= reach; y += step) {
      const Vec3 foot(x, y, 0);
      if (rounded.at(frame.to_source(foot)) > 0 || solid.at(frame.to_source(foot)) > -inside_wall) continue;
      sum += foot;
      for (const int sign : {1, -1}) {
        double z = 0;
        while (z < highest && solid.at(frame.to_source(Vec3(x, y, sign * z))) < 0) z += stride;
        (sign > 0 ? up : down).emplace_back(x, y, sign * z);
      }
    }
  if (up.size() < 30) throw InputError("no vertebral body is recognised: its endplates are not found");
  return {fit_plane(up, 1.5), fit_plane(down, 1.5), sum / static_cast<double>(up.size())};
}

/// Mean difference between the solid and its mirror image near body and arch, in clipped distance.
double asymmetry(const ScalarGrid& solid, const Frame& frame) {
  double sum = 0;
  int count = 0;
  for (double z = -16; z <= 16; z += 2)
    for (double x = -34; x <= 22; x += 2)
      for (double y = 1; y <= 27; y += 2) {
        const double left = std::clamp(solid.at(frame.to_source(Vec3(x, y, z))), -4.0, 4.0);
        const double right = std::clamp(solid.at(frame.to_source(Vec3(x, -y, z))), -4.0, 4.0);
        sum += std::abs(left - right);
        ++count;
      }
  return sum / count;
}

Frame turned(const Frame& frame, double angle, double shift) {
  const Eigen::AngleAxisd turn(angle, Vec3::UnitZ());
  return frame.then({turn.toRotationMatrix(), Vec3(0, shift, 0)});
}

} // namespace

Vec3 fit_plane(const std::vector<Vec3>& points, double tolerance) {
  std::vector<std::uint8_t> used(points.size(), 1);
  Vec3 c = Vec3::Zero();
  for (int pass = 0; pass < 6; ++pass) {
    Mat3 normal = Mat3::Identity() * 1e-9;
    Vec3 right = Vec3::Zero();
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (!used[i]) continue;
      const Vec3 row(1, points[i].x(), points[i].y());
      normal += row * row.transpose();
      right += row * points[i].z();
    }
    c = normal.ldlt().solve(right);
    // The band narrows, so that a bad first plane does not throw good points out.
    const double band = tolerance * std::max(1.0, 3.0 - pass);
    for (std::size_t i = 0; i < points.size(); ++i)
      used[i] = std::abs(c[0] + c[1] * points[i].x() + c[2] * points[i].y() - points[i].z()) < band;
  }
  return c;
}

Frame with_normal(const Frame& frame, const Vec3& normal) {
  const Mat3 turn = Eigen::Quaterniond::FromTwoVectors(Vec3::UnitZ(), normal).toRotationMatrix();
  return {frame.axes * turn, frame.origin};
}

Frame fit_mirror_plane(const ScalarGrid& solid, const Frame& frame) {
  constexpr double degree = 0.017453292519943295;
  double angle = 0, shift = 0, best = 1e300;
  for (double a = -24; a <= 24; a += 3)
    for (double s = -6; s <= 6; s += 1.5)
      if (const double f = asymmetry(solid, turned(frame, a * degree, s)); f < best) {
        best = f;
        angle = a * degree;
        shift = s;
      }
  for (double da = 1.5 * degree, ds = 0.75; da > 0.05 * degree;) {
    const double before = best;
    const double a0 = angle, s0 = shift;
    for (const auto& [a, s] : {std::pair{da, 0.0}, {-da, 0.0}, {0.0, ds}, {0.0, -ds}})
      if (const double f = asymmetry(solid, turned(frame, a0 + a, s0 + s)); f < best) {
        best = f;
        angle = a0 + a;
        shift = s0 + s;
      }
    if (best < before) continue;
    da *= 0.5;
    ds *= 0.5;
  }
  return turned(frame, angle, shift);
}

Frame find_first_frame(const ScalarGrid& solid) {
  const ScalarGrid rounded = round_body(solid);
  Frame frame;
  frame.origin = centroid(rounded);
  for (int pass = 0; pass < 6; ++pass) {
    const Plates plates = find_plates(solid, rounded, frame);
    const Vec3 up = Vec3(-plates.upper[1], -plates.upper[2], 1).normalized();
    const Vec3 down = Vec3(-plates.lower[1], -plates.lower[2], 1).normalized();
    const Vec3 foot(1, plates.footprint.x(), plates.footprint.y());
    const Vec3 middle(plates.footprint.x(), plates.footprint.y(),
                      0.5 * (plates.upper.dot(foot) + plates.lower.dot(foot)));
    frame.origin = frame.to_source(middle);
    frame = with_normal(frame, (up + down).normalized());
    if (pass == 3) frame = fit_mirror_plane(solid, frame);
  }
  return frame;
}

} // namespace kypho

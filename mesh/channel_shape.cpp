#include "mesh/channel_shape.hpp"
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <numbers>

namespace kypho {

double channel_distance(const Channel& channel, const Vec3& p) {
  const double length = (channel.tip - channel.entry).norm();
  const Vec3 axis = (channel.tip - channel.entry) / length;
  const Vec3 r = p - channel.entry;
  const double t = axis.dot(r), shaft = length - channel.radius;
  if (t > shaft) return (r - shaft * axis).norm() - channel.radius;
  const double side = (r - t * axis).norm() - channel.radius;
  return t >= 0 ? side : std::hypot(t, std::max(side, 0.0));
}

std::vector<WallSample> channel_wall(const Channel& channel, double spacing) {
  constexpr double half_crossing = 0.15; // mm
  const double length = (channel.tip - channel.entry).norm(), r = channel.radius, shaft = length - r;
  const Vec3 axis = (channel.tip - channel.entry) / length;
  const Vec3 u = axis.unitOrthogonal(), v = axis.cross(u);
  std::vector<WallSample> samples;
  const auto ring = [&](double t, double polar, double width) {
    // polar: angle from the axis at the round tip, a right angle on the shaft
    const double around = 2 * std::numbers::pi * r * std::sin(polar);
    const int n = std::max(1, static_cast<int>(std::lround(around / spacing)));
    for (int i = 0; i < n; ++i) {
      const double angle = 2 * std::numbers::pi * (i + 0.5) / n;
      const Vec3 out = std::sin(polar) * (std::cos(angle) * u + std::sin(angle) * v) + std::cos(polar) * axis;
      const Vec3 centre = channel.entry + t * axis;
      samples.push_back({centre + (r - half_crossing) * out, centre + (r + half_crossing) * out, around * width / n});
    }
  };
  const int rows = std::max(1, static_cast<int>(std::lround(shaft / spacing)));
  for (int i = 0; i < rows; ++i) ring((i + 0.5) * shaft / rows, std::numbers::pi / 2, shaft / rows);
  const double quarter = std::numbers::pi / 2;
  const int caps = std::max(1, static_cast<int>(std::lround(r * quarter / spacing)));
  for (int i = 0; i < caps; ++i) ring(shaft, quarter * (i + 0.5) / caps, r * quarter / caps);
  return samples;
}

} // namespace kypho

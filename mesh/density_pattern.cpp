#include "mesh/density_pattern.hpp"
#include <algorithm>

namespace kypho {

double regional_density(const Vec3& s) {
  const Vec3 c = s.cwiseMax(-1.2).cwiseMin(1.2);
  const double ring = std::min(c.x() * c.x() + c.y() * c.y(), 1.5);
  return 0.85 - 0.13 * c.x() - 0.06 * c.z() + 0.10 * ring + 0.25 * c.z() * c.z();
}

BodyDensity::BodyDensity(bool regional, double mean, const Landmarks& landmarks,
                         const std::function<bool(const Vec3&)>& body, const Box& box)
    : regional_(regional), level_(mean) {
  centre_ = 0.5 * (landmarks.upper.centre + landmarks.lower.centre);
  half_ = 0.5 * Vec3(landmarks.depth, landmarks.width, (landmarks.upper.centre - landmarks.lower.centre).norm());
  if (!regional) return;
  constexpr double step = 1.0;
  double sum = 0;
  long count = 0;
  for (double x = box.lower.x() + 0.5 * step; x < box.upper.x(); x += step)
    for (double y = box.lower.y() + 0.5 * step; y < box.upper.y(); y += step)
      for (double z = box.lower.z() + 0.5 * step; z < box.upper.z(); z += step) {
        const Vec3 p(x, y, z);
        if (!body(p)) continue;
        sum += regional_density(relative(p));
        ++count;
      }
  if (count > 0) level_ = mean * static_cast<double>(count) / sum;
}

Vec3 BodyDensity::relative(const Vec3& p) const { return (p - centre_).cwiseQuotient(half_); }

double BodyDensity::operator()(const Vec3& p) const {
  return regional_ ? level_ * regional_density(relative(p)) : level_;
}

} // namespace kypho

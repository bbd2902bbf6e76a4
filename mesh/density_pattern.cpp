#include "mesh/density_pattern.hpp"
#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace kypho {

double regional_density(const Vec3& s) {
  const Vec3 c = s.cwiseMax(-1.2).cwiseMin(1.2);
  const double ring = std::min(c.x() * c.x() + c.y() * c.y(), 1.5);
  return 0.85 - 0.13 * c.x() - 0.06 * c.z() + 0.10 * ring + 0.25 * c.z() * c.z();
}

RandomField::RandomField(double length, unsigned seed) {
  constexpr int waves = 256;
  std::mt19937_64 generator(seed); // the distributions of the standard library differ between libraries
  const auto share = [&] { return (static_cast<double>(generator() >> 11) + 0.5) * 0x1p-53; };
  const auto normal = [&] {
    const double radius = std::sqrt(-2 * std::log(share()));
    return radius * std::cos(2 * std::numbers::pi * share());
  };
  for (int i = 0; i < waves; ++i) {
    Wave wave;
    for (double& k : wave.number) k = normal() / length;
    wave.phase = 2 * std::numbers::pi * share();
    waves_.push_back(wave);
  }
}

double RandomField::operator()(const Vec3& p) const {
  double sum = 0;
  for (const Wave& wave : waves_) sum += std::cos(wave.number.dot(p) + wave.phase);
  return sum * std::sqrt(2.0 / static_cast<double>(waves_.size()));
}

BodyDensity::BodyDensity(const Params& anatomy, unsigned seed, const Landmarks& landmarks,
                         const std::function<bool(const Vec3&)>& body, const Box& box)
    : regional_(anatomy.text("density_pattern") == "regional"), level_(anatomy.number("bmd")),
      field_(anatomy.number("density_correlation"), seed) {
  const double variation = anatomy.number("density_variation");
  spread_ = std::sqrt(std::log1p(variation * variation)); // of the logarithm of a log-normal density
  centre_ = 0.5 * (landmarks.upper.centre + landmarks.lower.centre);
  half_ = 0.5 * Vec3(landmarks.depth, landmarks.width, (landmarks.upper.centre - landmarks.lower.centre).norm());
  if (!regional_) return;
  constexpr double step = 1.0;
  double sum = 0;
  long count = 0;
  for (double x = box.lower.x() + 0.5 * step; x < box.upper.x(); x += step)
    for (double y = box.lower.y() + 0.5 * step; y < box.upper.y(); y += step)
      for (double z = box.lower.z() + 0.5 * step; z < box.upper.z(); z += step) {
        const Vec3 p(x, y, z);
        if (!body(p)) continue;
        sum += relative(p);
        ++count;
      }
  if (count > 0) level_ *= static_cast<double>(count) / sum;
}

double BodyDensity::relative(const Vec3& p) const {
  const double trend = regional_density((p - centre_).cwiseQuotient(half_));
  return spread_ > 0 ? trend * std::exp(spread_ * field_(p)) : trend;
}

double BodyDensity::operator()(const Vec3& p) const { return regional_ ? level_ * relative(p) : level_; }

} // namespace kypho

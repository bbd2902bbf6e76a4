#pragma once
// Mineral density inside a vertebral body for anatomies that bring no image: uniform, or with the regional pattern of
// trabecular bone, whose mean over the body is the wanted density.
#include "core/model/landmarks.hpp"
#include <functional>

namespace kypho {

/// Density relative to a uniform one, before normalisation: denser behind, near the endplates and at the periphery,
/// weaker in front, above and in the middle. Sizes of the differences: assumption, in the range of regional bone volume
/// fractions of osteoporotic vertebrae (posterior over anterior about 1.3).
/// @param s place in the body, each component about -1 to 1: (forward / half depth, left / half width, up / half height)
double regional_density(const Vec3& s);

/// Density of one body, mg/cm3.
class BodyDensity {
public:
  /// @param regional false: uniform
  /// @param mean     wanted mean over the body, mg/cm3
  /// @param body     true inside the body; sampled on a grid over @p box, which encloses the body
  BodyDensity(bool regional, double mean, const Landmarks& landmarks, const std::function<bool(const Vec3&)>& body,
              const Box& box);
  double operator()(const Vec3& p) const;

private:
  Vec3 relative(const Vec3& p) const;
  bool regional_;
  double level_;
  Vec3 centre_, half_;
};

} // namespace kypho

#pragma once
// Mineral density inside a vertebral body for anatomies that bring no image: uniform, or with the regional pattern of
// trabecular bone and its local scatter, whose mean over the body is the wanted density.
#include "core/base/params.hpp"
#include "core/model/landmarks.hpp"
#include <functional>
#include <vector>

namespace kypho {

/// Density relative to a uniform one, before normalisation: denser behind, near the endplates and at the periphery,
/// weaker in front, above and in the middle. Sizes of the differences: assumption, in the range of regional bone volume
/// fractions of osteoporotic vertebrae (posterior over anterior about 1.3).
/// @param s place in the body, each component about -1 to 1: (forward / half depth, left / half width, up / half height)
double regional_density(const Vec3& s);

/// A Gaussian random field of mean 0, variance 1 and correlation exp(-r^2 / 2 l^2), as a sum of cosines of random
/// directions and phases (Shinozuka & Deodatis 1991, Appl Mech Rev 44:191). A function of place alone: every mesh sees the same
/// bone.
class RandomField {
public:
  /// @param length l, mm
  RandomField(double length, unsigned seed);
  double operator()(const Vec3& p) const;

private:
  struct Wave {
    Vec3 number; ///< 1/mm
    double phase;
  };
  std::vector<Wave> waves_;
};

/// Density of one body, mg/cm3.
class BodyDensity {
public:
  /// @param anatomy bmd, the wanted mean; density_pattern, density_variation, density_correlation
  /// @param body    true inside the body; sampled on a grid over @p box, which encloses the body
  BodyDensity(const Params& anatomy, unsigned seed, const Landmarks& landmarks,
              const std::function<bool(const Vec3&)>& body, const Box& box);
  double operator()(const Vec3& p) const;

private:
  double relative(const Vec3& p) const;
  bool regional_;
  double level_, spread_;
  RandomField field_;
  Vec3 centre_, half_;
};

} // namespace kypho

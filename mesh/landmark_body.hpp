#pragma once
// The vertebral body in the anatomical frame: its posterior wall, where the posterior elements begin, rims of the
// endplates, depth and width.
#include "core/model/landmarks.hpp"
#include "mesh/landmark_grid.hpp"
#include <algorithm>

namespace kypho {

/// Line x = at + slope * z of the posterior wall beside the midline, mm.
struct PosteriorWall {
  double at = 0, slope = 0;
  double operator()(double z) const { return at + slope * z; }
};
/// @param solid signed distance in (roughly) the anatomical frame
PosteriorWall find_posterior_wall(const ScalarGrid& solid);

/// Mean planes z = c[0] + c[1] x + c[2] y of the inner parts of the endplates.
struct EndplatePlanes {
  Vec3 upper = Vec3::Zero(), lower = Vec3::Zero();
  /// How far @p p lies above the upper or below the lower plane, along z, mm; negative between them.
  double beyond(const Vec3& p) const {
    const Vec3 foot(1, p.x(), p.y());
    return std::max(p.z() - upper.dot(foot), lower.dot(foot) - p.z());
  }
};
/// @throws InputError if no column of the body ends in two plates
EndplatePlanes find_plates(const ScalarGrid& solid, const PosteriorWall& wall);

/// Cuts bone in front of the wall off where it lies farther than @p reach beyond the plates.
/// @return volume cut off, mm3
double trim_beyond_plates(ScalarGrid& solid, const EndplatePlanes& plates, const PosteriorWall& wall, double reach);

/// Field on the lattice of @p solid: negative in the body, positive in the posterior elements. The border lies a little
/// behind the wall and in front of the isthmuses; as far back as these only the pedicles are posterior, so that lips of
/// the wall stay with the body, as do loose pieces behind the border.
/// @param pedicles none, or left and right
ScalarGrid divide_vertebra(const ScalarGrid& solid, const PosteriorWall& wall,
                           const std::vector<PedicleLandmarks>& pedicles);

struct BodyMeasures {
  EndplateLandmarks upper, lower;
  double depth = 0, width = 0;
  double body_volume = 0, posterior_volume = 0; ///< mm3
};
/// @throws InputError if an endplate's rim is not found
BodyMeasures measure_body(const ScalarGrid& solid, const ScalarGrid& side);

} // namespace kypho

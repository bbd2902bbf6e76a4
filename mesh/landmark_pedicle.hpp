#pragma once
// Canal and pedicles in the anatomical frame.
#include "core/model/landmarks.hpp"
#include "mesh/landmark_body.hpp"
#include <optional>

namespace kypho {

struct CanalMeasures {
  Vec3 centre = Vec3::Zero();
  double depth = 0, width = 0; ///< 0 where the arch does not bound it
};
/// Gaps between the posterior wall and the arch, and between the pedicles, over the slices where they exist.
/// @param pedicle_height z range in which the pedicles bound the canal, mm
CanalMeasures measure_canal(const ScalarGrid& solid, const PosteriorWall& wall, double z_lower, double z_upper);

/// Follows the pedicle backward from the body; its isthmus is the section of least area across its own axis.
/// Width and height are the calipers of that section along its principal axes.
/// @param sign 1 left, -1 right
std::optional<PedicleLandmarks> find_pedicle(const ScalarGrid& solid, const PosteriorWall& wall, int sign);

} // namespace kypho

#pragma once
// Geometry of a drilled channel: distance, seeds for the mesher, wall area in bone.
#include "mesh/mesher.hpp"

namespace kypho {

/// Signed distance to the wall, negative inside, mm. The channel is flat at its entry, round at its tip.
double channel_distance(const Channel& channel, const Vec3& p);

/// Short segments across the wall, from inside to outside, with the wall area that each stands for.
struct WallSample {
  Vec3 inside, outside;
  double area; ///< mm2
};
std::vector<WallSample> channel_wall(const Channel& channel, double spacing);

} // namespace kypho

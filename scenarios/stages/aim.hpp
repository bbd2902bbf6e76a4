#pragma once
// Where the cannula goes: lines through the pedicles in the present, deformed shape.
#include "scenarios/stages/context.hpp"
#include <optional>

namespace kypho {

struct Aim {
  double tip_to_cortex = 6;                          ///< from the tip to the cortex ahead, along the axis, mm
  double radius = 1.9;                               ///< of the channel, mm
  std::optional<double> axial_angle, sagittal_angle; ///< rad: medial, caudal; absent: towards the middle of the body
  bool cross_midline = false;                        ///< one-sided access aims at the midline
};

/// @param side +1 left, -1 right. @throws InputError if the line misses the body
Channel aim_through_pedicle(const Model& model, int side, const Aim& aim);

/// What a surgeon must be told: where the bore leaves the bone on its way, and over how many mm. @param side as above
std::vector<std::string> breach_warnings(const Model& model, int side, const Channel& channel);

/// Where an intact point lies now: it moves with the nearest node.
Vec3 carried(const Model& model, const Vec3& intact_point);

/// Distances along a line at which it crosses the boundary of the mesh, sorted.
std::vector<double> crossings(const TetMesh& mesh, const std::vector<Vec3>& positions, const Vec3& from,
                              const Vec3& along);

} // namespace kypho

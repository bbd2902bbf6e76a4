#pragma once
// Where the cannula goes: lines through the pedicles in the present, deformed shape.
#include "scenarios/stages/context.hpp"
#include <functional>
#include <optional>

namespace kypho {

struct Aim {
  double tip_to_cortex = 6;                          ///< from the tip to the cortex ahead, along the axis, mm
  double radius = 1.9;                               ///< of the channel, mm
  std::optional<double> axial_angle, sagittal_angle; ///< rad: medial, caudal; absent: towards the target
  std::optional<Vec3> target;  ///< from the middle of the body: anterior, towards the side of the channel, cranial, mm
  double lateral = 0;          ///< shift of the point that the axis passes in the pedicle, mm
  double cranial = 0;          ///< the same upwards
  bool cross_midline = false;  ///< one-sided access aims at the midline
  bool extrapedicular = false; ///< passes beside the pedicle and enters the body at its corner
};

/// Keys of `access` that say where the cannula goes.
ParamSpecs aim_specs();

/// What is asked for by @p access. @throws InputError for a target and angles at once
Aim make_aim(const Params& access);

/// @param side +1 left, -1 right. @throws InputError if the line misses the body
Channel aim_through_pedicle(const Model& model, int side, const Aim& aim);

/// What a surgeon must be told: where the bore leaves the bone on its way, and over how many mm. @param side as above
/// @throws InputError where even the axis of a way through the pedicle leaves it
std::vector<std::string> breach_warnings(const Model& model, int side, const Channel& channel, const Aim& aim);

/// The channels of a stage `access` with the keys @p access, in the present shape of @p model.
/// @param there channels of earlier stages   @param warn told of breaches, where the scenario does not refuse them
/// @throws InputError that names the geometry: a way that misses the pedicle or the body, breaches where the scenario refuses
/// them, channels that meet
std::vector<Access> plan_access(const Model& model, const Params& access, const std::vector<Access>& there,
                                const std::function<void(const std::string&)>& warn);

/// Where an intact point lies now: it moves with the nearest node.
Vec3 carried(const Model& model, const Vec3& intact_point);

/// Distances along a line at which it crosses the boundary of the mesh, sorted.
std::vector<double> crossings(const TetMesh& mesh, const std::vector<Vec3>& positions, const Vec3& from,
                              const Vec3& along);

} // namespace kypho

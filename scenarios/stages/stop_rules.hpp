#pragma once
// What a surgeon stops at who looks at the images after each step of a balloon or another device.
#include "scenarios/stages/context.hpp"
#include "scenarios/stages/wall_watch.hpp"

namespace kypho {

/// Keys of a stage that opens devices: stop_at_height, wall_distance, stop_at_breach.
ParamSpecs stop_specs();

struct Stop {
  std::string why;    ///< "height", "wall_contact", "breach"
  std::string detail; ///< which height, which wall, how much
};

class StopRules {
public:
  explicit StopRules(const Params& stage);
  /// @param bone_before WallWatch::bone_left before the device opened: a wall that it was near to from the start and does
  /// not come nearer to does not count   @return what stops the device on @p facets, if anything does
  std::optional<Stop> look(const StageContext& context, const WallWatch& watch, const std::vector<int>& facets,
                           const std::map<std::string, double>& bone_before) const;

private:
  std::optional<double> height_; ///< share of the intact height
  double wall_distance_;         ///< mm
  bool at_breach_;
};

/// "anterior wall", "upper endplate".
std::string wall_in_words(const std::string& wall);

} // namespace kypho

#pragma once
// Devices that a scenario can name. One file per family, one catalog line each.
#include "core/base/params.hpp"

namespace kypho {

/// An inflatable bone tamp. Units as stated; sources in `source`.
struct BalloonInfo {
  std::string name, meaning, source;
  double length;            ///< working length, mm
  double deflated_diameter; ///< mm; the channel is drilled to it
  double max_diameter;      ///< free diameter at maximum volume, mm
  double max_volume;        ///< mm3
  double max_pressure;      ///< MPa
  double wall_tension;      ///< neo-Hookean membrane stiffness mu*H of the wall, N/mm
};

const std::vector<BalloonInfo>& balloon_catalog();
const BalloonInfo& find_balloon(std::string_view name); ///< @throws InputError naming the nearest

} // namespace kypho

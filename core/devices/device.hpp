#pragma once
// Devices that a scenario can name. One file per family, one catalog line each.
#include "core/base/params.hpp"

namespace kypho {

/// A balloon in air.
struct FreePoint {
  double volume;   ///< mm3
  double pressure; ///< MPa
  double diameter; ///< of the middle, mm
};

/// An inflatable bone tamp. Units as stated; sources in `source`.
struct BalloonInfo {
  std::string name, meaning, source;
  double length;            ///< working length, mm
  double deflated_diameter; ///< mm; the channel is drilled to it
  double max_diameter;      ///< at which the wall locks if it is stretched alike in both directions, mm
  double max_volume;        ///< mm3
  double max_pressure;      ///< MPa
  double wall_tension;      ///< at rest, neo-Hookean membrane stiffness mu*H of the wall, N/mm
  /// In air, from behind the peak of the pressure to the maximum volume: what the wall's law gives, a model of the data in
  /// free_source.
  std::vector<FreePoint> free_curve = {};
  std::string free_source = {};
  /// Share of the tension of a wall that was just stretched that is gone after a wait. Compliant polyurethane, assumption.
  double relaxation = 0.15;
};

const std::vector<BalloonInfo>& balloon_catalog();
const BalloonInfo& find_balloon(std::string_view name); ///< @throws InputError naming the nearest

} // namespace kypho

#pragma once
// What the stages that open devices in channels share.
#include "scenarios/stages/context.hpp"
#include "scenarios/stages/wall_watch.hpp"

namespace kypho {

/// A device in its channel: the wall that it may press on, and the nodes further behind that hold its shaft.
struct DeviceSeat {
  std::vector<int> facets, shaft;
};
/// @param reach of the device from the tip of the channel, mm   @param clear from there to the shaft's first node, mm
DeviceSeat seat_of(const Model& model, const Channel& channel, double reach, double clear);

/// The station from which the first device lifts is kept for the restored fraction.
void note_lift_base(StageContext& context);

/// Ends @p measure with the books of the stage's phases, the bone pressed together round @p facets and what has torn there,
/// of which it warns.
void note_opening(StageContext& context, const WallWatch& watch, const std::vector<int>& facets,
                  InflationMeasure measure);

} // namespace kypho

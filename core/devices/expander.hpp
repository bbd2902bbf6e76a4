#pragma once
// Devices that open by themselves, without fluid, to a shape of their own: jacks, bone expanders.
#include "core/base/archive.hpp"

namespace kypho {

/// All points within `radius` of a rectangle: 2 half_length along the axis, 2 half_height across it, towards the endplates.
/// Without height a capsule, without either a ball. mm.
struct ExpanderShape {
  double half_length = 0, half_height = 0, radius = 0;
  double height() const { return 2 * (half_height + radius); }
  double length() const { return 2 * (half_length + radius); }
  KYPHO_STATE(half_length, half_height, radius)
};

struct ExpanderInfo {
  std::string name, meaning, source;
  ExpanderShape closed, open; ///< in between they turn into each other evenly
  double max_force = 0;       ///< that it can open against, N
  bool stays = false;         ///< is left in the bone; else it closes again and is taken out

  /// @param share 0 closed, 1 open
  ExpanderShape shape(double share) const;
};

const std::vector<ExpanderInfo>& expander_catalog();
const ExpanderInfo& find_expander(std::string_view name); ///< @throws InputError naming the nearest

} // namespace kypho

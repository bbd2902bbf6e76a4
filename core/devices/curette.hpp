#pragma once
// Curettes: a bent blade that is turned in its channel and cuts the trabeculae within its reach.
#include <string>
#include <string_view>
#include <vector>

namespace kypho {

struct CuretteInfo {
  std::string name, meaning, source;
  double shaft; ///< diameter, mm; passes the channel
  double reach; ///< of the bent blade from the axis of the channel, mm
  double width; ///< of the blade along the axis, mm
};

const std::vector<CuretteInfo>& curette_catalog();
const CuretteInfo& find_curette(std::string_view name); ///< @throws InputError naming the nearest

} // namespace kypho

#pragma once
// Bone cements that a scenario can name: kinetics, heat, stiffness. One catalog line each.
#include "core/base/params.hpp"

namespace kypho {

struct CementInfo {
  std::string name, meaning, source;
  ParamSpecs specs; ///< defaults are this cement's values
};

const std::vector<CementInfo>& cement_catalog();
const CementInfo& find_cement(std::string_view name); ///< @throws InputError naming the nearest

} // namespace kypho

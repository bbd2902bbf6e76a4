#pragma once
// What each law's file hands to the catalog in catalog.cpp.
#include "core/materials/catalog.hpp"

namespace kypho {

LawInfo trabecular_bone_law();
LawInfo compact_solid_law();
LawInfo bone_cement_law();
LawInfo cortical_shell_law();

} // namespace kypho

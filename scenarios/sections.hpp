#pragma once
// The tables of a case file and their keys, from the declarations of all rooms. The reader, the echo file, the schema,
// `kyphosim list` and docs/keys.md all use these.
#include "core/cement/cement.hpp"
#include "core/materials/catalog.hpp"
#include "scenarios/stages/stage.hpp"

namespace kypho {

const ParamSpecs& top_specs(); ///< title, seed
/// Names of the laws that @p tissue can have: solid laws for solids, shell laws for shells, cord laws for cords.
std::vector<std::string> laws_of(const TissueInfo& tissue);
const TissueInfo& find_tissue(std::string_view name); ///< @throws InputError naming the nearest

} // namespace kypho

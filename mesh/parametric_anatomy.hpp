#pragma once
// A mean vertebra T5 to L5 made from the morphometry table, with smooth body, pedicles and arch.
#include "mesh/anatomy.hpp"

namespace kypho {

/// The keys of [anatomy] that every source reads: level, bmd, density_pattern and its scatter.
ParamSpecs common_anatomy_specs();
/// The keys of [anatomy] that only this source uses: heights, scale, posterior_elements, posterior_density_ratio.
ParamSpecs parametric_anatomy_specs();
/// @param seed of the scatter of density   @throws InputError for an unknown level
std::unique_ptr<Anatomy> make_parametric_anatomy(const Params& anatomy, unsigned seed);

} // namespace kypho

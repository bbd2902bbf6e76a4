#pragma once
// Anatomy from a closed triangle surface (STL, PLY, OBJ) of a whole vertebra or of its body alone.
//
// The surface may stand in any place; its axes are taken as a first guess of the anatomical ones (+X anterior, +Y left,
// +Z cranial) and refined. Density comes from `bmd` and `density_pattern`, as for the parametric vertebra.
#include "mesh/anatomy.hpp"

namespace kypho {

/// The keys of [anatomy] that only this source uses: surface, surface_unit, surface_axes.
ParamSpecs surface_anatomy_specs();

/// @param anatomy checked values of [anatomy]; `level`, `bmd` and the pattern of density are read too   @param seed of its scatter
/// @throws InputError for a missing, unreadable, empty, open or self-intersecting surface, or one of unlikely size
std::unique_ptr<Anatomy> make_surface_anatomy(const Params& anatomy, unsigned seed);

} // namespace kypho

#pragma once
// Anatomy from a CT volume and a label map (NIfTI, MetaImage, NRRD).
//
// The bone's outline is the smoothest surface that leaves every voxel centre on its label's side (Whitaker 2000,
// "Reducing aliasing artifacts in iso-surfaces of binary volumes"), shifted so that the labelled volume is kept.
// Density is the calibrated CT inside the bone, where a voxel is not mixed with its surroundings, and is continued
// from there to the surface; the cortex is a shell of its own in the model and must not be counted twice.
#include "mesh/anatomy.hpp"

namespace kypho {

/// The keys of [anatomy] that only this source uses: volume, labels, vertebra_labels, neighbour_labels, body_map,
/// body_labels, calibration_slope, calibration_offset, density_floor.
ParamSpecs image_anatomy_specs();

/// @param anatomy checked values of [anatomy]; `level` is read too (default label, name)
/// @throws InputError for missing or unreadable files, absent labels (those present are listed), a vertebral body cut
///         by the border of the image
std::unique_ptr<Anatomy> make_image_anatomy(const Params& anatomy);

} // namespace kypho

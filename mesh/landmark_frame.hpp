#pragma once
// The first anatomical frame of a solid: centre of its thickest part, endplate planes, mirror symmetry.
#include "mesh/landmark_grid.hpp"

namespace kypho {

/// @param solid signed distance in a frame that is roughly anatomical (+X anterior, +Y left, +Z cranial)
/// @return the anatomical frame in that one's coordinates, good to about 2 degrees and 1 mm
/// @throws InputError if there is no thick part or its ends are not plates
Frame find_first_frame(const ScalarGrid& solid);

/// Turns @p frame about its Z and shifts it along its Y so that the mirror image in its XZ plane fits best.
/// @param solid in the source coordinates of @p frame
Frame fit_mirror_plane(const ScalarGrid& solid, const Frame& frame);

/// Least-squares plane z = c[0] + c[1] x + c[2] y, far points taken out (three times beyond @p tolerance, mm).
Vec3 fit_plane(const std::vector<Vec3>& points, double tolerance);

/// @p frame turned by the smallest rotation that brings its Z onto @p normal (own coordinates of the frame).
Frame with_normal(const Frame& frame, const Vec3& normal);

} // namespace kypho

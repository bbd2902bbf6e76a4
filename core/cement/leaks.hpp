#pragma once
// The openings through which a scenario lets cement leave the body: the exit of the basivertebral vein and one defect of
// the cortex or an endplate (paths after Yeom 2003).
#include "core/cement/permeation.hpp"

namespace kypho {

/// Keys of the openings. The stage `inject` appends them.
ParamSpecs leak_specs();

/// The openings that @p params of leak_specs ask for, none by default; named "basivertebral", "anterior_defect",
/// "left_defect", "right_defect", "upper_disc", "lower_disc".
/// @throws InputError if the mesh has no facet on that side
std::vector<LeakPath> make_leak_paths(const Params& params, const TetMesh& mesh, const std::vector<Vec3>& positions);

/// The facet of @p surface that lies most nearly in @p direction from the centre of the body: its centre, mm.
/// @throws InputError if there is no such facet
Vec3 wall_point(const TetMesh& mesh, const std::vector<Vec3>& positions, Surface surface, const Vec3& direction);

} // namespace kypho

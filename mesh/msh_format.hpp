#pragma once
// Gmsh's mesh files, version 4.1, as text. Physical groups are the sets: of points and curves node sets, of surfaces
// and volumes element sets of triangles and tetrahedra. A group of a surface called "surface:NAME" holds
// triangles that are faces of elements: the surface NAME.
#include "mesh/fe_model.hpp"

namespace kypho {

/// @throws InputError "file:line: what is wrong, what is allowed"
FeModel read_msh(const std::filesystem::path& file);
/// Warns of what a mesh file does not hold. @throws LimitReached if the disk takes no more
void write_msh(const FeModel& model, const std::filesystem::path& file);

} // namespace kypho

#pragma once
// Puts boundary nodes onto the solid's surface. Delaunay refinement does so by itself except along lines where three
// labels meet: there nodes of the inner border end up in the boundary, up to half an edge below the surface.
#include "core/fem/tet_mesh.hpp"
#include "mesh/cgal_mesh.hpp"

namespace kypho {

/// Moves nodes of the outer boundary along their normal to where @p label changes between 0 and not 0, as far as the
/// tetrahedra around keep their shape. @param tolerance nodes closer to the surface stay, mm
void snap_boundary(LabelledMesh& mesh, const std::function<int(const Vec3&)>& label, double tolerance);

/// The same for the middle nodes of a quadratic mesh with split facets: its faces bend to the surface, as far as the
/// elements stay well away from turning inside out.
void snap_mids(TetMesh& mesh, const std::function<int(const Vec3&)>& label, double tolerance);

} // namespace kypho

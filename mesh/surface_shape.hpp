#pragma once
// A closed triangle surface: reading, checking, and its signed distance on a lattice.
#include "mesh/landmark_grid.hpp"
#include <filesystem>

namespace kypho {

/// Triangles with shared vertices.
struct SurfaceShape {
  std::vector<Vec3> vertices;                ///< mm
  std::vector<std::array<int, 3>> triangles; ///< any orientation
};

/// Reads .stl, .ply or .obj; equal points become one vertex. @param scale file unit to mm
/// @throws InputError naming the file if it is absent, of another kind, unreadable or empty
SurfaceShape read_surface(const std::filesystem::path& file, double scale);

/// Every edge must belong to exactly two triangles and no two triangles may cross.
/// @throws InputError saying what is wrong and where, beginning with @p name
void check_surface(const SurfaceShape& surface, const std::string& name);

/// Signed distance (mm, negative inside) on a lattice along the surface's axes with 3 mm of margin: exact beside the
/// surface, its sign by counting crossings along lattice lines, farther off by redistancing.
ScalarGrid rasterise(const SurfaceShape& surface, double spacing);

} // namespace kypho

#pragma once
// What the reader and the writer of Gmsh's files share.
#include "mesh/fe_model.hpp"
#include <algorithm>

namespace kypho::msh {

inline constexpr int point_type = 15;
/// Group of a surface's triangles; what follows is the name of the surface.
inline constexpr std::string_view surface_prefix = "surface:";

inline int type_of(ElementKind kind) {
  constexpr int types[] = {4, 11, 2, 9};
  return types[static_cast<int>(kind)];
}

inline int dimension_of(ElementKind kind) { return face_count(kind) == 4 ? 3 : 2; }

/// Gmsh's tetrahedron of ten nodes has the last two in the other order: 01, 12, 20, 03, 23, 13. Its own inverse.
inline void swap_order(ElementKind kind, std::vector<int>& nodes) {
  if (kind == ElementKind::tet10) std::swap(nodes[8], nodes[9]);
}

} // namespace kypho::msh

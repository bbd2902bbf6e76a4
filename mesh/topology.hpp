#pragma once
// Faces of tetrahedral meshes: boundary, connected parts, repair of edges and nodes where the solid touches itself.
#include "mesh/cgal_mesh.hpp"

namespace kypho {

struct BoundaryFace {
  std::array<int, 3> nodes; ///< counter-clockwise seen from outside
  int tet;
};

/// Faces that belong to one tetrahedron only, in the order of the tetrahedra.
std::vector<BoundaryFace> boundary_faces(const std::vector<std::array<int, 4>>& tets);

/// For every boundary face the three faces that share its edges (edge i runs from node i to node i+1), -1 if none or
/// several.
std::vector<std::array<int, 3>> face_neighbours(const std::vector<BoundaryFace>& faces);

/// Number of edges that do not belong to exactly two boundary faces.
int count_bad_edges(const std::vector<BoundaryFace>& faces);

/// Makes the boundary a closed 2-manifold: drops parts that hang on less than a face and the smaller fan of tetrahedra
/// at an edge where the solid touches itself; doubles nodes where it touches in a point; drops unused nodes.
void make_manifold(LabelledMesh& mesh);

} // namespace kypho

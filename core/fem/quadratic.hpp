#pragma once
// From linear to quadratic tetrahedra and back: one more node in the middle of every edge; what works on flat pieces sees
// a quadratic mesh through its parts, four triangles to a face and eight linear tetrahedra to an element.
#include "core/fem/tet_mesh.hpp"
#include <functional>

namespace kypho {

/// The same mesh with TetMesh::mids. @param place moves a middle node of the boundary onto a curved surface; may be empty
TetMesh quadratic(TetMesh linear, const std::function<Vec3(const Vec3& middle, int a, int b)>& place = {});
/// All nodes of a facet: three corners and, in a quadratic mesh, the middles of 01, 12, 20. Those of a facet that
/// split_facets() made are its three.
std::vector<int> facet_nodes(const TetMesh& mesh, const Facet& facet);

/// A quadratic mesh whose facets are the four triangles between the nodes of each face: facet 4 f + k lies at corner k of
/// facet f, 4 f + 3 in the middle. Shells, hinges, contact and cavities then work on them as on those of a linear mesh.
TetMesh split_facets(TetMesh mesh);

/// A face of a quadratic tetrahedron: corners, then the middles of 01, 12, 20, and the facets that it consists of, one, or
/// the four of split_facets() in their order.
struct Face {
  std::array<int, 6> nodes;
  std::vector<int> facets;
};
/// The faces whose facets are all there, one after the other, told by the nodes that they share. None in a linear mesh.
std::vector<Face> whole_faces(const TetMesh& mesh);

constexpr int parts_per_tet = 8; ///< of a quadratic one

/// The linear tetrahedra between the nodes of a quadratic one: k < 4 at corner k, the others between the middles of the
/// edges, cut along the shortest diagonal.
std::array<std::array<int, 4>, parts_per_tet> parts_of(const TetMesh& mesh, int tet);
/// A quadratic mesh with split facets as the linear one of its parts, on the same nodes: parts_of() tetrahedron t are
/// 8 t + k. A facet's `tet` is the part behind it; regions and densities are those of the whole. A linear mesh comes back
/// as it is.
TetMesh linear_parts(const TetMesh& mesh);
/// Coordinates of a point in the corners of a tetrahedron of @p mesh, from those in its part @p part of linear_parts().
std::array<double, 4> whole_coordinates(const TetMesh& mesh, const TetMesh& parts, int part,
                                        const std::array<double, 4>& in_part);

} // namespace kypho

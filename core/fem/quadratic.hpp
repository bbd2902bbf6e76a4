#pragma once
// From linear to quadratic tetrahedra: one more node in the middle of every edge.
#include "core/fem/tet_mesh.hpp"
#include <functional>

namespace kypho {

/// The same mesh with TetMesh::mids. @param place moves a middle node of the boundary onto a curved surface; may be empty
TetMesh quadratic(TetMesh linear, const std::function<Vec3(const Vec3& middle, int a, int b)>& place = {});
/// All nodes of a facet: three corners and, in a quadratic mesh, the middles of 01, 12, 20.
std::vector<int> facet_nodes(const TetMesh& mesh, const Facet& facet);

} // namespace kypho

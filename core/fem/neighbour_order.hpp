#pragma once
// An order of the elements in which those that follow each other lie together: halves of halves, along the longest side.
#include "core/fem/tet_mesh.hpp"

namespace kypho {

/// @param tets some of the mesh   @param block the halves are multiples of this until they are no longer than it
/// @return the same tetrahedra
std::vector<int> neighbours_together(const TetMesh& mesh, std::vector<int> tets, int block);

} // namespace kypho

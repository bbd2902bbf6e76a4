#pragma once
// Two cubes of n cells of 2 mm that are not joined, the upper one at a distance and shifted aside so that nodes meet the
// inside of facets. Nodes of the upper one come second.
#include "tests/core/fem/random_fields.hpp"

namespace kypho::testing_meshes {

inline constexpr double block_gap = 0.5;

inline TetMesh two_blocks(int n) {
  const TetMesh lower = distorted_block(n);
  TetMesh mesh = lower;
  const int count = static_cast<int>(lower.nodes.size());
  for (const Vec3& X : lower.nodes) mesh.nodes.push_back(X + Vec3(0.5, 0.3, 2 * n + block_gap));
  for (auto tet : lower.tets) {
    for (int& node : tet) node += count;
    mesh.tets.push_back(tet);
  }
  for (Facet facet : lower.facets) {
    for (int& node : facet.nodes) node += count;
    mesh.facets.push_back(facet);
  }
  return mesh;
}

} // namespace kypho::testing_meshes

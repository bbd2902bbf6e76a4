#pragma once
// Meshes whose answers are known: a box of cubes cut in six, and what a map makes of it.
#include "core/fem/tet_mesh.hpp"
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

namespace kypho::testing_meshes {

/// nx x ny x nz cells, nodes moved by @p place from grid indices to mm; all Region::body, facets Surface::cortex.
inline TetMesh box_mesh(int nx, int ny, int nz, const std::function<Vec3(int, int, int)>& place) {
  TetMesh mesh;
  const auto id = [&](int i, int j, int k) { return i + (nx + 1) * (j + (ny + 1) * k); };
  for (int k = 0; k <= nz; ++k)
    for (int j = 0; j <= ny; ++j)
      for (int i = 0; i <= nx; ++i) mesh.nodes.push_back(place(i, j, k));
  const int ways[6][3] = {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {2, 1, 0}, {1, 0, 2}};
  for (int k = 0; k < nz; ++k)
    for (int j = 0; j < ny; ++j)
      for (int i = 0; i < nx; ++i)
        for (const auto& way : ways) {
          std::array<int, 3> at{i, j, k};
          std::array<int, 4> tet{};
          tet[0] = id(at[0], at[1], at[2]);
          for (int s = 0; s < 3; ++s) {
            ++at[way[s]];
            tet[s + 1] = id(at[0], at[1], at[2]);
          }
          const auto& x = mesh.nodes;
          if (tet_volume(x[tet[0]], x[tet[1]], x[tet[2]], x[tet[3]]) < 0) std::swap(tet[2], tet[3]);
          mesh.tets.push_back(tet);
        }
  mesh.intact = mesh.nodes;
  mesh.region.assign(mesh.tets.size(), Region::body);
  mesh.bmd.assign(mesh.tets.size(), 100);
  // A face that one tetrahedron only has is on the boundary.
  std::map<std::array<int, 3>, std::pair<std::array<int, 3>, int>> open;
  const int faces[4][3] = {{1, 2, 3}, {0, 3, 2}, {0, 1, 3}, {0, 2, 1}};
  for (std::size_t e = 0; e < mesh.tets.size(); ++e)
    for (const auto& face : faces) {
      const std::array<int, 3> nodes{mesh.tets[e][face[0]], mesh.tets[e][face[1]], mesh.tets[e][face[2]]};
      std::array<int, 3> key = nodes;
      std::sort(key.begin(), key.end());
      if (!open.erase(key)) open.emplace(key, std::pair{nodes, static_cast<int>(e)});
    }
  for (const auto& [key, value] : open) mesh.facets.push_back({value.first, Surface::cortex, value.second});
  return mesh;
}

inline TetMesh cube_grid(int nx, int ny, int nz, double h) {
  return box_mesh(nx, ny, nz, [h](int i, int j, int k) { return Vec3(h * i, h * j, h * k); });
}

/// A narrow wedge of a ball, side walls through its centre: a radial problem stays radial. @param radii mm, ascending
inline TetMesh ball_wedge(const std::vector<double>& radii, double half_angle, int across) {
  return box_mesh(static_cast<int>(radii.size()) - 1, across, across, [&](int i, int j, int k) {
    const double y = std::tan(half_angle * (2.0 * j / across - 1)), z = std::tan(half_angle * (2.0 * k / across - 1));
    return Vec3(radii[i] * Vec3(1, y, z).normalized());
  });
}

inline Vec3 centroid(const TetMesh& mesh, std::size_t tet) {
  Vec3 sum = Vec3::Zero();
  for (const int node : mesh.tets[tet]) sum += mesh.nodes[node];
  return sum / 4;
}

} // namespace kypho::testing_meshes

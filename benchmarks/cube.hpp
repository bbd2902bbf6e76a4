#pragma once
// A cube of bone for the benchmarks: n^3 cells of 1.5 mm in six tetrahedra each, without facets.
#include "core/fem/tet_mesh.hpp"

#include <utility>

namespace kypho {

inline TetMesh cube(int n) {
  TetMesh mesh;
  const auto id = [&](int i, int j, int k) { return i + (n + 1) * (j + (n + 1) * k); };
  for (int k = 0; k <= n; ++k)
    for (int j = 0; j <= n; ++j)
      for (int i = 0; i <= n; ++i) mesh.nodes.emplace_back(1.5 * i, 1.5 * j, 1.5 * k);
  const int ways[6][3] = {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {2, 1, 0}, {1, 0, 2}};
  for (int cell = 0; cell < n * n * n; ++cell)
    for (const auto& way : ways) {
      std::array<int, 3> at{cell % n, cell / n % n, cell / (n * n)};
      std::array<int, 4> tet{id(at[0], at[1], at[2])};
      for (int s = 0; s < 3; ++s) {
        ++at[way[s]];
        tet[s + 1] = id(at[0], at[1], at[2]);
      }
      const auto& x = mesh.nodes;
      if (tet_volume(x[tet[0]], x[tet[1]], x[tet[2]], x[tet[3]]) < 0) std::swap(tet[2], tet[3]);
      mesh.tets.push_back(tet);
    }
  return mesh;
}

} // namespace kypho

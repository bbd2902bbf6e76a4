#include "core/fem/quadratic.hpp"
#include "core/fem/shapes.hpp"

#include <map>
#include <set>

namespace kypho {

TetMesh quadratic(TetMesh mesh, const std::function<Vec3(const Vec3&, int, int)>& place) {
  std::map<std::pair<int, int>, int> middle;
  std::set<std::pair<int, int>> outside;
  for (const Facet& f : mesh.facets)
    for (int k = 0; k < 3; ++k) outside.insert(std::minmax(f.nodes[k], f.nodes[(k + 1) % 3]));
  mesh.mids.resize(mesh.tets.size());
  const bool known = mesh.intact.size() == mesh.nodes.size();
  for (std::size_t t = 0; t < mesh.tets.size(); ++t)
    for (int e = 0; e < 6; ++e) {
      const int a = mesh.tets[t][Tet10::edge[e][0]], b = mesh.tets[t][Tet10::edge[e][1]];
      const std::pair<int, int> edge = std::minmax(a, b);
      const auto [found, fresh] = middle.try_emplace(edge, static_cast<int>(mesh.nodes.size()));
      if (fresh) {
        const Vec3 x = 0.5 * (mesh.nodes[a] + mesh.nodes[b]);
        mesh.nodes.push_back(place && outside.contains(edge) ? place(x, a, b) : x);
        if (known) mesh.intact.push_back(0.5 * (mesh.intact[a] + mesh.intact[b]));
      }
      mesh.mids[t][e] = found->second;
    }
  return mesh;
}

std::vector<int> facet_nodes(const TetMesh& mesh, const Facet& facet) {
  std::vector<int> nodes(facet.nodes.begin(), facet.nodes.end());
  if (mesh.mids.empty()) return nodes;
  const auto& tet = mesh.tets[facet.tet];
  for (int k = 0; k < 3; ++k) {
    const std::pair<int, int> edge = std::minmax(facet.nodes[k], facet.nodes[(k + 1) % 3]);
    for (int e = 0; e < 6; ++e)
      if (std::pair<int, int>(std::minmax(tet[Tet10::edge[e][0]], tet[Tet10::edge[e][1]])) == edge)
        nodes.push_back(mesh.mids[facet.tet][e]);
  }
  return nodes;
}

} // namespace kypho

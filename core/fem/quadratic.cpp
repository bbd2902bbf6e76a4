#include "core/fem/quadratic.hpp"
#include "core/fem/shapes.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace kypho {
namespace {

/// The middle of edge @p a @p b of a tetrahedron.
int middle_of(const TetMesh& mesh, int tet, int a, int b) {
  for (int e = 0; e < 6; ++e) {
    const int i = mesh.tets[tet][Tet10::edge[e][0]], j = mesh.tets[tet][Tet10::edge[e][1]];
    if ((i == a && j == b) || (i == b && j == a)) return mesh.mids[tet][e];
  }
  return -1;
}

} // namespace

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
  for (int k = 0; k < 3; ++k)
    if (const int m = middle_of(mesh, facet.tet, facet.nodes[k], facet.nodes[(k + 1) % 3]); m >= 0) nodes.push_back(m);
  return nodes;
}

TetMesh split_facets(TetMesh mesh) {
  std::vector<Facet> split;
  split.reserve(4 * mesh.facets.size());
  for (const Facet& facet : mesh.facets) {
    const std::vector<int> n = facet_nodes(mesh, facet);
    for (const std::array<int, 3>& nodes :
         {std::array{n[0], n[3], n[5]}, {n[1], n[4], n[3]}, {n[2], n[5], n[4]}, {n[3], n[4], n[5]}})
      split.push_back({nodes, facet.surface, facet.tet});
  }
  mesh.facets = std::move(split);
  return mesh;
}

std::vector<Face> whole_faces(const TetMesh& mesh) {
  std::vector<Face> faces;
  if (mesh.mids.empty()) return faces;
  const int count = static_cast<int>(mesh.facets.size());
  for (int f = 0; f < count; ++f) {
    const Facet& first = mesh.facets[f];
    if (const std::vector<int> n = facet_nodes(mesh, first); n.size() == 6) {
      faces.push_back({{n[0], n[1], n[2], n[3], n[4], n[5]}, {f}});
      continue;
    }
    if (f + 3 >= count) break;
    const auto& [a, ab, ca] = first.nodes;
    const auto& [b, bc, ab2] = mesh.facets[f + 1].nodes;
    const auto& [c, ca2, bc2] = mesh.facets[f + 2].nodes;
    if (ab != ab2 || bc != bc2 || ca != ca2 || mesh.facets[f + 3].nodes != std::array{ab, bc, ca}) continue;
    faces.push_back({{a, b, c, ab, bc, ca}, {f, f + 1, f + 2, f + 3}});
    f += 3;
  }
  return faces;
}

std::array<std::array<int, 4>, parts_per_tet> parts_of(const TetMesh& mesh, int tet) {
  constexpr int cycles[3][6] = {
      {0, 5, 2, 3, 4, 1}, {1, 3, 0, 4, 5, 2}, {2, 4, 0, 1, 5, 3}}; // diagonal, ring around it, right-handed
  const auto& c = mesh.tets[tet];
  const auto& m = mesh.mids[tet];
  const auto length = [&](const int* cycle) { return (mesh.nodes[m[cycle[0]]] - mesh.nodes[m[cycle[1]]]).norm(); };
  const int* best = cycles[0];
  for (const auto& cycle : cycles)
    if (length(cycle) < length(best) * (1 - 1e-9)) best = cycle;
  std::array<std::array<int, 4>, parts_per_tet> parts{
      {{c[0], m[0], m[2], m[3]}, {m[0], c[1], m[1], m[4]}, {m[2], m[1], c[2], m[5]}, {m[3], m[4], m[5], c[3]}}};
  for (int k = 0; k < 4; ++k) parts[4 + k] = {m[best[0]], m[best[1]], m[best[2 + k]], m[best[2 + (k + 1) % 4]]};
  return parts;
}

TetMesh linear_parts(const TetMesh& mesh) {
  if (mesh.mids.empty()) return mesh;
  TetMesh parts;
  parts.nodes = mesh.nodes;
  parts.intact = mesh.intact;
  parts.facets = mesh.facets;
  for (int t = 0; t < static_cast<int>(mesh.tets.size()); ++t) {
    for (const auto& part : parts_of(mesh, t)) parts.tets.push_back(part);
    parts.region.insert(parts.region.end(), parts_per_tet, mesh.region[t]);
    parts.bmd.insert(parts.bmd.end(), parts_per_tet, mesh.bmd[t]);
  }
  for (Facet& facet : parts.facets) {
    const auto behind = [&](const std::array<int, 4>& tet) {
      return std::ranges::all_of(facet.nodes, [&](int n) { return std::ranges::find(tet, n) != tet.end(); });
    };
    const int first = parts_per_tet * facet.tet;
    for (int part = first; part < first + parts_per_tet; ++part)
      if (behind(parts.tets[part])) facet.tet = part;
  }
  return parts;
}

std::array<double, 4> whole_coordinates(const TetMesh& mesh, const TetMesh& parts, int part,
                                        const std::array<double, 4>& in_part) {
  if (mesh.mids.empty()) return in_part;
  const int tet = part / parts_per_tet;
  std::array<double, 4> whole{};
  for (int k = 0; k < 4; ++k) {
    const int node = parts.tets[part][k];
    for (int i = 0; i < 4; ++i)
      if (mesh.tets[tet][i] == node) whole[i] += in_part[k];
    for (int e = 0; e < 6; ++e)
      if (mesh.mids[tet][e] == node)
        for (const int i : Tet10::edge[e]) whole[i] += 0.5 * in_part[k];
  }
  return whole;
}

} // namespace kypho

#include "mesh/cavity_volume.hpp"
#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

namespace kypho {
namespace {

// Directions away from symmetry planes, so that rays rarely meet edges; the majority of three decides.
const Vec3 directions[3] = {{0.8164, 0.4213, 0.3947}, {-0.3181, 0.7412, -0.5914}, {0.1273, -0.5391, 0.8326}};

constexpr double table_cell = 0.7; // mm

/// Edges of the walls without a partner, in reversed direction: those of the missing lids.
std::vector<std::pair<int, int>> open_edges(const std::vector<std::array<int, 3>>& triangles) {
  std::map<std::pair<int, int>, int> surplus;
  for (const auto& t : triangles)
    for (int i = 0; i < 3; ++i) {
      const int a = t[i], b = t[(i + 1) % 3];
      if (a < b)
        ++surplus[{a, b}];
      else
        --surplus[{b, a}];
    }
  std::vector<std::pair<int, int>> edges;
  for (const auto& [edge, count] : surplus) {
    for (int i = 0; i < count; ++i) edges.emplace_back(edge.second, edge.first);
    for (int i = 0; i < -count; ++i) edges.emplace_back(edge.first, edge.second);
  }
  return edges;
}

/// Closes every loop of edges with a fan around its centroid. Where loops meet in a node, any way of tracing them gives a
/// closed surface.
void add_lids(std::vector<Vec3>& nodes, std::vector<std::array<int, 3>>& triangles) {
  std::map<int, std::vector<int>> next;
  for (const auto& [from, to] : open_edges(triangles)) next[from].push_back(to);
  while (!next.empty()) {
    const int start = next.begin()->first;
    std::vector<int> loop{start};
    for (auto at = next.find(start); at != next.end();) {
      const int to = at->second.back();
      at->second.pop_back();
      if (at->second.empty()) next.erase(at);
      if (to == start) break;
      loop.push_back(to);
      at = next.find(to);
    }
    Vec3 centre = Vec3::Zero();
    for (const int n : loop) centre += nodes[n];
    const int hub = static_cast<int>(nodes.size());
    nodes.push_back(centre / static_cast<double>(loop.size()));
    for (std::size_t i = 0; i < loop.size(); ++i) triangles.push_back({loop[i], loop[(i + 1) % loop.size()], hub});
  }
}

} // namespace

CavityVolume::CavityVolume(const TetMesh& mesh, const std::vector<Vec3>& positions) {
  std::vector<std::array<int, 3>> triangles, of_body, of_other;
  for (std::size_t f = 0; f < mesh.facets.size(); ++f) {
    const Facet& facet = mesh.facets[f];
    if (facet.surface != Surface::cavity_left && facet.surface != Surface::cavity_right) continue;
    const Region behind = mesh.region[facet.tet];
    (behind == Region::body || behind == Region::composite ? of_body : of_other).push_back(facet.nodes);
    triangles.push_back(facet.nodes);
    facets_.push_back(static_cast<int>(f));
    for (const int n : facet.nodes) bounds_.extend(positions[n]);
  }
  if (triangles.empty()) return;
  walls_ = TriangleTree(positions, triangles);
  body_walls_ = TriangleTree(positions, of_body);
  other_walls_ = TriangleTree(positions, of_other);
  std::vector<Vec3> nodes = positions;
  add_lids(nodes, triangles);
  closed_ = TriangleTree(nodes, triangles);
}

bool CavityVolume::inside(const Vec3& p) const {
  if (empty() || (p.array() < bounds_.lower.array()).any() || (p.array() > bounds_.upper.array()).any()) return false;
  // Facet normals point out of the bone, that is into the cavity.
  const bool first = closed_.winding(p, directions[0]) < 0;
  const bool second = closed_.winding(p, directions[1]) < 0;
  return first == second ? first : closed_.winding(p, directions[2]) < 0;
}

bool CavityVolume::beside_body(const Vec3& p) const {
  if (body_walls_.empty()) return false;
  const double distance = body_walls_.nearest(p).distance;
  const TriangleTree::Nearest other = other_walls_.nearest(p, distance);
  return other.triangle < 0 || other.distance >= distance;
}

std::size_t CavityVolume::cell_of(const Vec3& p) const {
  std::array<int, 3> i;
  for (int axis = 0; axis < 3; ++axis)
    i[axis] = std::clamp(static_cast<int>((p[axis] - bounds_.lower[axis]) / table_cell), 0, count_[axis] - 1);
  return (static_cast<std::size_t>(i[0]) * count_[1] + i[1]) * count_[2] + i[2];
}

CavityVolume::Cell CavityVolume::classify_cell(const Vec3& centre, double half_diagonal) const {
  if (closed_.nearest(centre, half_diagonal).triangle >= 0) return Cell::mixed;
  if (!inside(centre) || body_walls_.empty()) return Cell::no;
  // Distances change by no more than the way gone, their difference by twice that.
  const double body = body_walls_.nearest(centre).distance;
  const TriangleTree::Nearest other = other_walls_.nearest(centre, body + 2 * half_diagonal);
  if (other.triangle < 0) return Cell::yes;
  return body - other.distance > 2 * half_diagonal ? Cell::no : Cell::mixed;
}

void CavityVolume::make_table() {
  if (empty()) return;
  const Vec3 extent = bounds_.upper - bounds_.lower;
  for (int axis = 0; axis < 3; ++axis)
    count_[axis] = std::max(1, static_cast<int>(std::ceil(extent[axis] / table_cell)));
  const double half_diagonal = 0.5 * std::sqrt(3.0) * table_cell * 1.001;
  table_.clear();
  for (int i = 0; i < count_[0]; ++i)
    for (int j = 0; j < count_[1]; ++j)
      for (int k = 0; k < count_[2]; ++k)
        table_.push_back(classify_cell(bounds_.lower + table_cell * Vec3(i + 0.5, j + 0.5, k + 0.5), half_diagonal));
}

bool CavityVolume::in_body_part(const Vec3& p) const {
  if (empty() || (p.array() < bounds_.lower.array()).any() || (p.array() > bounds_.upper.array()).any()) return false;
  if (table_.empty()) throw std::logic_error("CavityVolume::make_table was not called");
  const Cell cell = table_[cell_of(p)];
  return cell == Cell::mixed ? inside(p) && beside_body(p) : cell == Cell::yes;
}

TriangleTree::Nearest CavityVolume::nearest_wall(const Vec3& p, double limit) const {
  TriangleTree::Nearest wall = walls_.nearest(p, limit);
  if (wall.triangle >= 0) wall.triangle = facets_[wall.triangle];
  return wall;
}

} // namespace kypho

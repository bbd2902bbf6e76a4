#include "mesh/topology.hpp"
#include "core/base/errors.hpp"
#include "core/fem/tet_mesh.hpp"
#include <algorithm>
#include <map>
#include <numeric>

namespace kypho {
namespace {

using Tets = std::vector<std::array<int, 4>>;

// Face i lies opposite node i, counter-clockwise seen from outside.
constexpr int face_nodes[4][3] = {{1, 2, 3}, {0, 3, 2}, {0, 1, 3}, {0, 2, 1}};

struct FaceKey {
  std::array<int, 3> sorted;
  int tet, face;
  bool operator<(const FaceKey& other) const {
    return std::tie(sorted, tet, face) < std::tie(other.sorted, other.tet, other.face);
  }
};

std::vector<FaceKey> sorted_faces(const Tets& tets) {
  std::vector<FaceKey> keys;
  keys.reserve(4 * tets.size());
  for (std::size_t t = 0; t < tets.size(); ++t)
    for (int f = 0; f < 4; ++f) {
      std::array<int, 3> n{tets[t][face_nodes[f][0]], tets[t][face_nodes[f][1]], tets[t][face_nodes[f][2]]};
      std::sort(n.begin(), n.end());
      keys.push_back({n, static_cast<int>(t), f});
    }
  std::sort(keys.begin(), keys.end());
  return keys;
}

/// Neighbours across the four faces, -1 on the boundary.
std::vector<std::array<int, 4>> tet_neighbours(const Tets& tets) {
  std::vector<std::array<int, 4>> neighbours(tets.size(), {-1, -1, -1, -1});
  const std::vector<FaceKey> keys = sorted_faces(tets);
  for (std::size_t i = 0; i + 1 < keys.size(); ++i)
    if (keys[i].sorted == keys[i + 1].sorted) {
      neighbours[keys[i].tet][keys[i].face] = keys[i + 1].tet;
      neighbours[keys[i + 1].tet][keys[i + 1].face] = keys[i].tet;
    }
  return neighbours;
}

class Groups {
public:
  explicit Groups(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), 0); }
  int find(int i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(int a, int b) {
    a = find(a), b = find(b);
    if (a != b) parent_[std::max(a, b)] = std::min(a, b);
  }

private:
  std::vector<int> parent_;
};

double volume_of(const LabelledMesh& mesh, int t) {
  const auto& [a, b, c, d] = mesh.tets[t];
  return tet_volume(mesh.nodes[a], mesh.nodes[b], mesh.nodes[c], mesh.nodes[d]);
}

void remove_tets(LabelledMesh& mesh, const std::vector<char>& doomed) {
  std::size_t kept = 0;
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    if (doomed[t]) continue;
    mesh.tets[kept] = mesh.tets[t];
    mesh.label[kept++] = mesh.label[t];
  }
  mesh.tets.resize(kept);
  mesh.label.resize(kept);
}

/// Keeps the largest part that is connected through faces.
bool drop_loose_parts(LabelledMesh& mesh) {
  const auto neighbours = tet_neighbours(mesh.tets);
  Groups groups(mesh.tets.size());
  for (std::size_t t = 0; t < mesh.tets.size(); ++t)
    for (const int n : neighbours[t])
      if (n >= 0) groups.join(static_cast<int>(t), n);
  std::vector<double> volume(mesh.tets.size(), 0.0);
  for (std::size_t t = 0; t < mesh.tets.size(); ++t)
    volume[groups.find(static_cast<int>(t))] += volume_of(mesh, static_cast<int>(t));
  const int largest = static_cast<int>(std::max_element(volume.begin(), volume.end()) - volume.begin());
  std::vector<char> doomed(mesh.tets.size(), 0);
  bool any = false;
  for (std::size_t t = 0; t < mesh.tets.size(); ++t)
    if (groups.find(static_cast<int>(t)) != largest) doomed[t] = any = true;
  if (any) remove_tets(mesh, doomed);
  return any;
}

using Edge = std::pair<int, int>;

std::map<Edge, int> edge_counts(const std::vector<BoundaryFace>& faces) {
  std::map<Edge, int> counts;
  for (const BoundaryFace& face : faces)
    for (int i = 0; i < 3; ++i) {
      const int a = face.nodes[i], b = face.nodes[(i + 1) % 3];
      ++counts[{std::min(a, b), std::max(a, b)}];
    }
  return counts;
}

bool holds(const std::array<int, 4>& tet, int node) { return std::find(tet.begin(), tet.end(), node) != tet.end(); }

/// At every edge with more than two boundary faces, removes the fan of tetrahedra with the smaller volume.
bool drop_thin_fans(LabelledMesh& mesh) {
  std::vector<Edge> bad;
  for (const auto& [edge, count] : edge_counts(boundary_faces(mesh.tets)))
    if (count != 2) bad.push_back(edge);
  if (bad.empty()) return false;
  const auto neighbours = tet_neighbours(mesh.tets);
  std::vector<char> doomed(mesh.tets.size(), 0);
  for (const auto& [a, b] : bad) {
    std::vector<int> around;
    for (std::size_t t = 0; t < mesh.tets.size(); ++t)
      if (holds(mesh.tets[t], a) && holds(mesh.tets[t], b)) around.push_back(static_cast<int>(t));
    std::vector<double> volume;
    std::vector<int> fan(around.size(), -1);
    for (std::size_t i = 0; i < around.size(); ++i) {
      if (fan[i] >= 0) continue;
      const int number = static_cast<int>(volume.size());
      volume.push_back(0);
      std::vector<std::size_t> open{i};
      fan[i] = number;
      while (!open.empty()) {
        const std::size_t j = open.back();
        open.pop_back();
        volume[number] += volume_of(mesh, around[j]);
        for (std::size_t k = 0; k < around.size(); ++k)
          if (fan[k] < 0 && std::count(neighbours[around[j]].begin(), neighbours[around[j]].end(), around[k]) > 0) {
            fan[k] = number;
            open.push_back(k);
          }
      }
    }
    const auto largest = std::max_element(volume.begin(), volume.end()) - volume.begin();
    for (std::size_t i = 0; i < around.size(); ++i)
      if (fan[i] != largest) doomed[around[i]] = 1;
  }
  remove_tets(mesh, doomed);
  return true;
}

/// Gives each fan of tetrahedra around a node its own copy, where the fans share no face.
void split_pinched_nodes(LabelledMesh& mesh) {
  const auto neighbours = tet_neighbours(mesh.tets);
  std::vector<std::vector<int>> around(mesh.nodes.size());
  for (std::size_t t = 0; t < mesh.tets.size(); ++t)
    for (const int n : mesh.tets[t]) around[n].push_back(static_cast<int>(t));
  for (std::size_t n = 0; n < around.size(); ++n) {
    Groups groups(around[n].size());
    for (std::size_t i = 0; i < around[n].size(); ++i)
      for (const int other : neighbours[around[n][i]]) {
        const auto found = std::lower_bound(around[n].begin(), around[n].end(), other);
        if (found != around[n].end() && *found == other)
          groups.join(static_cast<int>(i), static_cast<int>(found - around[n].begin()));
      }
    std::map<int, int> copy;
    for (std::size_t i = 0; i < around[n].size(); ++i) {
      const int group = groups.find(static_cast<int>(i));
      if (group == 0) continue;
      const auto [entry, is_new] = copy.emplace(group, static_cast<int>(mesh.nodes.size()));
      if (is_new) mesh.nodes.push_back(mesh.nodes[n]);
      for (int& node : mesh.tets[around[n][i]])
        if (node == static_cast<int>(n)) node = entry->second;
    }
  }
}

void drop_unused_nodes(LabelledMesh& mesh) {
  std::vector<int> number(mesh.nodes.size(), -1);
  std::vector<Vec3> nodes;
  for (auto& tet : mesh.tets)
    for (int& n : tet) {
      if (number[n] < 0) {
        number[n] = static_cast<int>(nodes.size());
        nodes.push_back(mesh.nodes[n]);
      }
      n = number[n];
    }
  mesh.nodes = std::move(nodes);
}

} // namespace

std::vector<BoundaryFace> boundary_faces(const Tets& tets) {
  const auto neighbours = tet_neighbours(tets);
  std::vector<BoundaryFace> faces;
  for (std::size_t t = 0; t < tets.size(); ++t)
    for (int f = 0; f < 4; ++f)
      if (neighbours[t][f] < 0)
        faces.push_back(
            {{tets[t][face_nodes[f][0]], tets[t][face_nodes[f][1]], tets[t][face_nodes[f][2]]}, static_cast<int>(t)});
  return faces;
}

std::vector<std::array<int, 3>> face_neighbours(const std::vector<BoundaryFace>& faces) {
  std::map<Edge, std::vector<std::pair<int, int>>> users;
  for (std::size_t f = 0; f < faces.size(); ++f)
    for (int i = 0; i < 3; ++i) {
      const int a = faces[f].nodes[i], b = faces[f].nodes[(i + 1) % 3];
      users[{std::min(a, b), std::max(a, b)}].emplace_back(static_cast<int>(f), i);
    }
  std::vector<std::array<int, 3>> neighbours(faces.size(), {-1, -1, -1});
  for (const auto& [edge, use] : users) {
    if (use.size() != 2) continue;
    neighbours[use[0].first][use[0].second] = use[1].first;
    neighbours[use[1].first][use[1].second] = use[0].first;
  }
  return neighbours;
}

int count_bad_edges(const std::vector<BoundaryFace>& faces) {
  int bad = 0;
  for (const auto& [edge, count] : edge_counts(faces)) bad += count != 2;
  return bad;
}

void make_manifold(LabelledMesh& mesh) {
  constexpr int most_rounds = 20;
  drop_loose_parts(mesh);
  int rounds = 0;
  while (drop_thin_fans(mesh)) {
    drop_loose_parts(mesh);
    if (++rounds == most_rounds) throw BackendError("the mesher left edges where the solid touches itself");
  }
  split_pinched_nodes(mesh);
  drop_unused_nodes(mesh);
}

} // namespace kypho

#include "solvers/heat_places.hpp"
#include <Eigen/Geometry>
#include <algorithm>
#include <numeric>

namespace kypho {
namespace {

using Flags = std::vector<char>;

constexpr double least_bone = 0.25; // of the volume round a node

std::vector<int> numbers(const Flags& flags) {
  std::vector<int> list;
  for (std::size_t i = 0; i < flags.size(); ++i)
    if (flags[i]) list.push_back(static_cast<int>(i));
  return list;
}

Box body_box(const TetMesh& mesh, const std::vector<Vec3>& positions) {
  Box box;
  for (std::size_t e = 0; e < mesh.tets.size(); ++e)
    if (mesh.region[e] != Region::posterior)
      for (const int node : mesh.tets[e]) box.extend(positions[node]);
  return box;
}

/// A face between two tetrahedra.
struct InnerFace {
  std::array<int, 3> nodes;
  int first, second; // tetrahedra
};

std::vector<InnerFace> inner_faces(const TetMesh& mesh) {
  std::vector<std::pair<std::array<int, 3>, int>> faces;
  faces.reserve(4 * mesh.tets.size());
  for (std::size_t e = 0; e < mesh.tets.size(); ++e)
    for (int skip = 0; skip < 4; ++skip) {
      std::array<int, 3> nodes{};
      for (int k = 0, at = 0; k < 4; ++k)
        if (k != skip) nodes[at++] = mesh.tets[e][k];
      std::sort(nodes.begin(), nodes.end());
      faces.emplace_back(nodes, static_cast<int>(e));
    }
  std::sort(faces.begin(), faces.end());
  std::vector<InnerFace> inner;
  for (std::size_t i = 0; i + 1 < faces.size(); ++i)
    if (faces[i].first == faces[i + 1].first) inner.push_back({faces[i].first, faces[i].second, faces[i + 1].second});
  return inner;
}

/// The largest piece of bone without cement, 1 per tetrahedron in it.
Flags coherent_bone(const std::vector<InnerFace>& faces, const std::vector<double>& cement_fraction) {
  std::vector<int> parent(cement_fraction.size()), size(cement_fraction.size(), 0);
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&](int e) {
    while (parent[e] != e) e = parent[e] = parent[parent[e]];
    return e;
  };
  for (const InnerFace& face : faces)
    if (cement_fraction[face.first] == 0 && cement_fraction[face.second] == 0)
      parent[root(face.first)] = root(face.second);
  Flags bone(cement_fraction.size(), 0);
  int largest = -1;
  for (std::size_t e = 0; e < bone.size(); ++e)
    if (cement_fraction[e] == 0) {
      const int r = root(static_cast<int>(e));
      ++size[r];
      if (largest < 0 || size[r] > size[largest]) largest = r;
    }
  for (std::size_t e = 0; e < bone.size(); ++e)
    bone[e] = cement_fraction[e] == 0 && root(static_cast<int>(e)) == largest;
  return bone;
}

// Area of the faces between cement and bone, shared out to their nodes, mm2.
std::vector<double> interface_areas(const std::vector<InnerFace>& faces, const std::vector<Vec3>& positions,
                                    const std::vector<double>& cement_fraction, const Flags& bone) {
  std::vector<double> area(positions.size(), 0);
  for (const auto& [nodes, first, second] : faces) {
    const bool between = (bone[first] && cement_fraction[second] > 0) || (bone[second] && cement_fraction[first] > 0);
    if (!between) continue;
    const Vec3 a = positions[nodes[1]] - positions[nodes[0]], b = positions[nodes[2]] - positions[nodes[0]];
    for (const int node : nodes) area[node] += a.cross(b).norm() / 6;
  }
  return area;
}

} // namespace

HeatPlaces find_heat_places(const TetMesh& mesh, const std::vector<Vec3>& positions,
                            const std::vector<double>& cement_fraction, const CanalGeometry& canal) {
  const std::size_t count = positions.size();
  Flags core(count, 0), bone(count, 0), both(count, 0), anterior(count, 0), posterior(count, 0);
  const std::vector<InnerFace> faces = inner_faces(mesh);
  const Flags coherent = coherent_bone(faces, cement_fraction);
  std::vector<double> around(count, 0), plain(count, 0);
  for (std::size_t e = 0; e < mesh.tets.size(); ++e) {
    const auto& t = mesh.tets[e];
    const double volume = tet_volume(positions[t[0]], positions[t[1]], positions[t[2]], positions[t[3]]);
    for (const int node : t) {
      around[node] += volume;
      if (cement_fraction[e] > 0) core[node] = 1;
      if (coherent[e]) plain[node] += volume;
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    bone[i] = plain[i] > 0 && plain[i] >= least_bone * around[i];
    both[i] = core[i] && bone[i];
  }
  const Box box = body_box(mesh, positions);
  const double front = box.upper.x() - 0.25 * (box.upper.x() - box.lower.x());
  const std::vector<HeatSide> sides = heat_sides(mesh, positions, canal);
  for (std::size_t f = 0; f < mesh.facets.size(); ++f) {
    if (mesh.facets[f].surface != Surface::cortex) continue;
    for (const int node : mesh.facets[f].nodes) {
      if (positions[node].x() >= front) anterior[node] = 1;
      if (sides[f] == HeatSide::canal) posterior[node] = 1;
    }
  }
  HeatPlaces places{numbers(core), numbers(bone), numbers(both), {}, numbers(anterior), numbers(posterior)};
  const std::vector<double> area = interface_areas(faces, positions, cement_fraction, coherent);
  for (const int node : places.interface) places.interface_area.push_back(area[node]);
  return places;
}

} // namespace kypho

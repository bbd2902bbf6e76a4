#include "solvers/heat_places.hpp"
#include <Eigen/Geometry>
#include <algorithm>

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

// Area of the faces between a tetrahedron with cement and one without, shared out to their nodes, mm2.
std::vector<double> interface_areas(const TetMesh& mesh, const std::vector<Vec3>& positions,
                                    const std::vector<double>& cement_fraction) {
  struct Face {
    std::array<int, 3> nodes;
    bool cement;
  };
  std::vector<Face> faces;
  faces.reserve(4 * mesh.tets.size());
  for (std::size_t e = 0; e < mesh.tets.size(); ++e)
    for (int skip = 0; skip < 4; ++skip) {
      Face face{{}, cement_fraction[e] > 0};
      for (int k = 0, at = 0; k < 4; ++k)
        if (k != skip) face.nodes[at++] = mesh.tets[e][k];
      std::sort(face.nodes.begin(), face.nodes.end());
      faces.push_back(face);
    }
  std::sort(faces.begin(), faces.end(), [](const Face& a, const Face& b) { return a.nodes < b.nodes; });
  std::vector<double> area(positions.size(), 0);
  for (std::size_t i = 0; i + 1 < faces.size(); ++i) {
    const auto& [nodes, cement] = faces[i];
    if (nodes != faces[i + 1].nodes || cement == faces[i + 1].cement) continue;
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
  std::vector<double> around(count, 0), plain(count, 0);
  for (std::size_t e = 0; e < mesh.tets.size(); ++e) {
    const auto& t = mesh.tets[e];
    const double volume = tet_volume(positions[t[0]], positions[t[1]], positions[t[2]], positions[t[3]]);
    for (const int node : t) {
      around[node] += volume;
      if (cement_fraction[e] > 0) core[node] = 1;
      else plain[node] += volume;
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
  const std::vector<double> area = interface_areas(mesh, positions, cement_fraction);
  for (const int node : places.interface) places.interface_area.push_back(area[node]);
  return places;
}

} // namespace kypho

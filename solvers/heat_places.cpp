#include "solvers/heat_places.hpp"

namespace kypho {
namespace {

using Flags = std::vector<char>;

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

} // namespace

HeatPlaces find_heat_places(const TetMesh& mesh, const std::vector<Vec3>& positions,
                            const std::vector<double>& cement_fraction, const CanalGeometry& canal) {
  const std::size_t count = positions.size();
  Flags core(count, 0), bone(count, 0), both(count, 0), anterior(count, 0), posterior(count, 0);
  for (std::size_t e = 0; e < mesh.tets.size(); ++e)
    for (const int node : mesh.tets[e]) (cement_fraction[e] > 0 ? core : bone)[node] = 1;
  for (std::size_t i = 0; i < count; ++i) both[i] = core[i] && bone[i];
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
  return {numbers(core), numbers(bone), numbers(both), numbers(anterior), numbers(posterior)};
}

} // namespace kypho

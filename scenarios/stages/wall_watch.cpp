#include "scenarios/stages/wall_watch.hpp"

#include "mesh/triangle_tree.hpp"

#include <Eigen/Geometry>
#include <algorithm>

namespace kypho {
namespace {

constexpr double torn = 1.1;       // area over that before
constexpr double thin = 1.5;       // mm of bone behind a torn wall
constexpr double least_window = 3; // mm2
constexpr double denser = 1 / 1.1; // volume over that before, of compacted bone
constexpr double rim = 6;          // mm: bone further away was not pressed by the device alone

Vec3 area_vector(const std::vector<Vec3>& x, const std::array<int, 3>& n) {
  return 0.5 * (x[n[1]] - x[n[0]]).cross(x[n[2]] - x[n[0]]);
}

double volume_of(const std::vector<Vec3>& x, const std::array<int, 4>& n) {
  return tet_volume(x[n[0]], x[n[1]], x[n[2]], x[n[3]]);
}

std::string wall_of(const Facet& facet, const TetMesh& mesh) {
  if (facet.surface == Surface::upper_endplate) return "upper_endplate";
  if (facet.surface == Surface::lower_endplate) return "lower_endplate";
  if (facet.surface != Surface::cortex) return "";
  const Vec3 n = area_vector(mesh.intact, facet.nodes); // where it faced before it was folded
  if (n.x() > std::abs(n.y())) return "anterior";
  return n.x() < -std::abs(n.y()) ? "posterior" : "lateral";
}

std::vector<std::array<int, 3>> triangles(const TetMesh& mesh, const std::vector<int>& facets) {
  std::vector<std::array<int, 3>> out;
  for (const int f : facets) out.push_back(mesh.facets[f].nodes);
  return out;
}

} // namespace

WallWatch::WallWatch(const Model& model) {
  const std::vector<Vec3> x = model.positions();
  for (const Facet& facet : model.mesh().facets) {
    wall_.push_back(wall_of(facet, model.mesh()));
    area_.push_back(area_vector(x, facet.nodes).norm());
  }
  for (const auto& tet : model.mesh().tets) volume_.push_back(volume_of(x, tet));
}

std::map<std::string, double> WallWatch::bone_left(const Model& model, const std::vector<int>& facets) const {
  const std::vector<Vec3> x = model.positions();
  std::map<std::string, std::vector<std::array<int, 3>>> walls;
  for (std::size_t f = 0; f < wall_.size(); ++f)
    if (!wall_[f].empty()) walls[wall_[f]].push_back(model.mesh().facets[f].nodes);
  std::vector<int> nodes;
  for (const auto& t : triangles(model.mesh(), facets)) nodes.insert(nodes.end(), t.begin(), t.end());
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  std::map<std::string, double> left;
  for (const auto& [wall, of_wall] : walls) {
    const TriangleTree tree(x, of_wall);
    double least = 1e3;
    for (const int n : nodes)
      if (const auto near = tree.nearest(x[n], least); near.triangle >= 0) least = near.distance;
    left[wall] = least;
  }
  return left;
}

std::map<std::string, double> WallWatch::breaches(const Model& model, const std::vector<int>& facets) const {
  const std::vector<Vec3> x = model.positions();
  const TriangleTree cavity(x, triangles(model.mesh(), facets));
  std::map<std::string, double> open;
  for (std::size_t f = 0; f < wall_.size(); ++f) {
    if (wall_[f].empty()) continue;
    const auto& n = model.mesh().facets[f].nodes;
    const double area = area_vector(x, n).norm();
    if (area < torn * area_[f]) continue;
    if (cavity.nearest((x[n[0]] + x[n[1]] + x[n[2]]) / 3, thin).triangle >= 0) open[wall_[f]] += area;
  }
  std::erase_if(open, [](const auto& entry) { return entry.second < least_window; });
  return open;
}

void WallWatch::measure_compaction(const Model& model, const std::vector<int>& facets, InflationMeasure& out) const {
  const std::vector<Vec3> x = model.positions();
  const TetMesh& mesh = model.mesh();
  const TriangleTree cavity(x, triangles(mesh, facets));
  double wall = 0, before = 0, now = 0, mineral = 0;
  for (const auto& t : triangles(mesh, facets)) wall += area_vector(x, t).norm();
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    if (mesh.region[t] != Region::body) continue;
    const auto& n = mesh.tets[t];
    const double volume = volume_of(x, n);
    if (volume > denser * volume_[t]) continue;
    if (cavity.nearest((x[n[0]] + x[n[1]] + x[n[2]] + x[n[3]]) / 4, rim).triangle < 0) continue;
    before += volume_[t];
    now += volume;
    mineral += mesh.bmd[t] * volume_of(mesh.nodes, n);
  }
  out.compaction_thickness_mm = wall > 0 ? now / wall : 0;
  out.compaction_density_ratio = now > 0 ? before / now : 1;
  out.compaction_density_mg_cm3 = now > 0 ? mineral / now : 0;
}

} // namespace kypho

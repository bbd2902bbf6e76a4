#include "mesh/mesh_checks.hpp"
#include "core/base/errors.hpp"
#include <cmath>
#include <fmt/format.h>

namespace kypho {
namespace {

constexpr double volume_tolerance = 0.10;
constexpr double negligible_volume = 3.0; // mm3: below the size of a tetrahedron
constexpr double degenerate_radius_ratio = 1e-3;

} // namespace

std::map<int, double> grid_volumes(const std::function<int(const Vec3&)>& label, const Box& box, double step) {
  std::map<int, double> volumes;
  for (double x = box.lower.x() + 0.5 * step; x < box.upper.x(); x += step)
    for (double y = box.lower.y() + 0.5 * step; y < box.upper.y(); y += step)
      for (double z = box.lower.z() + 0.5 * step; z < box.upper.z(); z += step)
        if (const int l = label({x, y, z}); l != 0) volumes[l] += step * step * step;
  return volumes;
}

std::vector<std::pair<Vec3, Vec3>> label_changes(const std::function<int(const Vec3&)>& label, const Box& box,
                                                 double spacing, double step) {
  std::vector<std::pair<Vec3, Vec3>> changes;
  std::uint32_t state = 1;
  // A regular lattice of seeds would show in the mesh.
  const auto jitter = [&] {
    state = 1664525u * state + 1013904223u;
    return spacing * (0.8 * static_cast<double>(state >> 8) / 16777216.0 - 0.4);
  };
  for (int axis = 0; axis < 3; ++axis) {
    const int u = (axis + 1) % 3, v = (axis + 2) % 3;
    for (double a = box.lower[u] + 0.5 * spacing; a < box.upper[u]; a += spacing)
      for (double b = box.lower[v] + 0.5 * spacing; b < box.upper[v]; b += spacing) {
        Vec3 p;
        p[u] = a + jitter(), p[v] = b + jitter(), p[axis] = box.lower[axis] - step;
        int before = label(p);
        while (p[axis] < box.upper[axis] + step) {
          const Vec3 last = p;
          p[axis] += step;
          const int now = label(p);
          if (now != before) changes.emplace_back(last, p);
          before = now;
        }
      }
  }
  return changes;
}

void check_mesh(const TetMesh& mesh, const std::map<int, double>& expected, const std::map<int, double>& slack) {
  for (const auto& [label, volume] : expected) {
    const auto region = static_cast<Region>(label);
    const double got = region_volume(mesh, region);
    const auto extra = slack.find(label);
    const double allowed = volume_tolerance * volume + (extra == slack.end() ? 0.0 : extra->second);
    if (std::abs(got - volume) <= std::max(allowed, negligible_volume)) continue;
    if (got == 0)
      throw InputError(
          fmt::format("the mesh lost the region '{}' ({:.0f} mm3); use smaller edge lengths", name_of(region), volume));
    throw InputError(fmt::format("the region '{}' has {:.0f} mm3 in the mesh, {:.0f} mm3 in the anatomy; use smaller "
                                 "edge lengths",
                                 name_of(region), got, volume));
  }
  if (worst_radius_ratio(mesh) < degenerate_radius_ratio)
    throw InputError("the mesh holds flat tetrahedra; change the edge lengths slightly");
}

double worst_radius_ratio(const TetMesh& mesh) {
  double worst = 1;
  for (const auto& [a, b, c, d] : mesh.tets)
    worst = std::min(worst, radius_ratio(mesh.nodes[a], mesh.nodes[b], mesh.nodes[c], mesh.nodes[d]));
  return worst;
}

} // namespace kypho

#include "core/base/errors.hpp"
#include "mesh/surface_shape.hpp"
#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Polygon_mesh_processing/orient_polygon_soup.h>
#include <CGAL/Polygon_mesh_processing/polygon_soup_to_polygon_mesh.h>
#include <CGAL/Polygon_mesh_processing/self_intersections.h>
#include <CGAL/Surface_mesh.h>
#include <fmt/format.h>
#include <map>

namespace kypho {
namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
using Mesh = CGAL::Surface_mesh<Kernel::Point_3>;
namespace processing = CGAL::Polygon_mesh_processing;

std::string place(const Vec3& p) { return fmt::format("({:.1f}, {:.1f}, {:.1f}) mm", p.x(), p.y(), p.z()); }

void check_edges(const SurfaceShape& surface, const std::string& name) {
  std::map<std::pair<int, int>, int> uses;
  for (const auto& t : surface.triangles)
    for (int i = 0; i < 3; ++i) ++uses[std::minmax(t[i], t[(i + 1) % 3])];
  std::size_t open = 0, crowded = 0;
  std::string open_place, crowded_place;
  for (const auto& [edge, count] : uses) {
    if (count == 2) continue;
    const Vec3 middle = 0.5 * (surface.vertices[edge.first] + surface.vertices[edge.second]);
    if (count == 1 && open++ == 0) open_place = place(middle);
    if (count > 2 && crowded++ == 0) crowded_place = place(middle);
  }
  if (open > 0)
    throw InputError(fmt::format("{}: the surface is open: {} edges belong to one triangle only, one at {}", name, open,
                                 open_place));
  if (crowded > 0)
    throw InputError(
        fmt::format("{}: {} edges belong to more than two triangles, one at {}", name, crowded, crowded_place));
}

} // namespace

void check_surface(const SurfaceShape& surface, const std::string& name) {
  check_edges(surface, name);
  std::vector<Kernel::Point_3> points;
  for (const Vec3& p : surface.vertices) points.emplace_back(p.x(), p.y(), p.z());
  std::vector<std::vector<std::size_t>> triangles;
  for (const auto& t : surface.triangles)
    triangles.push_back(
        {static_cast<std::size_t>(t[0]), static_cast<std::size_t>(t[1]), static_cast<std::size_t>(t[2])});
  processing::orient_polygon_soup(points, triangles);
  Mesh mesh;
  processing::polygon_soup_to_polygon_mesh(points, triangles, mesh);
  std::vector<std::pair<Mesh::Face_index, Mesh::Face_index>> crossings;
  processing::self_intersections(mesh, std::back_inserter(crossings));
  if (crossings.empty()) return;
  const auto corner = mesh.point(mesh.target(mesh.halfedge(crossings.front().first)));
  throw InputError(fmt::format("{}: the surface crosses itself: {} pairs of triangles, one at {}", name,
                               crossings.size(), place(Vec3(corner.x(), corner.y(), corner.z()))));
}

} // namespace kypho

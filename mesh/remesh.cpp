#include "core/base/errors.hpp"
#include "core/fem/quadratic.hpp"
#include "core/fem/shapes.hpp"
#include "mesh/boundary_snap.hpp"
#include "mesh/cgal_mesh.hpp"
#include "mesh/deformed_bone.hpp"
#include "mesh/facet_classes.hpp"
#include "mesh/mesh_checks.hpp"
#include "mesh/mesher.hpp"
#include "mesh/topology.hpp"
#include <Eigen/Geometry>
#include <cmath>
#include <fmt/format.h>

namespace kypho {
namespace {

constexpr double grid_step = 0.7;                                // of the volume estimate, mm
constexpr double cement_grid_step = 0.35, film_thickness = 0.15; // gaps below twice this may close, mm
constexpr double snap_tolerance = 0.03;                          // mm
constexpr double mass_tolerance = 0.02;
constexpr double least_wall_fraction = 0.7; // of a channel's wall area that the mesh must show

// To the mesher all bone is one label: where three labels meet it does not hold the outer surface.
constexpr int bone_label = static_cast<int>(Region::body), cement_label = static_cast<int>(Region::cement);

int mesher_label(Region region) {
  if (region == Region::outside || region == Region::cement) return static_cast<int>(region);
  return bone_label;
}

LabelledMesh make_mesh(const DeformedBone& bone, const std::function<int(const Vec3&)>& label) {
  LabelledSolid solid;
  solid.label = label;
  solid.edge_length = [&bone](const Vec3& p, int label_there) {
    return bone.edge_length(p, label_there == cement_label);
  };
  solid.bounds = bone.bounds();
  solid.seeds = bone.seeds();
  LabelledMesh mesh = mesh_labelled_solid(solid);
  make_manifold(mesh);
  snap_boundary(mesh, solid.label, snap_tolerance);
  return mesh;
}

/// Sources are parts of quadratic elements until make_quadratic().
void add_tets(const DeformedBone& bone, LabelledMesh&& labelled, Remeshed& result) {
  TetMesh& mesh = result.mesh;
  mesh.nodes = std::move(labelled.nodes);
  mesh.tets = std::move(labelled.tets);
  for (const Vec3& p : mesh.nodes) mesh.intact.push_back(bone.intact_of(p));
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    std::array<Vec3, 4> corners;
    for (int i = 0; i < 4; ++i) corners[i] = mesh.nodes[mesh.tets[t][i]];
    const int source = bone.source_of(corners, labelled.label[t] == cement_label);
    result.tet_source.push_back(source);
    mesh.region.push_back(source < 0 ? Region::cement : bone.region_of(source));
    mesh.bmd.push_back(source < 0 ? 0.0 : bone.bmd_of(corners, source));
  }
}

void add_facets(const DeformedBone& bone, Remeshed& result) {
  TetMesh& mesh = result.mesh;
  for (const BoundaryFace& face : boundary_faces(mesh.tets)) {
    const auto& [a, b, c] = face.nodes;
    const auto [surface, source] = bone.class_of((mesh.nodes[a] + mesh.nodes[b] + mesh.nodes[c]) / 3);
    const Surface fitting = source < 0 ? surface : fit_to_region(surface, mesh.region[face.tet]);
    mesh.facets.push_back({face.nodes, fitting, face.tet});
    result.facet_source.push_back(source);
  }
  smooth_classes(mesh.facets);
}

/// Middles of edges, four triangles to a face, and a source for every quadrature point.
void make_quadratic(const DeformedBone& bone, const std::function<int(const Vec3&)>& label, Remeshed& result) {
  const std::size_t corners = result.mesh.nodes.size();
  TetMesh mesh = split_facets(quadratic(std::move(result.mesh)));
  snap_mids(mesh, label, snap_tolerance);
  for (std::size_t n = corners; n < mesh.nodes.size(); ++n) mesh.intact[n] = bone.intact_of(mesh.nodes[n]);
  // Each triangle finds its own class: borders of endplates would wander by the size of a face otherwise.
  std::vector<int> facet_source;
  for (std::size_t f = 0; f < mesh.facets.size(); ++f) {
    Facet& facet = mesh.facets[f];
    const auto& [a, b, c] = facet.nodes;
    facet_source.push_back(result.facet_source[f / 4]);
    if (facet_source.back() < 0) continue;
    const auto [surface, nearer] = bone.class_of((mesh.nodes[a] + mesh.nodes[b] + mesh.nodes[c]) / 3);
    if (nearer < 0) continue; // beside a new wall
    facet.surface = fit_to_region(surface, mesh.region[facet.tet]);
    facet_source.back() = nearer;
  }
  smooth_classes(mesh.facets);
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    int& source = result.tet_source[t];
    for (const auto& at : Tet10::point) {
      const auto share = Tet10::values(at);
      Vec3 p = Vec3::Zero();
      for (int i = 0; i < 10; ++i) p += share[i] * mesh.nodes[i < 4 ? mesh.tets[t][i] : mesh.mids[t][i - 4]];
      result.point_source.push_back(source < 0 ? -1 : bone.point_source_of(p, source));
    }
    if (source < 0) continue;
    double bmd = 0; // a large element needs more samples
    for (const auto& part : parts_of(mesh, static_cast<int>(t))) {
      std::array<Vec3, 4> corners;
      for (int i = 0; i < 4; ++i) corners[i] = mesh.nodes[part[i]];
      bmd += bone.bmd_of(corners, source) / parts_per_tet;
    }
    mesh.bmd[t] = bmd;
    source /= parts_per_tet;
  }
  result.facet_source = std::move(facet_source);
  result.mesh = std::move(mesh);
}

void check_channels(const DeformedBone& bone, const std::vector<Channel>& channels, const Remeshed& result) {
  const TetMesh& mesh = result.mesh;
  for (const Channel& channel : channels) {
    double area = 0;
    for (std::size_t f = 0; f < mesh.facets.size(); ++f) {
      if (result.facet_source[f] >= 0 || mesh.facets[f].surface != channel.wall) continue;
      const auto& [a, b, c] = mesh.facets[f].nodes;
      area += 0.5 * (mesh.nodes[b] - mesh.nodes[a]).cross(mesh.nodes[c] - mesh.nodes[a]).norm();
    }
    const double wanted = bone.wall_in_bone(channel);
    if (area < least_wall_fraction * wanted)
      throw InputError(fmt::format("the mesh lost the channel of {}: {:.0f} of {:.0f} mm2 of its wall; use a smaller "
                                   "cavity_edge_length",
                                   name_of(channel.wall), area, wanted));
  }
}

void check_volumes(const TetMesh& mesh, const std::function<int(const Vec3&)>& label, const DeformedBone& bone) {
  TetMesh merged = mesh;
  for (Region& region : merged.region) region = static_cast<Region>(mesher_label(region));
  std::map<int, double> expected = grid_volumes(label, bone.bounds(), grid_step);
  expected.erase(cement_label);
  const auto cement = grid_volumes(label, bone.cement_bounds(), cement_grid_step);
  if (const auto found = cement.find(cement_label); found != cement.end()) expected.insert(*found);
  check_mesh(merged, expected, {{cement_label, film_thickness * bone.cavity_wall_area()}});
}

double check_mass(const DeformedBone& bone, const TetMesh& mesh) {
  double mass = 0;
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    const auto& [a, b, c, d] = mesh.tets[t];
    mass += mesh.bmd[t] * tet_volume(mesh.nodes[a], mesh.nodes[b], mesh.nodes[c], mesh.nodes[d]);
  }
  const double before = bone.mass();
  if (std::abs(mass - before) > mass_tolerance * before)
    throw InputError(fmt::format("remeshing changed the bone's mineral mass by {:+.1f} %; use smaller edge lengths",
                                 100 * (mass - before) / before));
  return (mass - before) / before;
}

} // namespace

Remeshed remesh(const TetMesh& old, const std::vector<Vec3>& positions, const std::vector<Channel>& channels,
                bool fill_cavities, const Params& mesh_params) {
  const DeformedBone bone(old, positions, channels, fill_cavities, mesh_params);
  for (const Channel& channel : channels) {
    if (!(channel.radius > 0) || (channel.tip - channel.entry).norm() <= channel.radius)
      throw InputError(fmt::format("the channel of {} is shorter than its radius", name_of(channel.wall)));
    if (bone.wall_in_bone(channel) < channel.radius * channel.radius)
      throw InputError(fmt::format("the channel of {} does not meet the bone", name_of(channel.wall)));
  }
  const std::function<int(const Vec3&)> label = [&bone](const Vec3& p) { return mesher_label(bone.region(p)); };
  Remeshed result;
  add_tets(bone, make_mesh(bone, label), result);
  add_facets(bone, result);
  if (old.mids.empty())
    result.point_source = result.tet_source;
  else
    make_quadratic(bone, label, result);
  const TetMesh parts = linear_parts(result.mesh);
  check_volumes(parts, label, bone);
  check_channels(bone, channels, result);
  result.mass_error = check_mass(bone, parts);
  return result;
}

} // namespace kypho

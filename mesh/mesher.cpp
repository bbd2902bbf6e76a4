#include "mesh/mesher.hpp"
#include "core/fem/quadratic.hpp"
#include "mesh/boundary_snap.hpp"
#include "mesh/cgal_mesh.hpp"
#include "mesh/facet_classes.hpp"
#include "mesh/mesh_checks.hpp"
#include "mesh/topology.hpp"
#include <Eigen/Geometry>
#include <array>
#include <cmath>

namespace kypho {
namespace {

constexpr double seed_spacing = 4.0, seed_step = 0.5; // mm
constexpr double grid_step = 0.7;                     // of the volume estimate, mm
constexpr double snap_tolerance = 0.03;               // mm
constexpr double endplate_cosine = 0.6;

/// Region at @p p; for a point on the surface or a little outside, that of the bone beside it.
Region region_near(const Anatomy& anatomy, const Vec3& p) {
  Region region = anatomy.region(p);
  for (const double reach : {0.3, 1.0})
    for (int axis = 0; axis < 3 && region == Region::outside; ++axis)
      for (const double sign : {1.0, -1.0})
        if (region == Region::outside) region = anatomy.region(p + sign * reach * Vec3::Unit(axis));
  return region == Region::outside ? Region::body : region;
}

/// Endplates face along their landmark's normal and lie near its plane; what else bounds the body is cortex.
Surface classify(const Landmarks& landmarks, const Vec3& centroid, const Vec3& normal) {
  const double height = (landmarks.upper.centre - landmarks.lower.centre).norm();
  for (const bool upper : {true, false}) {
    const EndplateLandmarks& e = upper ? landmarks.upper : landmarks.lower;
    if (normal.dot(e.normal) > endplate_cosine && (centroid - e.centre).dot(e.normal) > -0.25 * height)
      return upper ? Surface::upper_endplate : Surface::lower_endplate;
  }
  return Surface::cortex;
}

void add_facets(TetMesh& mesh, const Landmarks& landmarks) {
  for (const BoundaryFace& face : boundary_faces(mesh.tets)) {
    Facet facet{face.nodes, Surface::posterior_cortex, face.tet};
    if (mesh.region[face.tet] == Region::body) {
      const Vec3 &a = mesh.nodes[face.nodes[0]], &b = mesh.nodes[face.nodes[1]], &c = mesh.nodes[face.nodes[2]];
      facet.surface = classify(landmarks, (a + b + c) / 3, (b - a).cross(c - a).normalized());
    }
    mesh.facets.push_back(facet);
  }
  smooth_classes(mesh.facets);
}

/// Mean over a tetrahedron by the rule of four points; of its own region, which the points beside its border may miss.
double mean_density(const Anatomy& anatomy, const std::array<Vec3, 4>& corners) {
  const Vec3 centroid = (corners[0] + corners[1] + corners[2] + corners[3]) / 4;
  const Region here = anatomy.region(centroid);
  double sum = 0;
  int count = 0;
  for (const Vec3& corner : corners) {
    const Vec3 p = centroid + (corner - centroid) / std::sqrt(5.0);
    if (anatomy.region(p) != here) continue;
    sum += anatomy.bmd(p);
    ++count;
  }
  return count > 0 ? sum / count : anatomy.bmd(centroid);
}

} // namespace

const ParamSpecs& mesh_specs() {
  static const ParamSpecs specs{
      quantity("edge_length", "mm", "1.7 mm", 0.5, 6, "mean edge of the tetrahedra in the vertebral body"),
      quantity("posterior_edge_length", "mm", "3 mm", 0.5, 8, "mean edge in pedicles and arch"),
      quantity("cavity_edge_length", "mm", "1.1 mm", 0.3, 4, "mean edge on the walls of channels and cavities"),
      quantity("edge_growth", "", "0.4", 0.05, 1, "growth of the edge length per distance from a cavity wall"),
      integer("element_order", 1, 1, 2,
              "1: linear tetrahedra, one point; 2: quadratic ones, ten nodes and four points, for edges about twice as "
              "long"),
  };
  return specs;
}

TetMesh mesh_anatomy(const Anatomy& anatomy, const Params& mesh_params) {
  const double body_edge = mesh_params.number("edge_length");
  const double posterior_edge = mesh_params.number("posterior_edge_length");
  LabelledSolid solid;
  // To the mesher all bone is one label: where three labels meet it does not hold the outer surface.
  solid.label = [&anatomy](const Vec3& p) { return anatomy.region(p) == Region::outside ? 0 : 1; };
  solid.edge_length = [&](const Vec3& p, int) {
    return region_near(anatomy, p) == Region::posterior ? posterior_edge : body_edge;
  };
  solid.bounds = anatomy.bounds();
  solid.seeds = label_changes(solid.label, solid.bounds, seed_spacing, seed_step);
  LabelledMesh labelled = mesh_labelled_solid(solid);
  make_manifold(labelled);
  snap_boundary(labelled, solid.label, snap_tolerance);

  TetMesh mesh;
  mesh.nodes = std::move(labelled.nodes);
  mesh.intact = mesh.nodes;
  mesh.tets = std::move(labelled.tets);
  for (const auto& [a, b, c, d] : mesh.tets) {
    const Vec3 centroid = (mesh.nodes[a] + mesh.nodes[b] + mesh.nodes[c] + mesh.nodes[d]) / 4;
    mesh.region.push_back(region_near(anatomy, centroid));
    mesh.bmd.push_back(mean_density(anatomy, {mesh.nodes[a], mesh.nodes[b], mesh.nodes[c], mesh.nodes[d]}));
  }
  add_facets(mesh, anatomy.landmarks());
  if (mesh_params.integer("element_order") == 2) {
    mesh = split_facets(quadratic(std::move(mesh)));
    snap_mids(mesh, solid.label, snap_tolerance);
    mesh.intact = mesh.nodes;
  }
  check_mesh(linear_parts(mesh), grid_volumes([&anatomy](const Vec3& p) { return static_cast<int>(anatomy.region(p)); },
                                              solid.bounds, grid_step));
  return mesh;
}

} // namespace kypho

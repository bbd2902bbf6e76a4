#include "mesh/mesher.hpp"
#include "mesh/cgal_mesh.hpp"
#include "mesh/facet_classes.hpp"
#include "mesh/mesh_checks.hpp"
#include "mesh/topology.hpp"
#include <Eigen/Geometry>
#include <cmath>

namespace kypho {
namespace {

constexpr double seed_spacing = 4.0, seed_step = 0.5; // mm
constexpr double grid_step = 0.7;                     // of the volume estimate, mm
constexpr double endplate_cosine = 0.6;

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

} // namespace

const ParamSpecs& mesh_specs() {
  static const ParamSpecs specs{
      quantity("edge_length", "mm", "1.7 mm", 0.5, 6, "mean edge of the tetrahedra in the vertebral body"),
      quantity("posterior_edge_length", "mm", "3 mm", 0.5, 8, "mean edge in pedicles and arch"),
      quantity("cavity_edge_length", "mm", "0.9 mm", 0.3, 4, "mean edge on the walls of channels and cavities"),
      quantity("edge_growth", "", "0.35", 0.05, 1, "growth of the edge length per distance from a cavity wall"),
  };
  return specs;
}

TetMesh mesh_anatomy(const Anatomy& anatomy, const Params& mesh_params) {
  const double body_edge = mesh_params.number("edge_length");
  const double posterior_edge = mesh_params.number("posterior_edge_length");
  LabelledSolid solid;
  solid.label = [&anatomy](const Vec3& p) { return static_cast<int>(anatomy.region(p)); };
  solid.edge_length = [=](const Vec3&, int label) {
    return label == static_cast<int>(Region::posterior) ? posterior_edge : body_edge;
  };
  solid.bounds = anatomy.bounds();
  solid.seeds = label_changes(solid.label, solid.bounds, seed_spacing, seed_step);
  LabelledMesh labelled = mesh_labelled_solid(solid);
  make_manifold(labelled);

  TetMesh mesh;
  mesh.nodes = std::move(labelled.nodes);
  mesh.intact = mesh.nodes;
  mesh.tets = std::move(labelled.tets);
  for (const int label : labelled.label) mesh.region.push_back(static_cast<Region>(label));
  for (const auto& [a, b, c, d] : mesh.tets)
    mesh.bmd.push_back(anatomy.bmd((mesh.nodes[a] + mesh.nodes[b] + mesh.nodes[c] + mesh.nodes[d]) / 4));
  add_facets(mesh, anatomy.landmarks());
  check_mesh(mesh, grid_volumes(solid.label, solid.bounds, grid_step));
  return mesh;
}

} // namespace kypho

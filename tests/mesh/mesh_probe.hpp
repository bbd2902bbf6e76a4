#pragma once
// Measurements on meshes that several tests share.
#include "mesh/mesher.hpp"
#include <Eigen/Geometry>
#include <algorithm>
#include <map>

namespace kypho::test {

inline Params mesh_params(double body, double posterior = 3, double cavity = 0.9) {
  Params params(mesh_specs());
  params.set("edge_length", body);
  params.set("posterior_edge_length", posterior);
  params.set("cavity_edge_length", cavity);
  return params;
}

inline Params vertebra(const std::string& level) {
  Params params(anatomy_specs());
  params.set("level", level);
  return params;
}

inline Vec3 area_vector(const TetMesh& mesh, const Facet& facet) {
  const auto& [a, b, c] = facet.nodes;
  return 0.5 * (mesh.nodes[b] - mesh.nodes[a]).cross(mesh.nodes[c] - mesh.nodes[a]);
}

inline Vec3 centroid(const TetMesh& mesh, const Facet& facet) {
  const auto& [a, b, c] = facet.nodes;
  return (mesh.nodes[a] + mesh.nodes[b] + mesh.nodes[c]) / 3;
}

inline Vec3 centroid(const TetMesh& mesh, std::size_t tet) {
  const auto& [a, b, c, d] = mesh.tets[tet];
  return (mesh.nodes[a] + mesh.nodes[b] + mesh.nodes[c] + mesh.nodes[d]) / 4;
}

inline double total_volume(const TetMesh& mesh) {
  double volume = 0;
  for (const auto& [a, b, c, d] : mesh.tets)
    volume += tet_volume(mesh.nodes[a], mesh.nodes[b], mesh.nodes[c], mesh.nodes[d]);
  return volume;
}

/// Divergence theorem: V = 1/3 sum of x . n dA.
inline double enclosed_volume(const TetMesh& mesh) {
  double volume = 0;
  for (const Facet& facet : mesh.facets) volume += centroid(mesh, facet).dot(area_vector(mesh, facet)) / 3;
  return volume;
}

inline double area_of(const TetMesh& mesh, Surface surface) {
  double area = 0;
  for (const Facet& facet : mesh.facets)
    if (facet.surface == surface) area += area_vector(mesh, facet).norm();
  return area;
}

inline double mineral_mass(const TetMesh& mesh) {
  double mass = 0;
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    const auto& [a, b, c, d] = mesh.tets[t];
    mass += mesh.bmd[t] * tet_volume(mesh.nodes[a], mesh.nodes[b], mesh.nodes[c], mesh.nodes[d]);
  }
  return mass;
}

inline double smallest_tet_volume(const TetMesh& mesh) {
  double smallest = 1e300;
  for (const auto& [a, b, c, d] : mesh.tets)
    smallest = std::min(smallest, tet_volume(mesh.nodes[a], mesh.nodes[b], mesh.nodes[c], mesh.nodes[d]));
  return smallest;
}

inline bool same_bits(const TetMesh& a, const TetMesh& b) {
  const auto same_facet = [](const Facet& x, const Facet& y) {
    return x.nodes == y.nodes && x.surface == y.surface && x.tet == y.tet;
  };
  return a.nodes == b.nodes && a.intact == b.intact && a.tets == b.tets && a.region == b.region && a.bmd == b.bmd &&
         std::equal(a.facets.begin(), a.facets.end(), b.facets.begin(), b.facets.end(), same_facet);
}

} // namespace kypho::test

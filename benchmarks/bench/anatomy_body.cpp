#include "benchmarks/bench/anatomy_body.hpp"
#include "mesh/mesher.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

namespace kypho::bench {

Body anatomy_body(const Anatomy& anatomy, int unknowns, int order) {
  constexpr double cortex = 0.4, stiff = 12000; // mm, MPa
  // An L1 of edges of 1.7 mm has about so many; quadratic elements have eight times the nodes.
  const double edge = 1.7 * std::cbrt((order == 1 ? 41000.0 : 310000.0) / unknowns);
  Params params(mesh_specs());
  params.set("edge_length", std::clamp(edge, 0.5, 6.0));
  params.set("posterior_edge_length", std::clamp(1.75 * edge, 0.5, 8.0));
  params.set("element_order", order);
  Body body;
  body.mesh = mesh_anatomy(anatomy, params);
  const TetMesh& mesh = body.mesh;
  const auto& x = mesh.nodes;
  std::vector<double> skin(mesh.tets.size(), 0); // area of outer facets, mm2
  body.fixed.assign(3 * x.size(), 0);
  for (const Facet& facet : mesh.facets) {
    const auto& [a, b, c] = facet.nodes;
    skin[facet.tet] += 0.5 * (x[b] - x[a]).cross(x[c] - x[a]).norm();
    if (facet.surface == Surface::upper_endplate || facet.surface == Surface::lower_endplate)
      for (const int n : facet.nodes)
        for (int i = 0; i < 3; ++i) body.fixed[3 * n + i] = 1;
  }
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    const auto& [a, b, c, d] = mesh.tets[t];
    const double share = std::min(1.0, cortex * skin[t] / tet_volume(x[a], x[b], x[c], x[d]));
    const double spongy = std::max(20.0, 3.230 * mesh.bmd[t] - 34.7);
    body.young.push_back((1 - share) * spongy + share * stiff);
    body.poisson.push_back(0.3);
    body.nearly_incompressible.push_back(0);
  }
  return body;
}

Body parametric_l1(int unknowns, int order) {
  Params params(anatomy_specs());
  params.set("posterior_elements", std::string("full"));
  return anatomy_body(*make_anatomy(params), unknowns, order);
}

} // namespace kypho::bench

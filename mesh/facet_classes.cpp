#include "mesh/facet_classes.hpp"
#include "mesh/topology.hpp"

namespace kypho {
namespace {

bool of_body(Surface surface) {
  return surface == Surface::cortex || surface == Surface::upper_endplate || surface == Surface::lower_endplate;
}

} // namespace

Surface fit_to_region(Surface surface, Region behind) {
  if (behind == Region::posterior && of_body(surface)) return Surface::posterior_cortex;
  if (behind != Region::posterior && surface == Surface::posterior_cortex) return Surface::cortex;
  return surface;
}

void smooth_classes(std::vector<Facet>& facets) {
  constexpr int rounds = 3;
  std::vector<BoundaryFace> faces;
  for (const Facet& facet : facets) faces.push_back({facet.nodes, facet.tet});
  const auto neighbours = face_neighbours(faces);
  for (int round = 0; round < rounds; ++round) {
    const std::vector<Facet> before = facets;
    for (std::size_t f = 0; f < facets.size(); ++f) {
      if (!of_body(before[f].surface)) continue;
      for (int i = 0; i < 3; ++i) {
        const int a = neighbours[f][i], b = neighbours[f][(i + 1) % 3];
        if (a < 0 || b < 0) continue;
        const Surface wanted = before[a].surface;
        if (wanted == before[b].surface && of_body(wanted)) facets[f].surface = wanted;
      }
    }
  }
}

} // namespace kypho

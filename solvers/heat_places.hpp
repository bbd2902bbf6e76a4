#pragma once
// The groups of nodes whose temperature is reported.
#include "core/cement/heat.hpp"

namespace kypho {

/// Node numbers, ascending.
struct HeatPlaces {
  std::vector<int> core;            ///< nodes of tetrahedra with cement
  std::vector<int> bone;            ///< nodes of tetrahedra without cement
  std::vector<int> interface;       ///< in both
  std::vector<int> anterior_cortex; ///< cortex facets, front quarter of the body
  std::vector<int> canal;           ///< cortex facets of the body that face the canal
};

HeatPlaces find_heat_places(const TetMesh& mesh, const std::vector<Vec3>& positions,
                            const std::vector<double>& cement_fraction, const CanalGeometry& canal);

} // namespace kypho

#pragma once
// The groups of nodes whose temperature is reported.
#include "core/cement/heat.hpp"

namespace kypho {

/// Node numbers, ascending. Bone counts where it hangs together (the largest piece without cement) and makes up a quarter
/// of the volume round a node; a splinter inside the cement would stand for the whole interface with the temperature of
/// the core.
struct HeatPlaces {
  std::vector<int> core;              ///< nodes of tetrahedra with cement
  std::vector<int> bone;              ///< nodes of bone without cement
  std::vector<int> interface;         ///< in both
  std::vector<double> interface_area; ///< per node of `interface`, its part of the faces between cement and bone, mm2
  std::vector<int> anterior_cortex;   ///< cortex facets, front quarter of the body
  std::vector<int> canal;             ///< cortex facets of the body that face the canal
};

HeatPlaces find_heat_places(const TetMesh& mesh, const std::vector<Vec3>& positions,
                            const std::vector<double>& cement_fraction, const CanalGeometry& canal);

} // namespace kypho

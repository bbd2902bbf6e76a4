#pragma once
// Morphometry of the vertebrae T5 to L5 as a table.
#include <string_view>

namespace kypho {

/// Mean dimensions of one level, mm and degrees.
struct VertebraDimensions {
  std::string_view level;
  double upper_width, lower_width; ///< of the endplates
  double upper_depth, lower_depth; ///< of the endplates, mid-sagittal
  double dissected_height;         ///< posterior, dissected spines
  double living_height;            ///< posterior, CT and radiographs of living people
  double wedge;                    ///< posterior minus anterior height
  double pedicle_width, pedicle_height;
  double pedicle_angle; ///< transverse plane, positive: converging forward, degrees
  double canal_width, canal_depth;
};

/// @throws InputError for a level that is not in the table
const VertebraDimensions& vertebra_dimensions(std::string_view level);

} // namespace kypho

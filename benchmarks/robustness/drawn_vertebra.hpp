#pragma once
// Vertebrae drawn at random, each from its own stream, so that number 37 of a seed is the same vertebra in any series.
#include <string>

namespace kypho::robustness {

/// What is drawn; all other keys have their defaults.
struct DrawnVertebra {
  int number = 0;
  std::string level, heights, posterior_elements, density_pattern, pattern;
  double scale = 1;         ///< of all lengths
  double bmd = 0;           ///< mg/cm3
  double residual_loss = 0; ///< per cent of the height
};

DrawnVertebra draw_vertebra(unsigned seed, int number);

/// The vertebra as a case file with the fracture stage alone, meshed coarsely.
std::string case_text(const DrawnVertebra& vertebra);
/// "0037_L1_wedge"
std::string case_name(const DrawnVertebra& vertebra);

} // namespace kypho::robustness

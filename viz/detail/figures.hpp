#pragma once
// Private to viz: the figures of a run as rows with name, definition, value and unit, ready for a table.
#include "core/measures.hpp"

namespace kypho::detail {

struct Figure {
  std::string group; ///< "Fracture", "Balloons", ...
  std::string key;   ///< key into literature()
  std::string name, definition;
  double value = 0;          ///< in `unit`; fractions 0..1
  std::string unit;          ///< "fraction" is shown in per cent
  std::string shown() const; ///< "17.2 %", "1.21 MPa (175 psi)"
};

/// Only what the run has.
std::vector<Figure> figures_of(const Measures& measures);

} // namespace kypho::detail

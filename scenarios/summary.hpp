#pragma once
// The figures of a run as a few lines for the terminal.
#include "core/measures.hpp"

namespace kypho {

/// Stations as a table, then fracture, restoration, balloons, cement, strength and warnings, as far as there are any.
std::string summary_text(const Measures& measures);

} // namespace kypho

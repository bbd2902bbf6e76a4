#pragma once
// What the mesh of a run is known to cost in accuracy, from the convergence study of the default case (docs/convergence.md).
#include "core/measures.hpp"

namespace kypho {

/// Relative errors of the figures of a run at this edge length in the body, between those studied; nothing outside them.
/// @param edge_length mm
std::optional<DiscretisationMeasure> discretisation_error(double edge_length);

} // namespace kypho

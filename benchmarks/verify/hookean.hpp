#pragma once
// Small-strain linear elasticity, P = lambda tr(e) I + 2 mu e with e the symmetric part of F - I: for references that are
// exact only there. Not objective, therefore not a law of the catalog.
#include "core/materials/material.hpp"

namespace kypho::verify {

/// @param modulus MPa
std::shared_ptr<const Material> hookean(double modulus, double poisson_ratio);

} // namespace kypho::verify

#pragma once
// A body between two ends that are held, as another program is given it.
#include "core/fem/tet_mesh.hpp"
#include "mesh/fe_model.hpp"

namespace kypho::verify {

/// @param lower nodes that stay   @param upper nodes that go down by @p descent, mm, and not sideways; its node set has
/// that name, as that of the lower has
FeModel pressed_model(const TetMesh& mesh, const std::vector<int>& lower, const std::vector<int>& upper,
                      const FeMaterial& material, double descent, bool nonlinear, int increments);

} // namespace kypho::verify

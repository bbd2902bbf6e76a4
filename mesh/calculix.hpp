#pragma once
// Solves a model with CalculiX (program ccx of the package calculix-ccx), an implicit solver to compare with.
#include "mesh/fe_model.hpp"

namespace kypho {

/// By the place of the node in the model, at the end of the last step.
struct CalculixResult {
  std::vector<Vec3> displacement;
  /// Force that supports and loads together exert on the node; zero where neither acts, up to the solver's residual.
  std::vector<Vec3> force;
};

/// Whether ccx is found on the PATH.
bool calculix_available();

/// Writes model.inp into @p folder, which is made if it is not there, and runs ccx in it with @p threads; its output
/// stays there as ccx.log and model.dat. Triangles without a section are left out. Results have seven digits.
/// @throws BackendError if ccx is missing, fails or does not reach the end, with its last message
CalculixResult run_calculix(const FeModel& model, const std::filesystem::path& folder, int threads);

} // namespace kypho

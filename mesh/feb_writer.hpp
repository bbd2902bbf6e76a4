#pragma once
// Writes a model as an input file of FEBio, specification 4.0 (https://febio.org, user manual, chapter 3).
#include "mesh/fe_model.hpp"

namespace kypho {

/// What FEBio does in another way is warned of, one line each: elements without section are left out, rotations too,
/// geometry is always nonlinear, of a table of yield stresses at most two rows are written.
/// @throws LimitReached if the disk takes no more
void write_feb(const FeModel& model, const std::filesystem::path& file);

} // namespace kypho

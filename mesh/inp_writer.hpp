#pragma once
// Writes a model as an input file for Abaqus and CalculiX. Each step asks for the displacements and forces of all nodes
// in the table of results (*NODE PRINT); where no node set holds all nodes, a set NALL is added for it.
#include "mesh/fe_model.hpp"

namespace kypho {

/// The name that @p name gets in the file: letters, digits, '_', '-' and '.' only, a letter first, at most 80.
std::string inp_name(std::string_view name);
/// Warns of names that had to be changed. @throws LimitReached if the disk takes no more
void write_inp(const FeModel& model, const std::filesystem::path& file);

} // namespace kypho

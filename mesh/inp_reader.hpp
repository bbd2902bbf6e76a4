#pragma once
// Reads input files of Abaqus and CalculiX. Read are nodes, tetrahedra and triangles, sets, surfaces, materials,
// sections, boundary conditions, loads and static steps; requests of output are passed over, any other keyword or
// option is refused, so that no part of a model is lost in silence.
#include "mesh/fe_model.hpp"

namespace kypho {

/// @throws InputError "file:line: *KEYWORD: what is wrong, what is allowed"
FeModel read_inp(const std::filesystem::path& file);

} // namespace kypho

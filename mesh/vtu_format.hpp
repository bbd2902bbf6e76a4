#pragma once
// VTK's files of unstructured grids (.vtu). Point and cell arrays "id" hold the ids; "set:NAME" is not 0 for the
// members of a node or element set; of the cell array "surface:NAME", bit k tells that face k lies on the surface. A
// frame of a run (viz/frame_writer.hpp) is read in its deformed shape, with an element set for each region.
#include "mesh/fe_model.hpp"

namespace kypho {

/// @throws InputError if it cannot be read or holds other cells than tetrahedra and triangles
FeModel read_vtu(const std::filesystem::path& file);
/// Warns of what a mesh file does not hold. @throws LimitReached if the disk takes no more
void write_vtu(const FeModel& model, const std::filesystem::path& file);

} // namespace kypho

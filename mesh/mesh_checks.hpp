#pragma once
// Checks that a mesh holds what the label function says.
#include "core/fem/tet_mesh.hpp"
#include <functional>
#include <map>

namespace kypho {

/// Volume per label by counting the cells of a grid, mm3; label 0 is left out.
std::map<int, double> grid_volumes(const std::function<int(const Vec3&)>& label, const Box& box, double step);

/// Pairs of neighbouring grid points with different labels along lines through @p box: seeds for the mesher.
/// @param spacing of the lines, which are shifted a little by fixed pseudo-random amounts, mm
/// @param step along them, mm
std::vector<std::pair<Vec3, Vec3>> label_changes(const std::function<int(const Vec3&)>& label, const Box& box,
                                                 double spacing, double step);

/// @param expected volume per label (Region), mm3
/// @param slack    volume that a label may be off besides, mm3
/// @throws InputError naming the region if one is lost or off by more than 10 %, or if the mesh holds degenerate tetrahedra
void check_mesh(const TetMesh& mesh, const std::map<int, double>& expected, const std::map<int, double>& slack = {});

/// Smallest radius ratio of all tetrahedra.
double worst_radius_ratio(const TetMesh& mesh);

} // namespace kypho

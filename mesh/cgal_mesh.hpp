#pragma once
// CGAL's Mesh_3 behind a plain interface: Delaunay refinement of a labelled solid. Lengths in mm.
// The same input gives the same bits: one thread, fixed seeds, no time limits.
#include "core/base/types.hpp"
#include <functional>
#include <utility>

namespace kypho {

/// A solid given by a label function; 0 means outside. Labels may touch each other.
struct LabelledSolid {
  std::function<int(const Vec3&)> label;
  /// Wanted edge length at a point in (or on the surface of) a label, mm.
  std::function<double(const Vec3&, int)> edge_length;
  Box bounds;
  /// Segments whose ends carry different labels: the surface between them is surely found. A small subdomain
  /// without a seed is missed silently.
  std::vector<std::pair<Vec3, Vec3>> seeds;
  double surface_tolerance = 0.01; ///< how exactly surface nodes lie on the surface, mm
};

/// Tetrahedra of all labels, conforming across label borders.
struct LabelledMesh {
  std::vector<Vec3> nodes;
  std::vector<std::array<int, 4>> tets; ///< positive orientation
  std::vector<int> label;               ///< per tetrahedron
};

/// @throws InputError if the edge lengths are too large to find a surface or to fill a region
LabelledMesh mesh_labelled_solid(const LabelledSolid& solid);

} // namespace kypho

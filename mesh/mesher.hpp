#pragma once
// Tetrahedral meshes of labelled solids, by CGAL behind the line: first meshing, remeshing in the deformed state.
#include "core/base/params.hpp"
#include "core/fem/tet_mesh.hpp"
#include "mesh/anatomy.hpp"
#include <functional>

namespace kypho {

/// Keys of [mesh]: edge lengths of body, posterior elements and cavity wall, order of the elements.
const ParamSpecs& mesh_specs();

/// A straight cylindrical channel with a round tip, drilled from outside the bone.
struct Channel {
  Surface wall = Surface::cavity_left; ///< cavity_left or cavity_right
  Vec3 entry;                          ///< on the axis, outside the bone behind, mm
  Vec3 tip;                            ///< deepest point of the axis, mm
  double radius = 0;                   ///< mm
  KYPHO_STATE(wall, entry, tip, radius)
};

/// First mesh: body and posterior elements (the border between them follows tetrahedra) with classified facets, density
/// per tetrahedron; `intact` = `nodes`. Quadratic elements have split facets (core/fem/quadratic.hpp),
/// the middles of whose edges lie on the surface.
/// @throws InputError naming the region if the mesh lost one or its volume is off by more than 10 %
TetMesh mesh_anatomy(const Anatomy& anatomy, const Params& mesh_params);

/// Where the pieces of a new mesh come from.
struct Remeshed {
  TetMesh mesh;                  ///< reference = the deformed state that was meshed
  std::vector<int> tet_source;   ///< old tetrahedron of the new one's centroid (nearest if none); -1: new cement
  std::vector<int> point_source; ///< the same for quadrature points, numbered tetrahedron * points + point
  std::vector<int> facet_source; ///< old facet nearest to the new one's centroid; -1 for new walls
  double mass_error = 0;         ///< of the bone's mineral, less what was drilled, over what it was
};

/// New mesh of the deformed bone, from the @p old mesh and current node @p positions, mm: of quadratic elements, if the
/// old ones are, whose curved shape counts as that of their linear parts. Bone inside @p channels is
/// taken out; cavity walls that exist are kept. With @p fill_cavities the inside of existing cavities is meshed too, as
/// Region::cement (a cavity ends where the pedicle channel leaves the body); gaps below 0.3 mm may stay closed.
/// Facets keep their surface class; `intact` is interpolated; `bmd` = old bmd / J (mass is conserved; checked to 2 %).
/// @throws InputError for a lost region or a channel that does not meet the bone
Remeshed remesh(const TetMesh& old, const std::vector<Vec3>& positions, const std::vector<Channel>& channels,
                bool fill_cavities, const Params& mesh_params);

} // namespace kypho

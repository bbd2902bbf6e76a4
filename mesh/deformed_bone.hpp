#pragma once
// A deformed mesh seen as a labelled solid with channels and filled cavities, and where its pieces come from.
#include "mesh/cavity_volume.hpp"
#include "mesh/mesher.hpp"
#include "mesh/tet_locator.hpp"
#include "mesh/triangle_tree.hpp"

namespace kypho {

/// Owns search structures; refers to the old mesh, the positions and the channels, which must live as long. Tetrahedra of
/// quadratic elements are meant in its parts (core/fem/quadratic.hpp) here, unless something else is said.
class DeformedBone {
public:
  DeformedBone(const TetMesh& whole, const std::vector<Vec3>& positions, const std::vector<Channel>& channels,
               bool fill_cavities, const Params& mesh_params);

  Region region(const Vec3& p) const;
  Region region_of(int tet) const { return old_.region[tet]; }
  /// Wanted edge length; @p p may lie on the surface, a little outside.
  double edge_length(const Vec3& p, bool cement) const;
  /// Segments across all surfaces that must not be missed.
  std::vector<std::pair<Vec3, Vec3>> seeds() const;
  const Box& bounds() const { return locator_.bounds(); }
  /// Box around all cavities and all cement; lower > upper if there are none.
  Box cement_bounds() const;
  double cavity_wall_area() const; ///< mm2

  /// Old tetrahedron for a new one: bone for bone, cement for cement; -1 for cement that fills a cavity now.
  int source_of(const std::array<Vec3, 4>& corners, bool cement) const;
  /// Old quadrature point for a new one at @p p of a tetrahedron whose source is @p source, numbered whole tetrahedron *
  /// points + point; the source's own if another region lies there.
  int point_source_of(const Vec3& p, int source) const;
  /// Density in the deformed state, mean over samples of the source's region inside the new tetrahedron, mg/cm3.
  double bmd_of(const std::array<Vec3, 4>& corners, int source) const;
  /// Where the material point at @p p lay in the intact vertebra.
  Vec3 intact_of(const Vec3& p) const;
  /// Surface class of a new boundary facet and the nearest old facet, -1 on a new channel wall.
  std::pair<Surface, int> class_of(const Vec3& centroid) const;

  /// Mineral mass outside the channels, mm3 mg/cm3.
  double mass() const;
  /// Area of a channel's wall with bone behind it, mm2.
  double wall_in_bone(const Channel& channel) const;

private:
  double density_now(int tet) const;
  bool in_a_channel(const Vec3& p) const;
  int nearest_tet(const Vec3& p, bool cement) const;
  const TetMesh& whole_; ///< linear or quadratic
  const TetMesh old_;    ///< its linear parts
  const std::vector<Vec3>& positions_;
  const std::vector<Channel>& channels_;
  bool fill_;
  TetLocator locator_;
  TriangleTree boundary_, cement_; ///< all old facets; surface of the cement that is already there
  std::vector<std::array<int, 3>> cement_faces_;
  CavityVolume cavities_;
  double body_edge_, posterior_edge_, cavity_edge_, growth_;
};

} // namespace kypho

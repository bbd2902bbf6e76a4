#pragma once
// Scalar fields on regular lattices: signed distances of a solid (mm, negative inside), and what is done with them.
#include "core/base/types.hpp"
#include <functional>

namespace kypho {

/// A field on a lattice, x fastest. Immutable use is thread-safe.
struct ScalarGrid {
  std::array<int, 3> size{0, 0, 0};
  Vec3 origin = Vec3::Zero();  ///< position of node (0,0,0), mm
  Vec3 spacing = Vec3::Ones(); ///< mm
  std::vector<float> values;

  std::size_t count() const { return static_cast<std::size_t>(size[0]) * size[1] * size[2]; }
  std::size_t index(int i, int j, int k) const { return (static_cast<std::size_t>(k) * size[1] + j) * size[0] + i; }
  Vec3 point(int i, int j, int k) const { return origin + spacing.cwiseProduct(Vec3(i, j, k)); }
  /// Trilinear; a point outside the lattice takes the value of the nearest point on it. @param p mm
  double at(const Vec3& p) const;
  /// Central difference over one spacing.
  Vec3 gradient(const Vec3& p) const;
};

/// A lattice of equal spacing that covers @p box, values unset.
ScalarGrid make_grid(const Box& box, double spacing);

/// A right-handed set of axes in some other ("source") coordinates.
struct Frame {
  Mat3 axes = Mat3::Identity(); ///< columns: +X, +Y, +Z of this frame in source coordinates
  Vec3 origin = Vec3::Zero();   ///< in source coordinates, mm
  Vec3 to_source(const Vec3& p) const { return axes * p + origin; }
  Vec3 from_source(const Vec3& q) const { return axes.transpose() * (q - origin); }
  /// A frame given in the coordinates of this one, told in source coordinates.
  Frame then(const Frame& inner) const { return {axes * inner.axes, to_source(inner.origin)}; }
};

/// Makes the signed distance (mm, negative inside) of one solid on a lattice of the given spacing in any frame.
using Rasteriser = std::function<ScalarGrid(const Frame& frame, double spacing)>;

/// The same solid on a lattice of another frame, with @p margin around it, mm. @param distance in source coordinates
ScalarGrid resample(const ScalarGrid& distance, const Frame& frame, double spacing, double margin);

/// Replaces the field by the signed distance to its zero surface (fast sweeping for |grad d| = 1; Zhao 2005, Math.
/// Comp. 74:603). First order: about a tenth of the spacing near the surface.
void redistance(ScalarGrid& grid);

/// Volume where the signed distance lies below @p level, mm3; nodes cut by the surface count in part.
double volume_below(const ScalarGrid& distance, double level = 0);

/// The unmarked nodes where @p inside holds and which hang together with @p seed by faces; marks them (1).
std::vector<std::size_t> flood(const ScalarGrid& grid, std::size_t seed, const std::function<bool(std::size_t)>& inside,
                               std::vector<std::uint8_t>& mark);
/// Marks (1) the nodes where @p inside holds and which hang together with @p seed by faces.
std::vector<std::uint8_t> connected_component(const ScalarGrid& grid, std::size_t seed,
                                              const std::function<bool(std::size_t)>& inside);

/// What tidying took away or filled, as fractions of the volume kept.
struct Tidied {
  double dropped = 0; ///< pieces that do not hang together with the deepest point
  double filled = 0;  ///< voids enclosed on all sides
};
/// Keeps the piece around the deepest point and fills enclosed voids; the result is a signed distance again.
Tidied tidy_solid(ScalarGrid& distance);

} // namespace kypho

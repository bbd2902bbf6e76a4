#pragma once
// Finds the tetrahedron that holds a point. Deterministic; safe for reading from several threads.
#include "core/fem/tet_mesh.hpp"

namespace kypho {

class TetLocator {
public:
  /// @param nodes positions, mm; inverted tetrahedra are passed over
  TetLocator(const std::vector<Vec3>& nodes, const std::vector<std::array<int, 4>>& tets);
  /// The tetrahedron with the lowest number that holds @p p, -1 if none.
  int find(const Vec3& p) const;
  /// Barycentric coordinates of @p p in tetrahedron @p tet; they sum to 1.
  std::array<double, 4> coordinates(int tet, const Vec3& p) const;
  const Box& bounds() const { return bounds_; }

private:
  struct Frame {
    Mat3 inverse; ///< of the edge matrix (b-a, c-a, d-a)
    Vec3 origin;
  };
  int cell_of(double x, int axis) const;
  Box bounds_;
  double cell_ = 1;
  std::array<int, 3> count_{1, 1, 1};
  std::vector<Frame> frames_;
  std::vector<int> first_, members_; ///< tetrahedra per grid cell
};

} // namespace kypho

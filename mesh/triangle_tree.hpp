#pragma once
// Bounding-box tree over triangles: nearest triangle and signed crossings of a ray. Deterministic; read-only after
// construction, so safe for several threads.
#include "core/base/types.hpp"

namespace kypho {

class TriangleTree {
public:
  struct Nearest {
    int triangle = -1;   ///< -1: none within the limit
    double distance = 0; ///< mm
    Vec3 point = Vec3::Zero();
    std::array<double, 3> weights{}; ///< barycentric, of `point`
  };
  TriangleTree() = default;
  TriangleTree(const std::vector<Vec3>& nodes, const std::vector<std::array<int, 3>>& triangles);
  bool empty() const { return corners_.empty(); }
  /// Nearest triangle closer than @p limit, mm.
  Nearest nearest(const Vec3& p, double limit = 1e300) const;
  /// How often a closed surface winds around @p p, by the signed crossings of a ray along @p direction:
  /// 1 inside a surface whose normals point outwards, -1 if they point inwards, 0 outside.
  int winding(const Vec3& p, const Vec3& direction) const;

private:
  struct Node {
    Box box;
    int first = 0, count = 0; ///< leaf: triangles in order_
    int left = -1, right = -1;
  };
  int build(int first, int count);
  std::vector<std::array<Vec3, 3>> corners_;
  std::vector<int> order_;
  std::vector<Node> nodes_;
};

} // namespace kypho

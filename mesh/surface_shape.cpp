#include "mesh/surface_shape.hpp"
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

constexpr double margin = 3; // mm

/// Distance from @p p to the triangle a b c (Ericson 2005, Real-Time Collision Detection, 5.1.5).
double triangle_distance(const Vec3& p, const Vec3& a, const Vec3& b, const Vec3& c) {
  const Vec3 ab = b - a, ac = c - a, ap = p - a;
  const double d1 = ab.dot(ap), d2 = ac.dot(ap);
  if (d1 <= 0 && d2 <= 0) return ap.norm();
  const Vec3 bp = p - b;
  const double d3 = ab.dot(bp), d4 = ac.dot(bp);
  if (d3 >= 0 && d4 <= d3) return bp.norm();
  const double vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return (ap - d1 / (d1 - d3) * ab).norm();
  const Vec3 cp = p - c;
  const double d5 = ab.dot(cp), d6 = ac.dot(cp);
  if (d6 >= 0 && d5 <= d6) return cp.norm();
  const double vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return (ap - d2 / (d2 - d6) * ac).norm();
  const double va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) return (p - (b + (d4 - d3) / ((d4 - d3) + (d5 - d6)) * (c - b))).norm();
  return std::abs(ab.cross(ac).normalized().dot(ap));
}

/// Twice the signed area of (p, q, r) in the y-z plane; p and q in a fixed order, so that both triangles of an edge
/// agree.
double side_of_edge(const Vec3& p, const Vec3& q, double y, double z, bool swapped) {
  const Vec3& a = swapped ? q : p;
  const Vec3& b = swapped ? p : q;
  const double area = (b.y() - a.y()) * (z - a.z()) - (b.z() - a.z()) * (y - a.y());
  return swapped ? -area : area;
}

/// Where lattice lines along x meet the surface; a small generic shift keeps them off vertices and edges.
class Crossings {
public:
  Crossings(const ScalarGrid& grid, const std::vector<Vec3>& v, const std::vector<std::array<int, 3>>& triangles)
      : grid_(grid), rows_(static_cast<std::size_t>(grid.size[1]) * grid.size[2]) {
    for (const auto& t : triangles) add(v, t);
    for (auto& row : rows_) std::sort(row.begin(), row.end());
  }
  const std::vector<double>& row(int j, int k) const { return rows_[static_cast<std::size_t>(k) * grid_.size[1] + j]; }

private:
  void add(const std::vector<Vec3>& v, const std::array<int, 3>& t) {
    const Vec3 &a = v[t[0]], &b = v[t[1]], &c = v[t[2]];
    const Vec3 h = grid_.spacing;
    const double shift_y = 1.7320508e-6, shift_z = 1.4142136e-6;
    const auto first = [&](int axis) {
      return std::max(0, static_cast<int>((std::min({a[axis], b[axis], c[axis]}) - grid_.origin[axis]) / h[axis]) - 1);
    };
    const auto last = [&](int axis) {
      return std::min(grid_.size[axis] - 1,
                      static_cast<int>((std::max({a[axis], b[axis], c[axis]}) - grid_.origin[axis]) / h[axis]) + 1);
    };
    for (int k = first(2); k <= last(2); ++k)
      for (int j = first(1); j <= last(1); ++j) {
        const double y = grid_.origin.y() + j * h.y() + shift_y, z = grid_.origin.z() + k * h.z() + shift_z;
        const double wc = side_of_edge(a, b, y, z, t[0] > t[1]);
        const double wa = side_of_edge(b, c, y, z, t[1] > t[2]);
        const double wb = side_of_edge(c, a, y, z, t[2] > t[0]);
        if (!((wa > 0 && wb > 0 && wc > 0) || (wa < 0 && wb < 0 && wc < 0))) continue;
        rows_[static_cast<std::size_t>(k) * grid_.size[1] + j].push_back((wa * a.x() + wb * b.x() + wc * c.x()) /
                                                                         (wa + wb + wc));
      }
  }

  const ScalarGrid& grid_;
  std::vector<std::vector<double>> rows_;
};

/// Exact distances of the nodes within a band of @p width around each triangle.
void band_distances(ScalarGrid& grid, const std::vector<Vec3>& v, const std::vector<std::array<int, 3>>& triangles,
                    double width) {
  for (const auto& t : triangles) {
    Box box;
    for (const int i : t) box.extend(v[i]);
    std::array<int, 3> first{}, last{};
    for (int a = 0; a < 3; ++a) {
      first[a] = std::max(0, static_cast<int>(std::ceil((box.lower[a] - width - grid.origin[a]) / grid.spacing[a])));
      last[a] = std::min(grid.size[a] - 1,
                         static_cast<int>(std::floor((box.upper[a] + width - grid.origin[a]) / grid.spacing[a])));
    }
    for (int k = first[2]; k <= last[2]; ++k)
      for (int j = first[1]; j <= last[1]; ++j)
        for (int i = first[0]; i <= last[0]; ++i) {
          float& d = grid.values[grid.index(i, j, k)];
          d = std::min(d, static_cast<float>(triangle_distance(grid.point(i, j, k), v[t[0]], v[t[1]], v[t[2]])));
        }
  }
}

} // namespace

ScalarGrid rasterise(const SurfaceShape& surface, double spacing) {
  const std::vector<Vec3>& v = surface.vertices;
  Box box;
  for (const Vec3& p : v) box.extend(p);
  box.lower.array() -= margin;
  box.upper.array() += margin;
  ScalarGrid grid = make_grid(box, spacing);
  std::fill(grid.values.begin(), grid.values.end(), static_cast<float>(2 * spacing));
  band_distances(grid, v, surface.triangles, 1.8 * spacing);
  const Crossings crossings(grid, v, surface.triangles);
  for (int k = 0; k < grid.size[2]; ++k)
    for (int j = 0; j < grid.size[1]; ++j) {
      const std::vector<double>& row = crossings.row(j, k);
      std::size_t passed = 0;
      for (int i = 0; i < grid.size[0]; ++i) {
        const double x = grid.origin.x() + i * grid.spacing.x();
        while (passed < row.size() && row[passed] <= x) ++passed;
        if (passed % 2 == 1) grid.values[grid.index(i, j, k)] *= -1;
      }
    }
  redistance(grid);
  return grid;
}

} // namespace kypho

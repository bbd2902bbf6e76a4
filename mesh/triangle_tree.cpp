#include "mesh/triangle_tree.hpp"
#include <Eigen/Geometry>
#include <algorithm>
#include <numeric>

namespace kypho {
namespace {

constexpr int leaf_size = 4;

double squared_distance(const Box& box, const Vec3& p) {
  return (box.lower - p).cwiseMax(p - box.upper).cwiseMax(0.0).squaredNorm();
}

/// Barycentric weights of the point of triangle abc nearest to p (Ericson 2005, Real-Time Collision Detection, 5.1.5).
std::array<double, 3> nearest_weights(const Vec3& p, const Vec3& a, const Vec3& b, const Vec3& c) {
  const Vec3 ab = b - a, ac = c - a, ap = p - a;
  const double d1 = ab.dot(ap), d2 = ac.dot(ap);
  if (d1 <= 0 && d2 <= 0) return {1, 0, 0};
  const Vec3 bp = p - b;
  const double d3 = ab.dot(bp), d4 = ac.dot(bp);
  if (d3 >= 0 && d4 <= d3) return {0, 1, 0};
  const double vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return {1 - d1 / (d1 - d3), d1 / (d1 - d3), 0};
  const Vec3 cp = p - c;
  const double d5 = ab.dot(cp), d6 = ac.dot(cp);
  if (d6 >= 0 && d5 <= d6) return {0, 0, 1};
  const double vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return {1 - d2 / (d2 - d6), 0, d2 / (d2 - d6)};
  const double va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) {
    const double w = (d4 - d3) / ((d4 - d3) + (d5 - d6));
    return {0, 1 - w, w};
  }
  const double sum = va + vb + vc;
  if (!(sum > 0)) return {1, 0, 0};
  return {va / sum, vb / sum, vc / sum};
}

bool ray_meets(const Box& box, const Vec3& p, const Vec3& inverse_direction) {
  double enter = 0, leave = 1e300;
  for (int axis = 0; axis < 3; ++axis) {
    const double a = (box.lower[axis] - p[axis]) * inverse_direction[axis];
    const double b = (box.upper[axis] - p[axis]) * inverse_direction[axis];
    enter = std::max(enter, std::min(a, b));
    leave = std::min(leave, std::max(a, b));
  }
  return enter <= leave;
}

/// +1 if the ray leaves through the triangle's back (along its normal), -1 if it enters, 0 if it misses.
int crossing(const std::array<Vec3, 3>& t, const Vec3& p, const Vec3& direction) {
  const Vec3 ab = t[1] - t[0], ac = t[2] - t[0], r = p - t[0];
  const Vec3 normal = ab.cross(ac);
  const double slope = normal.dot(direction);
  if (slope == 0) return 0;
  if (-normal.dot(r) / slope <= 0) return 0;
  const Vec3 q = r.cross(direction);
  const double u = -ac.dot(q) / slope, v = ab.dot(q) / slope;
  if (u < 0 || v < 0 || u + v > 1) return 0;
  return slope > 0 ? 1 : -1;
}

} // namespace

TriangleTree::TriangleTree(const std::vector<Vec3>& nodes, const std::vector<std::array<int, 3>>& triangles) {
  for (const auto& [a, b, c] : triangles) corners_.push_back({nodes[a], nodes[b], nodes[c]});
  order_.resize(corners_.size());
  std::iota(order_.begin(), order_.end(), 0);
  if (!order_.empty()) build(0, static_cast<int>(order_.size()));
}

int TriangleTree::build(int first, int count) {
  const int number = static_cast<int>(nodes_.size());
  nodes_.emplace_back();
  Box box, centres;
  for (int i = first; i < first + count; ++i) {
    const auto& t = corners_[order_[i]];
    for (const Vec3& corner : t) box.extend(corner);
    centres.extend(t[0] + t[1] + t[2]);
  }
  nodes_[number].box = box;
  nodes_[number].first = first;
  nodes_[number].count = count;
  if (count <= leaf_size) return number;
  int axis;
  (centres.upper - centres.lower).maxCoeff(&axis);
  const int half = count / 2;
  std::nth_element(order_.begin() + first, order_.begin() + first + half, order_.begin() + first + count,
                   [&](int i, int j) {
                     const double a = corners_[i][0][axis] + corners_[i][1][axis] + corners_[i][2][axis];
                     const double b = corners_[j][0][axis] + corners_[j][1][axis] + corners_[j][2][axis];
                     return a < b || (a == b && i < j);
                   });
  const int left = build(first, half);
  const int right = build(first + half, count - half);
  nodes_[number].left = left;
  nodes_[number].right = right;
  return number;
}

TriangleTree::Nearest TriangleTree::nearest(const Vec3& p, double limit) const {
  Nearest best;
  if (nodes_.empty()) return best;
  double closest = limit * limit;
  std::array<int, 64> stack;
  int size = 0;
  stack[size++] = 0;
  while (size > 0) {
    const Node& node = nodes_[stack[--size]];
    if (squared_distance(node.box, p) >= closest) continue;
    if (node.left >= 0) {
      const bool left_first = squared_distance(nodes_[node.left].box, p) <= squared_distance(nodes_[node.right].box, p);
      stack[size++] = left_first ? node.right : node.left;
      stack[size++] = left_first ? node.left : node.right;
      continue;
    }
    for (int i = node.first; i < node.first + node.count; ++i) {
      const auto& t = corners_[order_[i]];
      const auto w = nearest_weights(p, t[0], t[1], t[2]);
      const Vec3 point = w[0] * t[0] + w[1] * t[1] + w[2] * t[2];
      const double squared = (p - point).squaredNorm();
      if (squared < closest) {
        closest = squared;
        best = {order_[i], 0, point, w};
      }
    }
  }
  if (best.triangle >= 0) best.distance = (p - best.point).norm();
  return best;
}

int TriangleTree::winding(const Vec3& p, const Vec3& direction) const {
  if (nodes_.empty()) return 0;
  const Vec3 inverse = direction.cwiseInverse();
  int count = 0;
  std::array<int, 64> stack;
  int size = 0;
  stack[size++] = 0;
  while (size > 0) {
    const Node& node = nodes_[stack[--size]];
    if (!ray_meets(node.box, p, inverse)) continue;
    if (node.left >= 0) {
      stack[size++] = node.left;
      stack[size++] = node.right;
      continue;
    }
    for (int i = node.first; i < node.first + node.count; ++i) count += crossing(corners_[order_[i]], p, direction);
  }
  return count;
}

} // namespace kypho

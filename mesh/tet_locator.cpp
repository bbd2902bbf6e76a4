#include "mesh/tet_locator.hpp"
#include <Eigen/LU>
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

constexpr double inside_tolerance = 1e-9; // barycentric: closes the seams between neighbours

template <class Visit>
void for_cells(const std::array<int, 3>& low, const std::array<int, 3>& high, const std::array<int, 3>& count,
               Visit&& visit) {
  for (int i = low[0]; i <= high[0]; ++i)
    for (int j = low[1]; j <= high[1]; ++j)
      for (int k = low[2]; k <= high[2]; ++k) visit((static_cast<std::size_t>(i) * count[1] + j) * count[2] + k);
}

} // namespace

TetLocator::TetLocator(const std::vector<Vec3>& nodes, const std::vector<std::array<int, 4>>& tets) {
  for (const auto& tet : tets)
    for (const int n : tet) bounds_.extend(nodes[n]);
  if (tets.empty()) return;
  double edges = 0;
  for (const auto& [a, b, c, d] : tets) edges += (nodes[a] - nodes[b]).norm() + (nodes[c] - nodes[d]).norm();
  cell_ = std::max(edges / (2.0 * static_cast<double>(tets.size())), 1e-6);
  const Vec3 extent = bounds_.upper - bounds_.lower;
  for (int axis = 0; axis < 3; ++axis) count_[axis] = std::max(1, static_cast<int>(std::ceil(extent[axis] / cell_)));

  std::vector<std::array<int, 3>> low(tets.size()), high(tets.size());
  first_.assign(static_cast<std::size_t>(count_[0]) * count_[1] * count_[2] + 1, 0);
  frames_.resize(tets.size());
  for (std::size_t t = 0; t < tets.size(); ++t) {
    const auto& [a, b, c, d] = tets[t];
    Mat3 edge;
    edge << nodes[b] - nodes[a], nodes[c] - nodes[a], nodes[d] - nodes[a];
    frames_[t].origin = nodes[a];
    // Not-a-number fails every comparison in find(), so an inverted tetrahedron holds no point.
    frames_[t].inverse = edge.determinant() > 0 ? Mat3(edge.inverse()) : Mat3(Mat3::Constant(std::nan("")));
    Box box;
    for (const int n : tets[t]) box.extend(nodes[n]);
    for (int axis = 0; axis < 3; ++axis) {
      low[t][axis] = cell_of(box.lower[axis], axis);
      high[t][axis] = cell_of(box.upper[axis], axis);
    }
    for_cells(low[t], high[t], count_, [&](std::size_t cell) { ++first_[cell + 1]; });
  }
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  members_.resize(first_.back());
  std::vector<int> next(first_.begin(), first_.end() - 1);
  for (std::size_t t = 0; t < tets.size(); ++t)
    for_cells(low[t], high[t], count_, [&](std::size_t cell) { members_[next[cell]++] = static_cast<int>(t); });
}

int TetLocator::cell_of(double x, int axis) const {
  return std::clamp(static_cast<int>((x - bounds_.lower[axis]) / cell_), 0, count_[axis] - 1);
}

int TetLocator::find(const Vec3& p) const {
  if ((p.array() < bounds_.lower.array()).any() || (p.array() > bounds_.upper.array()).any() || members_.empty())
    return -1;
  const std::size_t cell =
      (static_cast<std::size_t>(cell_of(p.x(), 0)) * count_[1] + cell_of(p.y(), 1)) * count_[2] + cell_of(p.z(), 2);
  for (int i = first_[cell]; i < first_[cell + 1]; ++i) {
    const Frame& frame = frames_[members_[i]];
    const Vec3 r = p - frame.origin;
    const double u = frame.inverse.row(0).dot(r);
    if (!(u >= -inside_tolerance)) continue;
    const double v = frame.inverse.row(1).dot(r);
    if (!(v >= -inside_tolerance)) continue;
    const double w = frame.inverse.row(2).dot(r);
    if (w >= -inside_tolerance && u + v + w <= 1 + inside_tolerance) return members_[i];
  }
  return -1;
}

std::array<double, 4> TetLocator::coordinates(int tet, const Vec3& p) const {
  const Vec3 c = frames_[tet].inverse * (p - frames_[tet].origin);
  return {1 - c.sum(), c.x(), c.y(), c.z()};
}

} // namespace kypho

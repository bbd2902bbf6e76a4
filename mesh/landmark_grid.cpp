#include "mesh/landmark_grid.hpp"
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

/// Smallest d with sum_i max(0, (d - a_i)/h_i)^2 = 1, a_i the smaller neighbour along axis i.
double eikonal_update(std::array<double, 3> a, std::array<double, 3> h) {
  for (int pass = 0; pass < 2; ++pass)
    for (int i = 0; i < 2; ++i)
      if (a[i] > a[i + 1]) {
        std::swap(a[i], a[i + 1]);
        std::swap(h[i], h[i + 1]);
      }
  double d = a[0] + h[0];
  double sum_w = 0, sum_wa = 0, sum_waa = 0;
  for (int i = 0; i < 3; ++i) {
    if (i > 0 && d <= a[i]) break;
    const double w = 1 / (h[i] * h[i]);
    sum_w += w;
    sum_wa += w * a[i];
    sum_waa += w * a[i] * a[i];
    const double root = sum_wa * sum_wa - sum_w * (sum_waa - 1);
    if (root >= 0) d = (sum_wa + std::sqrt(root)) / sum_w;
  }
  return d;
}

constexpr float far_away = 1e6F;

/// Distance of the nodes beside the surface, from the crossings on the lattice lines through them.
std::vector<float> start_distances(const ScalarGrid& grid) {
  const auto& n = grid.size;
  std::vector<float> d(grid.count(), far_away);
  const std::array<std::size_t, 3> step{1, static_cast<std::size_t>(n[0]), static_cast<std::size_t>(n[0]) * n[1]};
  for (int k = 0; k < n[2]; ++k)
    for (int j = 0; j < n[1]; ++j)
      for (int i = 0; i < n[0]; ++i) {
        const std::size_t c = grid.index(i, j, k);
        const double f = grid.values[c];
        const std::array<int, 3> at{i, j, k};
        double inverse = 0;
        for (int axis = 0; axis < 3; ++axis) {
          double nearest = far_away;
          for (const int side : {-1, 1}) {
            if (at[axis] + side < 0 || at[axis] + side >= n[axis]) continue;
            const double g = grid.values[side < 0 ? c - step[axis] : c + step[axis]];
            if ((f < 0) != (g < 0)) nearest = std::min(nearest, grid.spacing[axis] * f / (f - g));
          }
          if (nearest < far_away) inverse += 1 / std::max(nearest * nearest, 1e-12);
        }
        if (inverse > 0) d[c] = static_cast<float>(1 / std::sqrt(inverse));
      }
  return d;
}

} // namespace

double ScalarGrid::at(const Vec3& p) const {
  std::size_t base = 0;
  std::array<std::size_t, 3> step{1, static_cast<std::size_t>(size[0]), static_cast<std::size_t>(size[0]) * size[1]};
  std::array<double, 3> f{};
  for (int a = 0; a < 3; ++a) {
    const double u = std::clamp((p[a] - origin[a]) / spacing[a], 0.0, size[a] - 1.0);
    const int i = std::min(static_cast<int>(u), std::max(size[a] - 2, 0));
    f[a] = u - i;
    base += i * step[a];
    if (size[a] < 2) step[a] = 0;
  }
  const float* v = values.data() + base;
  const auto row = [&](std::size_t o) { return v[o] + f[0] * (static_cast<double>(v[o + step[0]]) - v[o]); };
  const double a0 = row(0), a1 = row(step[1]), b0 = row(step[2]), b1 = row(step[1] + step[2]);
  const double a = a0 + f[1] * (a1 - a0), b = b0 + f[1] * (b1 - b0);
  return a + f[2] * (b - a);
}

Vec3 ScalarGrid::gradient(const Vec3& p) const {
  Vec3 g;
  for (int a = 0; a < 3; ++a) {
    Vec3 h = Vec3::Zero();
    h[a] = spacing[a];
    g[a] = (at(p + h) - at(p - h)) / (2 * spacing[a]);
  }
  return g;
}

ScalarGrid make_grid(const Box& box, double spacing) {
  ScalarGrid grid;
  grid.origin = box.lower;
  grid.spacing = Vec3::Constant(spacing);
  for (int a = 0; a < 3; ++a) grid.size[a] = static_cast<int>(std::ceil((box.upper[a] - box.lower[a]) / spacing)) + 1;
  grid.values.resize(grid.count());
  return grid;
}

ScalarGrid resample(const ScalarGrid& distance, const Frame& frame, double spacing, double margin) {
  Box box;
  for (int k = 0; k < distance.size[2]; ++k)
    for (int j = 0; j < distance.size[1]; ++j)
      for (int i = 0; i < distance.size[0]; ++i)
        if (distance.values[distance.index(i, j, k)] < 0) box.extend(frame.from_source(distance.point(i, j, k)));
  box.lower.array() -= margin;
  box.upper.array() += margin;
  ScalarGrid grid = make_grid(box, spacing);
  for (int k = 0; k < grid.size[2]; ++k)
    for (int j = 0; j < grid.size[1]; ++j)
      for (int i = 0; i < grid.size[0]; ++i)
        grid.values[grid.index(i, j, k)] = static_cast<float>(distance.at(frame.to_source(grid.point(i, j, k))));
  return grid;
}

void redistance(ScalarGrid& grid) {
  std::vector<float> d = start_distances(grid);
  std::vector<std::uint8_t> fixed(d.size());
  for (std::size_t c = 0; c < d.size(); ++c) fixed[c] = d[c] < far_away;
  const auto& n = grid.size;
  const std::array<std::size_t, 3> step{1, static_cast<std::size_t>(n[0]), static_cast<std::size_t>(n[0]) * n[1]};
  const std::array<double, 3> h{grid.spacing[0], grid.spacing[1], grid.spacing[2]};
  const double settled = 1e-3 * grid.spacing.minCoeff();
  bool changed = true;
  for (int sweep = 0; sweep < 16 && (changed || sweep % 8 != 0); ++sweep) {
    if (sweep % 8 == 0) changed = false;
    const std::array<bool, 3> back{(sweep & 1) != 0, (sweep & 2) != 0, (sweep & 4) != 0};
    for (int kk = 0; kk < n[2]; ++kk)
      for (int jj = 0; jj < n[1]; ++jj)
        for (int ii = 0; ii < n[0]; ++ii) {
          const std::array<int, 3> at{back[0] ? n[0] - 1 - ii : ii, back[1] ? n[1] - 1 - jj : jj,
                                      back[2] ? n[2] - 1 - kk : kk};
          const std::size_t c = grid.index(at[0], at[1], at[2]);
          if (fixed[c]) continue;
          std::array<double, 3> a{};
          for (int axis = 0; axis < 3; ++axis) {
            const double below = at[axis] > 0 ? d[c - step[axis]] : far_away;
            const double above = at[axis] + 1 < n[axis] ? d[c + step[axis]] : far_away;
            a[axis] = std::min(below, above);
          }
          if (d[c] <= std::min({a[0], a[1], a[2]})) continue; // no neighbour is nearer
          const auto next = static_cast<float>(eikonal_update(a, h));
          if (next >= d[c]) continue;
          changed |= next < d[c] - settled;
          d[c] = next;
        }
  }
  for (std::size_t c = 0; c < d.size(); ++c) grid.values[c] = grid.values[c] < 0 ? -d[c] : d[c];
}

double volume_below(const ScalarGrid& distance, double level) {
  const double h = std::cbrt(distance.spacing.prod());
  double sum = 0;
  for (const float v : distance.values) sum += std::clamp(0.5 - (v - level) / h, 0.0, 1.0);
  return sum * distance.spacing.prod();
}

std::vector<std::size_t> flood(const ScalarGrid& grid, std::size_t seed, const std::function<bool(std::size_t)>& inside,
                               std::vector<std::uint8_t>& mark) {
  std::vector<std::size_t> nodes;
  const auto& n = grid.size;
  const std::size_t row = n[0], slab = row * n[1];
  const auto visit = [&](std::size_t c) {
    if (mark[c] || !inside(c)) return;
    mark[c] = 1;
    nodes.push_back(c);
  };
  visit(seed);
  for (std::size_t next = 0; next < nodes.size(); ++next) {
    const std::size_t c = nodes[next];
    const auto i = static_cast<int>(c % row), j = static_cast<int>(c / row % n[1]), k = static_cast<int>(c / slab);
    if (i > 0) visit(c - 1);
    if (i + 1 < n[0]) visit(c + 1);
    if (j > 0) visit(c - row);
    if (j + 1 < n[1]) visit(c + row);
    if (k > 0) visit(c - slab);
    if (k + 1 < n[2]) visit(c + slab);
  }
  return nodes;
}

std::vector<std::uint8_t> connected_component(const ScalarGrid& grid, std::size_t seed,
                                              const std::function<bool(std::size_t)>& inside) {
  std::vector<std::uint8_t> mark(grid.count(), 0);
  flood(grid, seed, inside, mark);
  return mark;
}

Tidied tidy_solid(ScalarGrid& distance) {
  auto& v = distance.values;
  const auto deepest = static_cast<std::size_t>(std::min_element(v.begin(), v.end()) - v.begin());
  const auto keep = connected_component(distance, deepest, [&](std::size_t c) { return v[c] < 0; });
  // The lattice has a margin, so that its first node lies in the open.
  const auto open = connected_component(distance, 0, [&](std::size_t c) { return !keep[c]; });
  std::size_t kept = 0, dropped = 0, filled = 0;
  for (std::size_t c = 0; c < v.size(); ++c) {
    kept += keep[c];
    if (v[c] < 0 && !keep[c]) {
      ++dropped;
      v[c] = std::abs(v[c]);
    }
    if (!keep[c] && !open[c]) {
      ++filled;
      v[c] = -std::abs(v[c]);
    }
  }
  if (filled > 0) redistance(distance); // a dropped piece leaves the distances inside the solid as they are
  const double total = std::max<double>(static_cast<double>(kept), 1);
  return {static_cast<double>(dropped) / total, static_cast<double>(filled) / total};
}

} // namespace kypho

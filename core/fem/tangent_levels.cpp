// What a multigrid method needs of a tangent by products: its diagonal blocks and the level between the corners.
#include "core/base/pack.hpp"
#include "core/fem/point_kernels.hpp"
#include "core/fem/tangent_product.hpp"

#include <algorithm>

namespace kypho {
namespace {

using namespace point_kernels;
constexpr int packs_per_group = PointTangents::lanes / wide;

/// Diagonal blocks of the nodes of a pack of elements: 00 11 22 01 02 12.
void node_blocks(const float* symmetric, const float* mean, PackOf<float>* blocks) {
  using V = PackOf<float>;
  for (int k = 0; k < 60; ++k) blocks[k] = V{};
  for (int q = 0; q < points; ++q) {
    V A[upper];
    for (int k = 0; k < upper; ++k) A[k] = numbers_at<float>(symmetric + (q * upper + k) * wide);
    for (int a = 0; a < 10; ++a) {
      const auto& d = slopes[q][a];
      const auto add = [&](int i, int j, V& to) {
        for (int k = 0; k < 3; ++k)
          for (int l = 0; l < 3; ++l)
            if (d[k] != 0 && d[l] != 0) to += static_cast<float>(d[k] * d[l]) * A[at(3 * i + k, 3 * j + l)];
      };
      V* to = blocks + 6 * a;
      for (int i = 0; i < 3; ++i) add(i, i, to[i]);
      add(0, 1, to[3]);
      add(0, 2, to[4]);
      add(1, 2, to[5]);
    }
  }
  if (!mean) return;
  for (int a = 0; a < 10; ++a) {
    V c[3] = {}, z[3] = {};
    for (int q = 0; q < points; ++q)
      for (int i = 0; i < 3; ++i)
        for (int k = 0; k < 3; ++k) {
          const float slope = static_cast<float>(slopes[q][a][k]);
          c[i] += slope * numbers_at<float>(mean + (9 * q + 3 * i + k) * wide);
          z[i] += slope * numbers_at<float>(mean + (36 + 9 * q + 3 * i + k) * wide);
        }
    V* to = blocks + 6 * a;
    for (int i = 0; i < 3; ++i) to[i] += 2.0f * c[i] * z[i];
    to[3] += c[0] * z[1] + z[0] * c[1];
    to[4] += c[0] * z[2] + z[0] * c[2];
    to[5] += c[1] * z[2] + z[1] * c[2];
  }
}

/// Floats of a pack of stored numbers, widened.
Pack widened(const float* from) {
  Pack to;
  for (int l = 0; l < pack_width; ++l) to[l] = from[l];
  return to;
}

/// Matrix of the linear element, [entry][lane], from the sum of the tangents at the points: gradients of the barycentric
/// coordinates are unit vectors in the reference element, and the four have no sum.
void linear_matrix(const float* symmetric, const float* mean, Pack* K) {
  Pack A[81], c[9] = {}, z[9] = {};
  for (int k = 0; k < 9; ++k)
    for (int m = k; m < 9; ++m) {
      Pack sum{};
      for (int q = 0; q < points; ++q) sum += widened(symmetric + (q * upper + at(k, m)) * wide);
      A[9 * k + m] = A[9 * m + k] = sum;
    }
  if (mean) {
    for (int q = 0; q < points; ++q)
      for (int k = 0; k < 9; ++k) {
        c[k] += widened(mean + (9 * q + k) * wide);
        z[k] += widened(mean + (36 + 9 * q + k) * wide);
      }
    for (int k = 0; k < 9; ++k)
      for (int m = 0; m < 9; ++m) A[9 * k + m] += c[k] * z[m] + z[k] * c[m];
  }
  const auto entry = [K](int a, int i, int b, int j) -> Pack& { return K[12 * (3 * a + i) + 3 * b + j]; };
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      for (int a = 1; a < 4; ++a)
        for (int b = 1; b < 4; ++b) entry(a, i, b, j) = A[9 * (3 * i + a - 1) + 3 * j + b - 1];
      for (int a = 1; a < 4; ++a) entry(a, i, 0, j) = -(entry(a, i, 1, j) + entry(a, i, 2, j) + entry(a, i, 3, j));
      for (int b = 0; b < 4; ++b) entry(0, i, b, j) = -(entry(1, i, b, j) + entry(2, i, b, j) + entry(3, i, b, j));
    }
}

} // namespace

void TangentProduct::find_parents() {
  parents_.assign(nodes_, {-1, -1});
  for (std::size_t e = 0; e < nodes_of_.size(); e += 10)
    for (int a = 0; a < 6; ++a)
      parents_[nodes_of_[e + 4 + a]] = {nodes_of_[e + Tet10::edge[a][0]], nodes_of_[e + Tet10::edge[a][1]]};
  std::vector<int> corner(nodes_, -1);
  corners_ = 0;
  for (int n = 0; n < nodes_; ++n)
    if (parents_[n][0] < 0) corner[n] = corners_++;
  for (int n = 0; n < nodes_; ++n)
    parents_[n] = parents_[n][0] < 0 ? std::array{corner[n], corner[n]}
                                     : std::array{corner[parents_[n][0]], corner[parents_[n][1]]};
}

void TangentProduct::find_children() {
  const auto each = [this](auto&& visit) {
    for (int n = 0; n < nodes_; ++n) {
      visit(parents_[n][0], n);
      if (parents_[n][1] != parents_[n][0]) visit(parents_[n][1], n);
    }
  };
  child_start_.assign(corners_ + 1, 0);
  each([this](int c, int) { ++child_start_[c + 1]; });
  for (int c = 0; c < corners_; ++c) child_start_[c + 1] += child_start_[c];
  child_.resize(child_start_[corners_]);
  std::vector<int> next(child_start_.begin(), child_start_.end() - 1);
  each([&](int c, int n) { child_[next[c]++] = n; });
  node_.resize(corners_);
  for (int n = 0; n < nodes_; ++n)
    if (parents_[n][0] == parents_[n][1]) node_[parents_[n][0]] = n;
}

std::vector<float> TangentProduct::diagonal() const {
  std::vector<float> all = diagonal_blocks(blocks_, [this](std::size_t pack, PackOf<float>* blocks) {
    const auto& mean = mean_[pack / packs_per_group];
    node_blocks(tangents_.data() + pack * symmetric_numbers * wide,
                mean.size() == 0 ? nullptr : mean.data() + pack % packs_per_group * mean_numbers * wide, blocks);
  });
#pragma omp parallel for schedule(static)
  for (int n = 0; n < nodes_; ++n)
    for (int i = 0; i < 3; ++i)
      all[9 * static_cast<std::size_t>(n) + 4 * i] += static_cast<float>(extra_[3 * n + i] + shift_);
  for (std::size_t r = 0; r < rows_.node.size(); ++r)
    for (int k = rows_.start[r]; k < rows_.start[r + 1]; ++k)
      if (rows_.column[k] == rows_.node[r])
        for (int m = 0; m < 9; ++m) all[9 * static_cast<std::size_t>(rows_.node[r]) + m] += rows_.half[9 * k + m];
  hold_fixed(all);
  return all;
}

double TangentProduct::largest_diagonal() const {
  const std::vector<float> blocks = diagonal();
  float largest = 0;
  for (std::size_t k = 0; k < blocks.size(); k += 9)
    for (int i = 0; i < 3; ++i) largest = std::max(largest, std::abs(blocks[k + 4 * i]));
  return largest;
}

void TangentProduct::add_bulk(Tangent& to) const {
  constexpr int chunk = 512, packs = chunk / pack_width;
  std::vector<Pack> matrices(static_cast<std::size_t>(packs) * 144);
  const int elements = static_cast<int>(nodes_of_.size()) / 10;
  for (int first = 0; first < elements; first += chunk) {
    const int some = std::min(chunk, elements - first);
#pragma omp parallel for schedule(static)
    for (int p = 0; p < some / pack_width; ++p) {
      const int e = first + p * pack_width, pack = e / wide;
      const auto& mean = mean_[pack / packs_per_group];
      linear_matrix(tangents_.data() + static_cast<std::size_t>(pack) * symmetric_numbers * wide + e % wide,
                    mean.size() == 0 ? nullptr : mean.data() + pack % packs_per_group * mean_numbers * wide + e % wide,
                    matrices.data() + static_cast<std::size_t>(p) * 144);
    }
    to.add(this, first, some, reinterpret_cast<const double*>(matrices.data()), pack_width);
  }
}

/// Adds R^T (S + diagonal) R, a row of corners after the other.
void TangentProduct::add_rows(Tangent::Matrix& to) const {
  const int *outer = to.outerIndexPtr(), *inner = to.innerIndexPtr();
  double* values = to.valuePtr();
  std::vector<int> row_of(nodes_, -1);
  for (std::size_t r = 0; r < rows_.node.size(); ++r) row_of[rows_.node[r]] = static_cast<int>(r);
#pragma omp parallel
  {
    std::vector<int> place(corners_);
#pragma omp for schedule(dynamic, 64)
    for (int c = 0; c < corners_; ++c) {
      const int first = outer[3 * c], length = outer[3 * c + 1] - first;
      for (int k = 0; k < length; k += 3) place[inner[first + k] / 3] = k;
      const auto share = [this](int n) { return parents_[n][0] == parents_[n][1] ? 1.0 : 0.5; };
      const auto add = [&](int n, int m, int i, int j, double value) {
        const double part = share(n) * share(m) * value;
        values[first + i * length + place[parents_[m][0]] + j] += part;
        if (parents_[m][0] != parents_[m][1]) values[first + i * length + place[parents_[m][1]] + j] += part;
      };
      for (int k = child_start_[c]; k < child_start_[c + 1]; ++k) {
        const int n = child_[k], r = row_of[n];
        for (int i = 0; i < 3; ++i)
          if (const double own = extra_[3 * n + i] + shift_; own != 0) add(n, n, i, i, own);
        if (r < 0) continue;
        for (int b = rows_.start[r]; b < rows_.start[r + 1]; ++b)
          for (int e = 0; e < 9; ++e)
            add(n, rows_.column[b], e / 3, e % 3, rows_.half[9 * static_cast<std::size_t>(b) + e]);
      }
    }
  }
}

Eigen::SparseMatrix<double, Eigen::RowMajor> TangentProduct::linear_level() const {
  linear_->clear();
  add_bulk(*linear_);
  Tangent::Matrix& K = linear_->matrix();
  add_rows(K);
  const auto held = [this](int u) { return fixed_[3 * static_cast<std::size_t>(node_[u / 3]) + u % 3] != 0; };
#pragma omp parallel for schedule(static)
  for (int u = 0; u < 3 * corners_; ++u)
    for (int k = K.outerIndexPtr()[u]; k < K.outerIndexPtr()[u + 1]; ++k)
      if (const int v = K.innerIndexPtr()[k]; held(u) || held(v)) K.valuePtr()[k] = u == v ? 1 : 0;
  return K;
}

} // namespace kypho

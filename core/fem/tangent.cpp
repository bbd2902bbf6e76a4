#include "core/fem/tangent.hpp"
#include "core/base/pack.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <omp.h>

namespace kypho {

void Tangent::couple(const void* owner, int per, std::vector<int> nodes) {
  elements_[owner] = {per, std::move(nodes), {}};
}

void Tangent::finish() {
  std::vector<std::vector<int>> columns(nodes_);
  for (int n = 0; n < nodes_; ++n) columns[n].push_back(n);
  for (const auto& [owner, e] : elements_)
    for (std::size_t first = 0; first < e.nodes.size(); first += e.per)
      for (int a = 0; a < e.per; ++a) {
        auto& row = columns[e.nodes[first + a]];
        row.insert(row.end(), e.nodes.begin() + first, e.nodes.begin() + first + e.per);
        if (row.size() > 512) { // keeps what repeats from piling up
          std::sort(row.begin(), row.end());
          row.erase(std::unique(row.begin(), row.end()), row.end());
        }
      }
  row_start_.assign(1, 0);
  for (auto& row : columns) {
    std::sort(row.begin(), row.end());
    row.erase(std::unique(row.begin(), row.end()), row.end());
    row_start_.push_back(row_start_.back() + static_cast<int>(row.size()));
  }
  matrix_.resize(3 * nodes_, 3 * nodes_);
  matrix_.resizeNonZeros(9 * row_start_.back());
  int* outer = matrix_.outerIndexPtr();
  int* inner = matrix_.innerIndexPtr();
  int at = 0;
  for (int n = 0; n < nodes_; ++n)
    for (int i = 0; i < 3; ++i) {
      outer[3 * n + i] = at;
      for (const int m : columns[n])
        for (int j = 0; j < 3; ++j) inner[at++] = 3 * m + j;
    }
  outer[3 * nodes_] = at;
  // Rows are taken in order and columns ascend, so the mirror images of a row's blocks are met in order too.
  mirror_.resize(row_start_.back());
  std::vector<int> next(row_start_.begin(), row_start_.end() - 1);
  for (int n = 0; n < nodes_; ++n)
    for (std::size_t s = 0; s < columns[n].size(); ++s)
      mirror_[row_start_[n] + static_cast<int>(s)] = next[columns[n][s]]++;
  for (auto& [owner, e] : elements_) {
    e.slots.clear();
    e.slots.reserve(e.nodes.size() * e.per);
    for (std::size_t first = 0; first < e.nodes.size(); first += e.per)
      for (int a = 0; a < e.per; ++a)
        for (int b = 0; b < e.per; ++b) {
          const auto& row = columns[e.nodes[first + a]];
          e.slots.push_back(
              static_cast<int>(std::lower_bound(row.begin(), row.end(), e.nodes[first + b]) - row.begin()));
        }
  }
  clear();
}

void Tangent::clear() {
  std::fill(matrix_.valuePtr(), matrix_.valuePtr() + matrix_.nonZeros(), 0.0);
  rank_one_.clear();
}

namespace {

/// One 3x3 block onto its place; loads before stores, because they could overlap for all that the compiler knows.
template <int lanes>
inline void add_block(const double* from, int width, double* to, int length) {
  double sum[9];
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) sum[3 * i + j] = to[i * length + j] + from[(i * width + j) * lanes];
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) to[i * length + j] = sum[3 * i + j];
}

} // namespace

void Tangent::add(const void* owner, int first, int count, const double* matrices, int lanes) {
  const Elements& e = elements_.at(owner);
  const int per = e.per, width = 3 * per;
  double* values = matrix_.valuePtr();
  assert(lanes == 1 || lanes == pack_width);
#pragma omp parallel
  { // each thread owns a range of rows
    const int threads = omp_get_num_threads(), me = omp_get_thread_num();
    const int lower = static_cast<int>(static_cast<long>(nodes_) * me / threads);
    const int upper = static_cast<int>(static_cast<long>(nodes_) * (me + 1) / threads);
    for (int k = 0; k < count; ++k) {
      const int* nodes = e.nodes.data() + static_cast<std::size_t>(first + k) * per;
      const int* slots = e.slots.data() + static_cast<std::size_t>(first + k) * per * per;
      const double* K = matrices + static_cast<std::size_t>(k / lanes) * lanes * width * width + k % lanes;
      for (int a = 0; a < per; ++a) {
        const int n = nodes[a];
        if (n < lower || n >= upper) continue;
        const int start = row_start_[n], length = 3 * (row_start_[n + 1] - start);
        double* rows = values + 9 * static_cast<std::size_t>(start);
        for (int b = 0; b < per; ++b) {
          const double* from = K + static_cast<std::size_t>(3 * a * width + 3 * b) * lanes;
          double* to = rows + 3 * slots[a * per + b];
          if (lanes == pack_width)
            add_block<pack_width>(from, width, to, length);
          else
            add_block<1>(from, width, to, length);
        }
      }
    }
  }
}

double Tangent::asymmetry() const {
  const double* values = matrix_.valuePtr();
  double largest = 0, difference = 0;
#pragma omp parallel for schedule(static) reduction(max : largest, difference)
  for (int n = 0; n < nodes_; ++n)
    for (int k = row_start_[n]; k < row_start_[n + 1]; ++k) {
      const Block own = block(n, k), other = block(matrix_.innerIndexPtr()[own.first] / 3, mirror_[k]);
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) {
          const double a = values[own.first + i * own.length + j];
          largest = std::max(largest, std::abs(a));
          difference = std::max(difference, std::abs(a - values[other.first + j * other.length + i]));
        }
    }
  return largest > 0 ? difference / largest : 0;
}

void Tangent::symmetric_part(Matrix& S) const {
  if (S.nonZeros() != matrix_.nonZeros() || S.rows() != matrix_.rows()) S = matrix_;
  const double* values = matrix_.valuePtr();
  double* to = S.valuePtr();
#pragma omp parallel for schedule(static)
  for (int n = 0; n < nodes_; ++n)
    for (int k = row_start_[n]; k < row_start_[n + 1]; ++k) {
      const Block own = block(n, k), other = block(matrix_.innerIndexPtr()[own.first] / 3, mirror_[k]);
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j)
          to[own.first + i * own.length + j] =
              0.5 * (values[own.first + i * own.length + j] + values[other.first + j * other.length + i]);
    }
}

} // namespace kypho

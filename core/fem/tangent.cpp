#include "core/fem/tangent.hpp"
#include "core/base/pack.hpp"
#include "core/base/row_pattern.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <omp.h>

namespace kypho {

void Tangent::couple(const void* owner, int per, std::vector<int> nodes) {
  elements_[owner] = {per, std::move(nodes), {}};
}

namespace {

/// An element that a node stands in.
struct Meeting {
  const int* nodes;
  int per;
};

} // namespace

void Tangent::finish() {
  std::vector<int> start(nodes_ + 1, 0);
  for (const auto& [owner, e] : elements_)
    for (const int n : e.nodes) ++start[n + 1];
  for (int n = 0; n < nodes_; ++n) start[n + 1] += start[n];
  std::vector<Meeting> meetings(start[nodes_]);
  std::vector<int> next(start.begin(), start.end() - 1);
  for (const auto& [owner, e] : elements_)
    for (std::size_t k = 0; k < e.nodes.size(); ++k) meetings[next[e.nodes[k]]++] = {&e.nodes[k - k % e.per], e.per};
  std::vector<int> column;
  row_pattern(
      nodes_, nodes_,
      [&](int n, auto&& add) {
        add(n);
        for (int k = start[n]; k < start[n + 1]; ++k) std::for_each_n(meetings[k].nodes, meetings[k].per, add);
      },
      row_start_, column);
  matrix_.resize(3 * nodes_, 3 * nodes_);
  matrix_.resizeNonZeros(9 * row_start_[nodes_]);
  int* outer = matrix_.outerIndexPtr();
  int* inner = matrix_.innerIndexPtr();
  outer[3 * nodes_] = 9 * row_start_[nodes_];
  const auto row_of = [&](int n) { return column.data() + row_start_[n]; };
#pragma omp parallel for schedule(static)
  for (int n = 0; n < nodes_; ++n) {
    const int* row = row_of(n);
    const int length = row_start_[n + 1] - row_start_[n];
    for (int i = 0; i < 3; ++i) {
      outer[3 * n + i] = 9 * row_start_[n] + 3 * i * length;
      int* to = inner + outer[3 * n + i];
      for (int k = 0; k < 3 * length; ++k) to[k] = 3 * row[k / 3] + k % 3;
    }
  }
  const auto place = [&](int n, int m) {
    const int* row = row_of(n);
    return static_cast<int>(std::lower_bound(row, row + (row_start_[n + 1] - row_start_[n]), m) - row);
  };
  mirror_.resize(row_start_[nodes_]);
#pragma omp parallel for schedule(static)
  for (int n = 0; n < nodes_; ++n)
    for (int k = row_start_[n]; k < row_start_[n + 1]; ++k) {
      mirror_[k] = row_start_[column[k]] + place(column[k], n);
    }
  for (auto& [owner, e] : elements_) {
    const int per = e.per;
    e.slots.resize(e.nodes.size() * per);
#pragma omp parallel for schedule(static)
    for (std::size_t k = 0; k < e.nodes.size(); ++k)
      for (int b = 0; b < per; ++b) e.slots[k * per + b] = place(e.nodes[k], e.nodes[k - k % per + b]);
  }
  clear();
}

void Tangent::clear() {
  double* values = matrix_.valuePtr();
#pragma omp parallel for schedule(static)
  for (int n = 0; n < nodes_; ++n) std::fill(values + 9L * row_start_[n], values + 9L * row_start_[n + 1], 0.0);
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

/// Calls @p pair with the first entries of blocks nm and mn, m >= n, and the lengths of their rows; each pair once.
template <class Pair>
void Tangent::for_mirrored(Pair&& pair) const {
#pragma omp parallel for schedule(static)
  for (int n = 0; n < nodes_; ++n) {
    const int* inner = matrix_.innerIndexPtr();
    for (int k = row_start_[n]; k < row_start_[n + 1]; ++k) {
      const Block own = block(n, k);
      const int m = inner[own.first] / 3;
      if (m < n) continue;
      pair(n, own, block(m, mirror_[k]));
    }
  }
}

double Tangent::asymmetry() const {
  const double* values = matrix_.valuePtr();
  std::vector<double> largest(nodes_, 0.0), difference(nodes_, 0.0);
  for_mirrored([&](int n, const Block& own, const Block& other) {
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) {
        const double a = values[own.first + i * own.length + j], b = values[other.first + j * other.length + i];
        largest[n] = std::max({largest[n], std::abs(a), std::abs(b)});
        difference[n] = std::max(difference[n], std::abs(a - b));
      }
  });
  const double most = *std::max_element(largest.begin(), largest.end());
  return most > 0 ? *std::max_element(difference.begin(), difference.end()) / most : 0;
}

void Tangent::symmetric_part(Matrix& S) const {
  if (S.nonZeros() != matrix_.nonZeros() || S.rows() != matrix_.rows()) S = matrix_;
  const double* values = matrix_.valuePtr();
  double* to = S.valuePtr();
  for_mirrored([&](int, const Block& own, const Block& other) {
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) {
        const int here = own.first + i * own.length + j, there = other.first + j * other.length + i;
        to[here] = to[there] = 0.5 * (values[here] + values[there]);
      }
  });
}

} // namespace kypho

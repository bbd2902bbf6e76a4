// What is taken from the terms, and the products. What a multigrid method needs beside them: tangent_levels.cpp.
#include "core/fem/tangent_product.hpp"

#include "core/base/ordered_sum.hpp"
#include "core/base/pack.hpp"
#include "core/fem/point_kernels.hpp"

#include <cassert>

namespace kypho {
namespace {

using namespace point_kernels;
constexpr int group = PointTangents::lanes, packs_per_group = group / wide;
constexpr double not_symmetric = 1e-10; // of the largest entry

/// Room for a group.
Eigen::VectorXf room(int numbers) { return Eigen::VectorXf(numbers * group); }

/// Where number @p k of lane @p l of a group lies, numbers in all.
constexpr int place(int numbers, int k, int l) { return (l / wide * numbers + k) * wide + l % wide; }

void round_to(float* to, const Pack& from) {
  for (int l = 0; l < pack_width; ++l) to[l] = static_cast<float>(from[l]);
}
void raise(Pack& largest, const Pack& x) { largest = larger(largest, larger(x, -x)); }
double largest_of(const Pack& x) {
  double all = 0;
  for (int l = 0; l < pack_width; ++l) all = std::max(all, x[l]);
  return all;
}

/// The tangent at one point of a pack of elements: both parts.
void split(const Pack* A, float* symmetric, float* skew, Pack& largest, Pack& difference) {
  unrolled<9>([&](auto k) __attribute__((always_inline)) {
    unrolled<9 - k>([&](auto next) __attribute__((always_inline)) {
      constexpr int m = k + next;
      const Pack half = 0.5 * (A[9 * k + m] + A[9 * m + k]);
      raise(largest, half);
      round_to(symmetric + at(k, m) * wide, half);
      if constexpr (m != k) {
        const Pack rest = 0.5 * (A[9 * k + m] - A[9 * m + k]);
        raise(difference, rest);
        round_to(skew + (at(k, m) - k - 1) * wide, rest);
      }
    });
  });
}

/// Pulls one row of a coupling back: [3i + J] to [3i + k].
Pack pulled(const double* from, const double* geometry, int i, int k) {
  Pack sum{};
  for (int J = 0; J < 3; ++J)
    sum += load_lanes<Pack>(from + (3 * i + J) * group) * load_lanes<Pack>(geometry + (3 * k + J) * group);
  return sum;
}

} // namespace

TangentProduct::TangentProduct(int nodes) : nodes_(nodes) {}

void TangentProduct::couple_points(const void* owner, std::vector<int> nodes) {
  assert(nodes.size() % (10 * group) == 0);
  owners_.emplace_back(owner, static_cast<int>(nodes_of_.size()) / 10);
  for (std::size_t e = 0; e < nodes.size(); e += 10) // padding joins the element before it
    if (nodes[e] == nodes[e + 1] && e > 0) std::copy_n(nodes.begin() + (e - 10), 10, nodes.begin() + e);
  nodes_of_.insert(nodes_of_.end(), nodes.begin(), nodes.end());
}

void TangentProduct::finish(const Tangent& others) {
  while (nodes_of_.size() % (10 * ElementBlocks::size) != 0)
    for (int a = 0; a < 10; ++a) nodes_of_.push_back(nodes_of_[nodes_of_.size() - 10]);
  blocks_ = ElementBlocks(nodes_, nodes_of_);
  const std::size_t elements = nodes_of_.size() / 10;
  tangents_.setZero(elements * symmetric_numbers);
  skew_.assign(elements / group, {});
  mean_ = mean_skew_ = skew_;
  make_room();
  find_parents();
  find_children();
  linear_ = std::make_unique<Tangent>(3 * corners_);
  std::vector<int> corners;
  corners.reserve(4 * elements);
  for (std::size_t e = 0; e < nodes_of_.size(); e += 10)
    for (int a = 0; a < 4; ++a) corners.push_back(parents_[nodes_of_[e + a]][0]);
  linear_->couple(this, 4, std::move(corners));
  std::vector<std::array<int, 2>> pairs;
  const auto& pattern = others.matrix();
  for (int n = 0; n < nodes_; ++n)
    for (int k = pattern.outerIndexPtr()[3 * n]; k < pattern.outerIndexPtr()[3 * n + 1]; k += 3)
      for (const int a : parents_[n])
        for (const int b : parents_[pattern.innerIndexPtr()[k] / 3])
          if (a < b) pairs.push_back({a, b});
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  std::vector<int> flat;
  for (const auto& [a, b] : pairs) flat.insert(flat.end(), {a, b});
  linear_->couple(&rows_, 2, std::move(flat));
  linear_->finish();
}

void TangentProduct::take_points(const void* owner, int first, const double* geometry, const double* A,
                                 const MeanCoupling* mean) {
  for (const auto& [who, from] : owners_)
    if (who == owner) first += from;
  const int g = first / group;
  float* to = tangents_.data() + static_cast<std::size_t>(g) * group * symmetric_numbers;
  alignas(64) float skew[skew_numbers * group], skew_of_mean[mean_skew_numbers * group];
  Pack largest{}, difference{};
  if (mean) mean_[g] = room(mean_numbers);
  for (int l = 0; l < group; l += pack_width) {
    const auto here = [l](float* begin, int numbers) { return begin + place(numbers, 0, l); };
    for (int q = 0; q < points; ++q) {
      Pack geo[10], a[81], pulled_back[81];
      const double* at_point = geometry + q * 10 * group + l;
      for (int k = 0; k < 10; ++k) geo[k] = load_lanes<Pack>(at_point + k * group);
      for (int k = 0; k < 81; ++k) a[k] = load_lanes<Pack>(A + (q * 81 + k) * group + l);
      pull_back(geo, a, pulled_back);
      split(pulled_back, here(to, symmetric_numbers) + q * upper * wide, here(skew, skew_numbers) + q * beside * wide,
            largest, difference);
      if (!mean) continue;
      float *c = here(mean_[g].data(), mean_numbers) + 9 * q * wide, *z = c + 36 * wide,
            *r = here(skew_of_mean, mean_skew_numbers) + 9 * q * wide;
      const int offset = 9 * q * group + l;
      for (int k = 0; k < 9; ++k) { // Z1 C^T + C Z2^T + s C C^T
        const Pack C = pulled(mean->C + offset, at_point, k / 3, k % 3), half = 0.5 * load_lanes<Pack>(mean->s + l) * C;
        const Pack left = pulled(mean->Z1 + offset, at_point, k / 3, k % 3) + half,
                   right = pulled(mean->Z2 + offset, at_point, k / 3, k % 3) + half;
        const Pack rest = 0.5 * (left - right);
        round_to(c + k * wide, C);
        round_to(z + k * wide, 0.5 * (left + right));
        round_to(r + k * wide, rest);
        // C is of the size of a volume, so that this compares like with like
        raise(difference, rest * C);
      }
    }
  }
  const bool keep = largest_of(difference) > not_symmetric * largest_of(largest);
  const auto kept = [](const float* from, int numbers) {
    return Eigen::Map<const Eigen::VectorXf>(from, numbers * group);
  };
  skew_[g].resize(0);
  mean_skew_[g].resize(0);
  if (keep) skew_[g] = kept(skew, skew_numbers);
  if (keep && mean) mean_skew_[g] = kept(skew_of_mean, mean_skew_numbers);
  if (!mean) mean_[g].resize(0);
}

void TangentProduct::close(const Tangent& others, const VectorX& extra, const std::vector<char>& fixed) {
  fix(fixed);
  extra_ = extra;
  has_extra_ = (extra.array() != 0).any();
  shift_ = 0;
  symmetric_ = others.asymmetry() <= not_symmetric;
  take_rows(others);
  for (const auto& skew : skew_) symmetric_ = symmetric_ && skew.size() == 0;
}

void TangentProduct::take_rows(const Tangent& others) {
  Tangent::Matrix half;
  if (!symmetric_) others.symmetric_part(half);
  const auto& K = others.matrix();
  const int *outer = K.outerIndexPtr(), *inner = K.innerIndexPtr();
  const double *values = K.valuePtr(), *halves = symmetric_ ? values : half.valuePtr();
  rows_ = {};
  rows_.start.push_back(0);
  for (int n = 0; n < nodes_; ++n) {
    const int first = outer[3 * n], length = outer[3 * n + 1] - first;
    if (std::all_of(values + first, values + first + 3 * length, [](double x) { return x == 0; })) continue;
    rows_.node.push_back(n);
    for (int k = 0; k < length; k += 3) {
      rows_.column.push_back(inner[first + k] / 3);
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) {
          rows_.values.push_back(values[first + i * length + k + j]);
          rows_.half.push_back(static_cast<float>(halves[first + i * length + k + j]));
        }
    }
    rows_.start.push_back(static_cast<int>(rows_.column.size()));
  }
}

namespace {

/// y += rows x, or less.
template <class R, class Rows, class Values>
void add_product(const Rows& rows, const Values& values, R sign, const R* x, R* y) {
#pragma omp parallel for schedule(static)
  for (std::size_t r = 0; r < rows.node.size(); ++r) {
    R sum[3] = {};
    for (int k = rows.start[r]; k < rows.start[r + 1]; ++k) {
      const auto* block = values.data() + 9 * static_cast<std::size_t>(k);
      const R* from = x + 3 * static_cast<std::size_t>(rows.column[k]);
      for (int i = 0; i < 3; ++i)
        sum[i] += block[3 * i] * from[0] + block[3 * i + 1] * from[1] + block[3 * i + 2] * from[2];
    }
    for (int i = 0; i < 3; ++i) y[3 * static_cast<std::size_t>(rows.node[r]) + i] += sign * sum[i];
  }
}

} // namespace

double TangentProduct::multiply(const double* x, double* y) const {
  constexpr int lanes = pack_lanes<double>, halves = wide / lanes;
  const auto kernel = [this](std::size_t pack, const PackOf<double>* u, PackOf<double>* f) {
    const std::size_t p = pack / halves, g = p / packs_per_group, in_group = p % packs_per_group;
    const std::size_t half = pack % halves * lanes;
    const auto of = [&](const std::vector<Eigen::VectorXf>& parts, int numbers) -> const float* {
      return parts[g].size() == 0 ? nullptr : parts[g].data() + in_group * numbers * wide + half;
    };
    apply<double>({tangents_.data() + p * symmetric_numbers * wide + half, of(skew_, skew_numbers),
                   of(mean_, mean_numbers), of(mean_skew_, mean_skew_numbers)},
                  u, f);
  };
  product_forces<double>(blocks_, kernel, x, reinterpret_cast<double*>(full_sums_.data()));
#pragma omp parallel for schedule(static)
  for (int n = 0; n < nodes_; ++n) {
    const RowOf<double> sum = full_sums_[blocks_.places[n][0]] + full_sums_[blocks_.places[n][1]];
    for (int i = 0; i < 3; ++i) {
      const std::size_t at = 3 * static_cast<std::size_t>(n) + i;
      y[at] = sum[i] + extra_[at] * x[at];
    }
  }
  add_product(rows_, rows_.values, 1.0, x, y);
  clear_fixed(y);
  return ordered_sums<1>(3 * nodes_, [&](int i, auto& sum) { sum[0] += x[i] * y[i]; })[0];
}

void TangentProduct::forces(const float* d, float* r) const {
  const auto kernel = [this](std::size_t p, const PackOf<float>* u, PackOf<float>* f) {
    const auto& mean = mean_[p / packs_per_group];
    apply<float>({tangents_.data() + p * symmetric_numbers * wide, nullptr,
                  mean.size() == 0 ? nullptr : mean.data() + p % packs_per_group * mean_numbers * wide, nullptr},
                 u, f);
  };
  product_forces<float>(blocks_, kernel, d, reinterpret_cast<float*>(single_sums_.data()));
  if (has_extra_ || shift_ != 0) {
#pragma omp parallel for schedule(static)
    for (int i = 0; i < 3 * nodes_; ++i) r[i] -= static_cast<float>(extra_[i] + shift_) * d[i];
  }
  add_product(rows_, rows_.half, -1.0f, d, r);
}

std::size_t TangentProduct::bytes() const {
  std::size_t floats = tangents_.size() + rows_.half.size();
  for (const auto* parts : {&skew_, &mean_, &mean_skew_})
    for (const auto& part : *parts) floats += part.size();
  return blocks_.bytes() + bytes_of_sums() +
         4 * (floats + nodes_of_.size() + rows_.node.size() + rows_.start.size() + rows_.column.size() + child_.size() +
              child_start_.size() + node_.size()) +
         8 * (rows_.values.size() + extra_.size() + parents_.size()) +
         12 * static_cast<std::size_t>(linear_ ? linear_->matrix().nonZeros() : 0);
}

} // namespace kypho

#include "solvers/multigrid/hierarchy.hpp"

#include "solvers/multigrid/lanczos.hpp"

#include <algorithm>

namespace kypho::multigrid {
namespace {

template <int M>
bool prepare_smoother(Level<M>& level) {
  const auto& A = level.A;
  std::vector<float> diagonal(static_cast<std::size_t>(M * M) * A.rows);
#pragma omp parallel for schedule(static)
  for (int i = 0; i < A.rows; ++i)
    for (int k = A.start[i]; k < A.start[i + 1]; ++k)
      if (A.column[k] == i) std::copy_n(A.block(k), M * M, diagonal.data() + static_cast<std::size_t>(M * M) * i);
  if (invert_blocks<M>(diagonal, A.rows, level.inverse) > 0) return false;
  const std::size_t n = static_cast<std::size_t>(M) * A.rows + padding;
  level.x.assign(n, 0.0f);
  level.r.assign(n, 0.0f);
  level.d.assign(n, 0.0f);
  const auto scale = [&](const float* r, float* z) { scale_blocks<M>(A.rows, level.inverse, r, z); };
  level.largest = largest_eigenvalue(static_cast<std::size_t>(M) * A.rows, scale, [&](const float* x, float* y) {
    std::fill(y, y + static_cast<std::size_t>(M) * A.rows, 0.0f);
    level.subtract_product(x, y);
#pragma omp parallel for schedule(static)
    for (int i = 0; i < M * A.rows; ++i) y[i] = -y[i];
  });
  return true;
}

} // namespace

template <int M>
void Level<M>::subtract_product(const float* d, float* r) const {
#pragma omp parallel for schedule(static)
  for (int i = 0; i < A.rows; ++i) {
    float* to = r + static_cast<std::size_t>(M) * i;
    store<M>(to, load<M>(to) - transposed_row(A, i, d));
  }
}

template <int M>
void Level<M>::restrict_to(const float* r, float* coarse) const {
  constexpr int ahead = 12; // blocks; they lie scattered
  const int last = static_cast<int>(columns.at.size()) - 1;
#pragma omp parallel for schedule(static)
  for (int J = 0; J < P.columns; ++J) {
    lanes<6> sum{};
    for (int c = columns.start[J]; c < columns.start[J + 1]; ++c) {
      const float* block = P.block(columns.at[c]);
      const float* next = P.block(columns.at[std::min(c + ahead, last)]);
      __builtin_prefetch(next);
      __builtin_prefetch(next + 16);
      const float* ri = r + static_cast<std::size_t>(M) * columns.row[c];
      for (int m = 0; m < M; ++m) sum += load<6>(block + 6 * m) * ri[m];
    }
    store<6>(coarse + static_cast<std::size_t>(6) * J, sum);
  }
}

template <int M>
void Level<M>::prolong(const float* coarse, float* d, float* x) const {
#pragma omp parallel for schedule(static)
  for (int i = 0; i < P.rows; ++i) {
    lanes<6> sum[M] = {};
    for (int k = P.start[i]; k < P.start[i + 1]; ++k) {
      const lanes<6> y = load<6>(coarse + static_cast<std::size_t>(6) * P.column[k]);
      for (int m = 0; m < M; ++m) sum[m] += load<6>(P.block(k) + 6 * m) * y;
    }
    for (int m = 0; m < M; ++m) {
      const std::size_t at = static_cast<std::size_t>(M) * i + m;
      d[at] = sum[m][0] + sum[m][1] + sum[m][2] + sum[m][3] + sum[m][4] + sum[m][5];
      x[at] += d[at];
    }
  }
}

template <int M>
std::size_t Level<M>::bytes() const {
  return A.bytes() + P.bytes() +
         4 * (inverse.size() + columns.start.size() + columns.row.size() + columns.at.size() + x.size() + r.size() +
              d.size());
}

template <int M>
bool Hierarchy::coarsen(Level<M>& from, Eigen::MatrixXd& modes, float strength, std::vector<char>& apart) {
  const Aggregates aggregates = aggregate(from.A, strength, apart);
  if (aggregates.count == 0 || 6 * aggregates.count > 0.8 * M * from.A.rows) return false; // it does not get smaller
  const Tentative<M> rigid = tentative<M>(aggregates, modes);
  from.P = smoothed_prolongator(from.A, from.inverse, 4.0f / (3.0f * from.largest), aggregates, rigid);
  from.columns = columns_of(from.P);
  Level<6> to;
  to.A = galerkin(from.A, from.P, from.columns, rigid.missing);
  modes = rigid.modes;
  std::vector<char> coarse_apart(aggregates.count, 0);
  for (int i = 0; i < from.A.rows; ++i)
    if (apart[i] && aggregates.of[i] >= 0) coarse_apart[aggregates.of[i]] = 1;
  apart.swap(coarse_apart);
  coarse_.push_back(std::move(to));
  return true;
}

bool Hierarchy::build(BlockRows<3, 3> A, const Eigen::MatrixXd& modes, std::vector<char> apart,
                      const Options& options) {
  options_ = options;
  coarse_.clear();
  coarse_.reserve(options.most_levels); // levels are referred to while others are added
  first_ = {};
  first_.A = std::move(A);
  if (!prepare_smoother(first_)) return false;
  float strength = options.strength;
  Eigen::MatrixXd now = modes;
  int size = 3 * first_.A.rows;
  for (; size > options.bottom && levels() < options.most_levels; strength *= 0.5f) {
    if (!(coarse_.empty() ? coarsen(first_, now, strength, apart) : coarsen(coarse_.back(), now, strength, apart)))
      break;
    if (!prepare_smoother(coarse_.back())) return false;
    size = 6 * coarse_.back().A.rows;
  }
  return coarse_.empty() ? prepare_bottom(first_) : prepare_bottom(coarse_.back());
}

template <int M>
bool Hierarchy::prepare_bottom(const Level<M>& level) {
  constexpr int most = 1200; // squared floats for every cycle, cubed operations to make it
  bottom_.resize(0, 0);
  const auto& A = level.A;
  if (M * A.rows > most) return true;
  Eigen::MatrixXd full = Eigen::MatrixXd::Zero(M * A.rows, M * A.rows);
  for (int i = 0; i < A.rows; ++i)
    for (int k = A.start[i]; k < A.start[i + 1]; ++k)
      full.block<M, M>(M * i, M * A.column[k]) =
          Eigen::Map<const Eigen::Matrix<float, M, M>>(A.block(k)).template cast<double>();
  const Eigen::LLT<Eigen::MatrixXd> factor(full);
  if (factor.info() != Eigen::Success) return false;
  bottom_ = factor.solve(Eigen::MatrixXd::Identity(M * A.rows, M * A.rows)).template cast<float>();
  return true;
}

template <int M>
void Hierarchy::descend(Level<M>& level, std::size_t depth) {
  float *x = level.x.data(), *r = level.r.data(), *d = level.d.data();
  if (depth == coarse_.size() && bottom_.size() > 0) {
    Eigen::Map<Eigen::VectorXf>(x, bottom_.rows()).noalias() =
        bottom_ * Eigen::Map<const Eigen::VectorXf>(r, bottom_.rows());
    return;
  }
  const bool last = depth == coarse_.size();
  const int times = static_cast<int>(depth) >= options_.twice_from ? 2 : 1;
  for (int k = 0; k < times; ++k) {
    smooth(level, options_.steps, k == 0, true, x, r, d);
    if (!last) {
      Level<6>& below = coarse_[depth];
      level.restrict_to(r, below.r.data());
      descend(below, depth + 1);
      level.prolong(below.x.data(), d, x);
      level.subtract_product(d, r);
    }
    smooth(level, options_.steps, false, k + 1 < times, x, r, d);
  }
}

void Hierarchy::cycle() { descend(first_, 0); }

std::size_t Hierarchy::bytes() const {
  std::size_t sum = first_.bytes() + 4 * static_cast<std::size_t>(bottom_.size());
  for (const Level<6>& level : coarse_) sum += level.bytes();
  return sum;
}

std::vector<int> Hierarchy::sizes() const {
  std::vector<int> all{3 * first_.A.rows};
  for (const Level<6>& level : coarse_) all.push_back(6 * level.A.rows);
  return all;
}

} // namespace kypho::multigrid

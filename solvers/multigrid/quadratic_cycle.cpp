#include "solvers/multigrid/quadratic_cycle.hpp"

#include "solvers/multigrid/lanczos.hpp"

#include <algorithm>

namespace kypho::multigrid {

/// @param steps of Lanczos' method
bool QuadraticCycle::prepare_smoother(int steps) {
  const int nodes = K_->nodes();
  if (invert_blocks<3>(K_->diagonal(), nodes, inverse_) > 0) return false;
  for (int i = 0; i < 3 * nodes; ++i)
    if (fixed_[i]) inverse_[3 * static_cast<std::size_t>(i) + i % 3] = 0; // its row and column are zero beside it
  const std::size_t n = 3 * static_cast<std::size_t>(nodes) + padding;
  x.assign(n, 0.0f);
  r.assign(n, 0.0f);
  d_.assign(n, 0.0f);
  z_.assign(patches_.empty() ? 0 : n, 0.0f);
  std::vector<float> padded(n);
  const auto scaled = [&](const float* from, float* z) { scale(from, z); };
  const auto multiply = [&](const float* from, float* y) {
#pragma omp parallel for schedule(static)
    for (int i = 0; i < 3 * nodes; ++i) {
      padded[i] = -from[i];
      y[i] = 0;
    }
    K_->subtract_product(padded.data(), y);
  };
  largest_ = largest_eigenvalue(3 * static_cast<std::size_t>(nodes), scaled, multiply, steps);
  return true;
}

void QuadraticCycle::find_children() {
  const auto& parents = K_->parents();
  start_.assign(K_->corners() + 1, 0);
  for (const auto& [a, b] : parents) {
    ++start_[a + 1];
    if (b != a) ++start_[b + 1];
  }
  for (int c = 0; c < K_->corners(); ++c) start_[c + 1] += start_[c];
  child_.resize(start_[K_->corners()]);
  node_.resize(K_->corners());
  std::vector<int> next(start_.begin(), start_.end() - 1);
  for (int k = 0; k < K_->nodes(); ++k) {
    const auto [a, b] = parents[k];
    child_[next[a]++] = k;
    if (b != a)
      child_[next[b]++] = k;
    else
      node_[a] = k;
  }
}

bool QuadraticCycle::build(const MatrixFreeStiffness& K, const Eigen::MatrixXd& modes, const Options& options) {
  K_ = &K;
  options_ = options;
  options_.steps = options.quadratic_steps;
  fixed_ = K.fixed();
  if (!patches_.build(K)) return false;
  if (!patches_.empty()) ++options_.steps; // what the linear level brings has to be freed of its changes of volume
  if (!prepare_smoother(lanczos_steps)) return false;
  find_children();
  const int corners = K.corners(), given = static_cast<int>(modes.rows()) / 3;
  Eigen::MatrixXd of_corners = Eigen::MatrixXd::Zero(3 * corners, 6);
  BlockRows<3, 3> A = blocks_of(K.linear_level(), true);
  std::vector<char> apart(corners, 0);
  int known = 0; // corners of the body; those that are not come last, as their nodes do
  for (int c = 0; c < corners; ++c)
    if (node_[c] < given) {
      of_corners.middleRows<3>(3 * c) = modes.middleRows<3>(3 * node_[c]);
      known = c + 1;
    }
  if (known > 0) {
    extend_modes(A, known, of_corners);
    std::fill(apart.begin() + known, apart.end(), 1);
  } else
    for (int i = 0; i < 3 * corners; ++i) of_corners(i, i % 3) = 1;
  remove_loose(A, of_corners);
  Options below = options; // small beside the quadratic level: its steps cost little
  below.steps = std::min(most_steps, options_.steps + 2);
  --below.twice_from;
  return linear_.build(std::move(A), of_corners, std::move(apart), below);
}

bool QuadraticCycle::refresh(const MatrixFreeStiffness& K) {
  if (&K != K_ || K.corners() != static_cast<int>(node_.size()) || K.fixed() != fixed_) return false;
  // It hangs on the shapes of the elements more than on their tangents: few steps, and not much less than before.
  const float before = largest_;
  if (!prepare_smoother(4)) return false;
  largest_ = std::max(largest_, 0.97f * before);
  return true;
}

void QuadraticCycle::scale(const float* from, float* z) const {
  scale_blocks<3>(K_->nodes(), inverse_, from, z);
  if (patches_.empty()) return;
  patches_.solve(from, z);
  K_->clear_fixed(z);
}

/// r -= K d, and with it the next step in the same pass over the nodes. @param whole x has not been made of what d brought
void QuadraticCycle::product_and_step(const Step& s, float whole) {
  K_->forces(d_.data(), r.data());
  const bool patched = !patches_.empty();
#pragma omp parallel for schedule(static)
  for (int n = 0; n < K_->nodes(); ++n) {
    const std::size_t at = 3 * static_cast<std::size_t>(n);
    lanes<3> left = load<3>(r.data() + at) - K_->force(n);
    store<3>(r.data() + at, left);
    if (patched) continue;
    const float now[3] = {left[0], left[1], left[2]};
    const lanes<3> z = scale_block<3>(inverse_.data() + 3 * at, now), before = load<3>(d_.data() + at);
    const lanes<3> d = (s.fresh_d ? lanes<3>{} : s.c * before) + s.a * z;
    store<3>(d_.data() + at, d);
    store<3>(x.data() + at, load<3>(x.data() + at) + whole * before + s.weight * d);
  }
  if (patched) step_in_patches(s, whole);
}

void QuadraticCycle::step_in_patches(const Step& s, float whole) {
  scale(r.data(), z_.data());
  const int n = 3 * K_->nodes();
#pragma omp parallel for schedule(static)
  for (int i = 0; i < n; ++i) {
    const float before = d_[i];
    d_[i] = (s.fresh_d ? 0.0f : s.c * before) + s.a * z_[i];
    x[i] = (s.fresh_x ? 0.0f : x[i]) + whole * before + s.weight * d_[i];
  }
}

void QuadraticCycle::first_step() {
  const Step s = step_of(0, options_.steps, largest_);
  if (!patches_.empty()) return step_in_patches({s.c, s.a, s.weight, true, true}, 0);
#pragma omp parallel for schedule(static)
  for (int n = 0; n < K_->nodes(); ++n) {
    const std::size_t at = 3 * static_cast<std::size_t>(n);
    const lanes<3> d = s.a * scale_block<3>(inverse_.data() + 3 * at, r.data() + at);
    store<3>(d_.data() + at, d);
    store<3>(x.data() + at, s.weight * d);
  }
}

void QuadraticCycle::restrict_residual() {
  const auto& parents = K_->parents();
  Level<3>& below = linear_.first();
#pragma omp parallel for schedule(static)
  for (int c = 0; c < K_->corners(); ++c) {
    lanes<3> sum{};
    for (int k = start_[c]; k < start_[c + 1]; ++k) {
      const int n = child_[k];
      const float share = parents[n][0] == parents[n][1] ? 1.0f : 0.5f;
      sum += share * load<3>(r.data() + 3 * static_cast<std::size_t>(n));
    }
    for (int i = 0; i < 3; ++i) // though free middles lie beside it
      if (fixed_[3 * static_cast<std::size_t>(node_[c]) + i]) sum[i] = 0;
    store<3>(below.r.data() + 3 * static_cast<std::size_t>(c), sum);
  }
}

void QuadraticCycle::prolong_correction() {
  const auto& parents = K_->parents();
  const Level<3>& below = linear_.first();
#pragma omp parallel for schedule(static)
  for (int n = 0; n < K_->nodes(); ++n) {
    const float* a = below.x.data() + 3 * static_cast<std::size_t>(parents[n][0]);
    const float* b = below.x.data() + 3 * static_cast<std::size_t>(parents[n][1]);
    store<3>(d_.data() + 3 * static_cast<std::size_t>(n), 0.5f * (load<3>(a) + load<3>(b)));
  }
  K_->clear_fixed(d_.data());
}

void QuadraticCycle::cycle() {
  const int steps = options_.steps;
  first_step();
  for (int k = 1; k < steps; ++k) product_and_step(step_of(k, steps, largest_), 0);
  K_->subtract_product(d_.data(), r.data());
  restrict_residual();
  linear_.cycle();
  prolong_correction();
  for (int k = 0; k < steps; ++k) product_and_step(step_of(k, steps, largest_), k == 0 ? 1.0f : 0.0f);
}

std::size_t QuadraticCycle::bytes() const {
  return K_->bytes() + linear_.bytes() + patches_.bytes() +
         4 * (inverse_.size() + z_.size() + x.size() + r.size() + d_.size() + start_.size() + child_.size());
}

} // namespace kypho::multigrid

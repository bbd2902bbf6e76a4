#pragma once
// Largest eigenvalue of D^-1 A: conjugate gradients on A x = b give the tridiagonal matrix of Lanczos' method (Saad 2003,
// Iterative Methods for Sparse Linear Systems, sec. 6.7.3).
#include "core/base/ordered_sum.hpp"
#include "solvers/multigrid/smoother.hpp"

#include <Eigen/Dense>
#include <cmath>

namespace kypho::multigrid {

constexpr int lanczos_steps = 10;

/// @param n unknowns   @param precondition(r, z) z = D^-1 r   @param multiply(x, y) y = A x
/// @return with a margin for what so few steps miss; 1 for an empty or zero matrix
template <class Precondition, class Multiply>
float largest_eigenvalue(std::size_t n, Precondition&& precondition, Multiply&& multiply, int steps = lanczos_steps) {
  constexpr double margin = 1.08;
  std::vector<float> r(n + padding), z(n + padding), p(n), q(n);
  std::uint32_t state = 12345;
  for (std::size_t i = 0; i < n; ++i) { // a start that has a share of every vector
    state = state * 1664525u + 1013904223u;
    r[i] = static_cast<float>(state >> 8) / 16777216.0f - 0.5f;
  }
  const auto dot = [&](const std::vector<float>& a, const std::vector<float>& b) {
    return ordered_sums<1>(static_cast<int>(n), [&](int i, auto& s) { s[0] += double(a[i]) * b[i]; })[0];
  };
  std::vector<double> diagonal, beside;
  double rz = 0, alpha_before = 0, beta = 0;
  for (int k = 0; k < steps; ++k) {
    precondition(r.data(), z.data());
    const double rz_now = dot(r, z);
    if (!(rz_now > 0)) break;
    beta = k == 0 ? 0 : rz_now / rz;
    rz = rz_now;
    const auto b = static_cast<float>(beta);
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < n; ++i) p[i] = z[i] + b * p[i];
    multiply(p.data(), q.data());
    const double pq = dot(p, q);
    if (!(pq > 0)) break;
    const double alpha = rz / pq;
    diagonal.push_back(1 / alpha + (k == 0 ? 0 : beta / alpha_before));
    if (k > 0) beside.push_back(std::sqrt(beta) / alpha_before);
    alpha_before = alpha;
    const auto a = static_cast<float>(alpha);
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < n; ++i) r[i] -= a * q[i];
  }
  if (diagonal.empty()) return 1;
  const int m = static_cast<int>(diagonal.size());
  Eigen::MatrixXd T = Eigen::MatrixXd::Zero(m, m);
  for (int k = 0; k < m; ++k) {
    T(k, k) = diagonal[k];
    if (k > 0) T(k, k - 1) = T(k - 1, k) = beside[k - 1];
  }
  return static_cast<float>(margin * Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(T).eigenvalues()[m - 1]);
}

} // namespace kypho::multigrid

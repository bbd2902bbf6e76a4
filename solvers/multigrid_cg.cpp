// Conjugate gradients in double precision, preconditioned by one V-cycle of smoothed aggregation in floats.
#include "core/base/errors.hpp"
#include "solvers/linear_pattern.hpp"
#include "solvers/multigrid/hierarchy.hpp"
#include "solvers/ordered_sum.hpp"

#include <cmath>

namespace kypho {
namespace {

using multigrid::BlockRows;
using multigrid::Hierarchy;

/// Whether rows come in threes with the same columns, which come in threes too.
bool in_blocks(const SparseMatrix& K) {
  if (K.rows() % 3 != 0) return false;
  const int *outer = K.outerIndexPtr(), *inner = K.innerIndexPtr();
  int bad = 0;
#pragma omp parallel for schedule(static) reduction(+ : bad)
  for (int n = 0; n < static_cast<int>(K.rows() / 3); ++n) {
    const int first = outer[3 * n], length = outer[3 * n + 1] - first;
    if (length % 3 != 0 || outer[3 * n + 2] - outer[3 * n + 1] != length ||
        outer[3 * n + 3] - outer[3 * n + 2] != length) {
      ++bad;
      continue;
    }
    for (int k = 0; k < length; ++k)
      bad += inner[first + k] != inner[first + k / 3 * 3] + k % 3 || inner[first + k / 3 * 3] % 3 != 0 ||
             inner[first + length + k] != inner[first + k] || inner[first + 2 * length + k] != inner[first + k];
  }
  return bad == 0;
}

/// The blocks of K in floats, each stored transposed. Rows beyond those of K, up to a multiple of three, are 1.
BlockRows<3, 3> blocks_of(const SparseMatrix& K) {
  BlockRows<3, 3> A;
  const int rows = static_cast<int>(K.rows()), nodes = (rows + 2) / 3;
  A.rows = A.columns = nodes;
  A.start.assign(nodes + 1, 0);
  const int *outer = K.outerIndexPtr(), *inner = K.innerIndexPtr();
  const double* values = K.valuePtr();
  if (in_blocks(K)) {
    for (int n = 0; n < nodes; ++n) A.start[n + 1] = A.start[n] + (outer[3 * n + 1] - outer[3 * n]) / 3;
    A.column.resize(A.start[nodes]);
    A.resize_values();
#pragma omp parallel for schedule(static)
    for (int n = 0; n < nodes; ++n) {
      const int length = outer[3 * n + 1] - outer[3 * n];
      for (int k = 0; k < length / 3; ++k) {
        A.column[A.start[n] + k] = inner[outer[3 * n] + 3 * k] / 3;
        float* block = A.block(A.start[n] + k);
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j) block[3 * j + i] = static_cast<float>(values[outer[3 * n + i] + 3 * k + j]);
      }
    }
    return A;
  }
  std::vector<int> seen(nodes, -1);
  for (int pass = 0; pass < 2; ++pass) {
    int at = 0;
    for (int n = 0; n < nodes; ++n) {
      const int first = at;
      for (int r = 3 * n; r < std::min(rows, 3 * n + 3); ++r)
        for (int k = outer[r]; k < outer[r + 1]; ++k)
          if (const int m = inner[k] / 3; pass == 0 && seen[m] != n) seen[m] = n, A.column.push_back(m), ++at;
      if (pass == 0) {
        if (seen[n] != n) A.column.push_back(n), ++at;
        std::sort(A.column.begin() + first, A.column.end());
        A.start[n + 1] = at;
        continue;
      }
      std::vector<int>& place = seen;
      for (int k = A.start[n]; k < A.start[n + 1]; ++k) place[A.column[k]] = k;
      for (int r = 3 * n; r < 3 * n + 3; ++r) {
        if (r >= rows) {
          A.block(place[n])[4 * (r - 3 * n)] = 1;
          continue;
        }
        for (int k = outer[r]; k < outer[r + 1]; ++k)
          A.block(place[inner[k] / 3])[3 * (inner[k] % 3) + r - 3 * n] = static_cast<float>(values[k]);
      }
    }
    if (pass == 0) A.resize_values();
  }
  return A;
}

/// y = K x and the inner product x . y.
double multiply(const SparseMatrix& K, const VectorX& x, VectorX& y) {
  const int *outer = K.outerIndexPtr(), *inner = K.innerIndexPtr();
  const double* values = K.valuePtr();
  return ordered_sums<1>(static_cast<int>(K.rows()), [&](int i, auto& sum) {
    double row = 0;
    for (int k = outer[i]; k < outer[i + 1]; ++k) row += values[k] * x[inner[k]];
    y[i] = row;
    sum[0] += row * x[i];
  })[0];
}

class MultigridCg final : public LinearSolver {
public:
  void setup(const SparseMatrix& K, const Eigen::MatrixXd& modes, Definiteness definiteness) override {
    require_square(K, "multigrid");
    if (definiteness != Definiteness::positive_definite)
      throw BackendError("multigrid: conjugate gradients need a positive definite matrix");
    const Stopwatch watch;
    ready_ = false;
    K_ = &K;
    BlockRows<3, 3> A = blocks_of(K);
    Eigen::MatrixXd near_null = Eigen::MatrixXd::Zero(3 * A.rows, 6);
    if (modes.rows() == K.rows())
      near_null.topRows(K.rows()) = modes;
    else
      for (int i = 0; i < 3 * A.rows; ++i) near_null(i, i % 3) = 1;
#pragma omp parallel for schedule(static)
    for (int n = 0; n < A.rows; ++n) // an unknown that stands alone has no share in any motion
      for (int i = 0; i < 3; ++i) {
        float beside = 0;
        for (int k = A.start[n]; k < A.start[n + 1]; ++k)
          for (int j = 0; j < 3; ++j)
            if (A.column[k] != n || i != j) beside += std::abs(A.block(k)[3 * j + i]);
        if (beside == 0) near_null.row(3 * n + i).setZero();
      }
    if (!hierarchy_.build(std::move(A), near_null, {}))
      throw BackendError("multigrid: a diagonal block is not positive; the matrix is not positive definite");
    ready_ = true;
    setup_s_ = watch.seconds();
  }

  LinearReport solve(const VectorX& b, VectorX& x, double accuracy) override {
    require_setup(ready_ ? K_->rows() : 0, b, "multigrid");
    const Stopwatch watch;
    const int n = static_cast<int>(b.size());
    if (x.size() != n || !x.allFinite() || b.norm() == 0) x = VectorX::Zero(n);
    LinearReport report;
    const double scale = b.norm();
    VectorX r(n), z(n), p = VectorX::Zero(n), q(n);
    multiply(*K_, x, q);
    r = b - q;
    double rr = r.squaredNorm(), rz = 0, beta = 0;
    auto& first = hierarchy_.first();
    bool definite = true;
    const double target = accuracy * (scale > 0 ? scale : 1);
    while (std::sqrt(rr) > target && report.iterations < 1000) {
      const double size = std::sqrt(rr);
#pragma omp parallel for schedule(static)
      for (int i = 0; i < n; ++i) first.r[i] = static_cast<float>(r[i] / size);
      hierarchy_.cycle();
      const double rz_before = rz;
      const auto sums = ordered_sums<2>(n, [&](int i, auto& s) {
        z[i] = size * first.x[i];
        s[0] += z[i] * r[i];
        s[1] += z[i] * q[i];
      });
      rz = sums[0];
      beta = report.iterations == 0 ? 0 : -alpha_ * sums[1] / rz_before; // flexible: the cycle is rounded to floats
#pragma omp parallel for schedule(static)
      for (int i = 0; i < n; ++i) p[i] = z[i] + beta * p[i];
      const double pq = multiply(*K_, p, q);
      if (!(pq > 0) || !(rz > 0)) {
        definite = false;
        break;
      }
      alpha_ = rz / pq;
      rr = ordered_sums<1>(n, [&](int i, auto& s) {
        x[i] += alpha_ * p[i];
        r[i] -= alpha_ * q[i];
        s[0] += r[i] * r[i];
      })[0];
      ++report.iterations;
    }
    report.relative_residual = relative_residual(*K_, b, x);
    report.converged =
        definite && std::isfinite(report.relative_residual) && report.relative_residual < 10 * accuracy;
    report.setup_s = setup_s_;
    report.solve_s = watch.seconds();
    return report;
  }

private:
  const SparseMatrix* K_ = nullptr;
  Hierarchy hierarchy_;
  bool ready_ = false;
  double setup_s_ = 0, alpha_ = 0;
};

} // namespace

LinearSolverInfo backend_multigrid() {
  return {"multigrid",
          "conjugate gradients with smoothed aggregation on the rigid motions, in floats; for large stiffnesses",
          [] { return std::unique_ptr<LinearSolver>(std::make_unique<MultigridCg>()); }};
}

} // namespace kypho

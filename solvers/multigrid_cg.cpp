// Conjugate gradients in double precision, preconditioned by one V-cycle of smoothed aggregation in floats.
#include "core/base/errors.hpp"
#include "core/base/ordered_sum.hpp"
#include "solvers/linear_pattern.hpp"
#include "solvers/multigrid/quadratic_cycle.hpp"
#include "solvers/sparse_product.hpp"

#include <cmath>

namespace kypho {
namespace {

using multigrid::BlockRows;
using multigrid::Hierarchy;

class MultigridCg final : public LinearSolver {
public:
  void setup(const SparseMatrix& K, const Eigen::MatrixXd& modes, Definiteness definiteness) override {
    require_square(K, "multigrid");
    if (definiteness != Definiteness::positive_definite)
      throw BackendError("multigrid: conjugate gradients need a positive definite matrix");
    const Stopwatch watch;
    kept_ = ready_ && K_ && pattern_.same_as_before(K) && !worn();
    K_ = &K;
    products_ = nullptr;
    if (!kept_) {
      threes_ = in_threes(K);
      pattern_.same_as_before(K);
      modes_ = modes;
      build();
    }
    setup_s_ = watch.seconds();
  }

  void setup(const MatrixFreeStiffness& K, const Eigen::MatrixXd& modes, Definiteness definiteness) override {
    if (definiteness != Definiteness::positive_definite)
      throw BackendError("multigrid: conjugate gradients need a positive definite matrix");
    const Stopwatch watch;
    kept_ = ready_ && products_ == &K && !worn() && quadratic_.refresh(K);
    K_ = nullptr;
    products_ = &K;
    if (!kept_) {
      modes_ = modes;
      build();
    }
    setup_s_ = watch.seconds();
  }

  void precondition(const VectorX& r, VectorX& z) override {
    const int n = static_cast<int>(r.size());
    const double size = r.norm();
    z.resize(n);
    if (size == 0) return z.setZero(), void();
    float* from = K_ ? hierarchy_.first().r.data() : quadratic_.r.data();
#pragma omp parallel for schedule(static)
    for (int i = 0; i < n; ++i) from[i] = static_cast<float>(r[i] / size);
    if (K_)
      hierarchy_.cycle();
    else
      quadratic_.cycle();
    const float* to = K_ ? hierarchy_.first().x.data() : quadratic_.x.data();
#pragma omp parallel for schedule(static)
    for (int i = 0; i < n; ++i) z[i] = size * to[i];
  }

  bool takes_products() const override { return true; }
  void make_anew() override { ready_ = false; }
  /// The rule: a hierarchy is kept until it needs half as many iterations again as when it was new.
  void took(double per_decade) override {
    if (fresh_ == 0) fresh_ = per_decade;
    now_ = per_decade;
  }

  LinearReport solve(const VectorX& b, VectorX& x, double accuracy) override {
    require_setup(!ready_ ? 0 : K_ ? K_->rows() : 3 * products_->nodes(), b, "multigrid");
    const auto run = [&](int most) {
      return K_ ? with_matrix(b, x, accuracy, most) : with_products(b, x, accuracy, most);
    };
    if (!kept_) return run(most_iterations);
    const double decades = -std::log10(std::min(0.1, accuracy));
    const LinearReport report = run(static_cast<int>(2 * fresh_ * decades) + 10);
    if (report.converged) return report;
    build(); // too far from the matrix that it was made for
    kept_ = false;
    LinearReport again = run(most_iterations);
    again.iterations += report.iterations;
    again.solve_s += report.solve_s;
    return again;
  }

private:
  bool worn() const { return now_ > 1.5 * fresh_ + 1; }

  LinearReport with_matrix(const VectorX& b, VectorX& x, double accuracy, int most) {
    auto& first = hierarchy_.first();
    return iterate(
        b, x, accuracy, most, [&](const double* p, double* q) { return multiply(*K_, threes_, p, q); },
        [&] { hierarchy_.cycle(); }, first.r.data(), first.x.data());
  }

  LinearReport with_products(const VectorX& b, VectorX& x, double accuracy, int most) {
    return iterate(
        b, x, accuracy, most, [&](const double* p, double* q) { return products_->multiply(p, q); },
        [&] { quadratic_.cycle(); }, quadratic_.r.data(), quadratic_.x.data());
  }

  void build() {
    ready_ = false;
    fresh_ = now_ = 0;
    if (!(K_ ? build_matrix() : quadratic_.build(*products_, modes_, {})))
      throw BackendError("multigrid: a diagonal block is not positive; the matrix is not positive definite");
    ready_ = true;
  }

  bool build_matrix() {
    BlockRows<3, 3> A = multigrid::blocks_of(*K_, threes_);
    Eigen::MatrixXd near_null = Eigen::MatrixXd::Zero(3 * A.rows, 6);
    const int known = static_cast<int>(modes_.rows()) / 3;
    std::vector<char> apart(A.rows, 0);
    if (known > 0) {
      near_null.topRows(3 * known) = modes_.topRows(3 * known);
      multigrid::extend_modes(A, known, near_null);
      std::fill(apart.begin() + known, apart.end(), 1);
    } else
      for (int i = 0; i < 3 * A.rows; ++i) near_null(i, i % 3) = 1;
    multigrid::remove_loose(A, near_null);
    return hierarchy_.build(std::move(A), near_null, std::move(apart), {});
  }

  static constexpr int most_iterations = 300;
  /// Flexible in beta, because the cycle is rounded to floats (Notay 2000, SIAM J Sci Comput 22:1444).
  /// @param product q = K p, returns p . q   @param cycle from short_r to short_z
  template <class Product, class Cycle>
  LinearReport iterate(const VectorX& b, VectorX& x, double accuracy, int most, Product&& product, Cycle&& cycle,
                       float* short_r, const float* short_z) {
    const Stopwatch watch;
    const int n = static_cast<int>(b.size());
    const double scale = b.norm();
    if (x.size() != n || !x.allFinite() || scale == 0) x = VectorX::Zero(n);
    LinearReport report;
    VectorX r(n), p = VectorX::Zero(n + 1), q(n + 1);
    p.head(n) = x;
    product(p.data(), q.data());
    r = b - q.head(n);
    p.setZero();
    double rr = r.squaredNorm(), rz = 0, alpha = 0;
    const double start = std::sqrt(rr);
    bool definite = true;
    const double target = accuracy * (scale > 0 ? scale : 1);
    double size = start; // of r when it was rounded
#pragma omp parallel for schedule(static)
    for (int i = 0; i < n; ++i) short_r[i] = size > 0 ? static_cast<float>(r[i] / size) : 0.0f;
    while (std::sqrt(rr) > target && report.iterations < most) {
      cycle();
      const double rz_before = rz;
      const auto sums = ordered_sums<2>(n, [&](int i, auto& s) {
        s[0] += size * short_z[i] * r[i];
        s[1] += size * short_z[i] * q[i];
      });
      rz = sums[0];
      const double beta = report.iterations == 0 ? 0 : -alpha * sums[1] / rz_before;
#pragma omp parallel for schedule(static)
      for (int i = 0; i < n; ++i) p[i] = size * short_z[i] + beta * p[i];
      const double pq = product(p.data(), q.data());
      if (!(pq > 0) || !(rz > 0)) {
        definite = false;
        break;
      }
      alpha = rz / pq;
      size = std::sqrt(rr);
      rr = ordered_sums<1>(n, [&](int i, auto& s) {
        x[i] += alpha * p[i];
        r[i] -= alpha * q[i];
        short_r[i] = static_cast<float>(r[i] / size);
        s[0] += r[i] * r[i];
      })[0];
      ++report.iterations;
    }
    p.head(n) = x;
    product(p.data(), q.data());
    report.relative_residual = (b - q.head(n)).norm() / (scale > 0 ? scale : 1);
    report.converged = definite && std::isfinite(report.relative_residual) && report.relative_residual < 10 * accuracy;
    if (report.iterations > 0 && rr > 0)
      took(report.converged ? report.iterations / std::max(0.5, std::log10(start / std::sqrt(rr))) : 1e9);
    report.setup_s = setup_s_;
    report.solve_s = watch.seconds();
    return report;
  }

  const SparseMatrix* K_ = nullptr;
  const MatrixFreeStiffness* products_ = nullptr;
  Hierarchy hierarchy_;
  multigrid::QuadraticCycle quadratic_;
  PatternMemory pattern_;
  bool threes_ = false; ///< of K
  Eigen::MatrixXd modes_;
  bool ready_ = false, kept_ = false; ///< the hierarchy is of an earlier matrix
  double setup_s_ = 0;
  double fresh_ = 0, now_ = 0; ///< iterations per decade when the hierarchy was new, and last
};

} // namespace

LinearSolverInfo backend_multigrid() {
  return {"multigrid",
          "conjugate gradients with smoothed aggregation on the rigid motions, in floats; for large stiffnesses",
          [] { return std::unique_ptr<LinearSolver>(std::make_unique<MultigridCg>()); }};
}

} // namespace kypho

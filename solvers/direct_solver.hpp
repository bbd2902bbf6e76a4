#pragma once
// A factorisation of Eigen's making as a linear solver. Backend gives
//   Factor              the factorisation, of a column-major matrix
//   name                for messages
//   Alone               an object that lives while the library works
//   require(definiteness), check(factor, definiteness)   throw BackendError for what the factorisation cannot take
#include "core/base/errors.hpp"
#include "solvers/linear_pattern.hpp"

#include <cmath>

namespace kypho {

template <class Backend>
class DirectSolver final : public LinearSolver {
public:
  using LinearSolver::setup;
  void setup(const SparseMatrix& K, const Eigen::MatrixXd&, Definiteness definiteness) override {
    require_square(K, Backend::name);
    Backend::require(definiteness);
    const Stopwatch watch;
    const typename Backend::Alone alone;
    ready_ = false;
    K_ = K;
    const Eigen::SparseMatrix<double> columns = K;
    if (!pattern_.same_as_before(K_)) factor_.analyzePattern(columns);
    factor_.factorize(columns);
    Backend::check(factor_, definiteness);
    ready_ = true;
    setup_s_ = watch.seconds();
  }

  LinearReport solve(const VectorX& b, VectorX& x, double) override {
    require_setup(ready_ ? K_.rows() : 0, b, Backend::name);
    const Stopwatch watch;
    const typename Backend::Alone alone;
    x = factor_.solve(b);
    LinearReport report;
    report.relative_residual = relative_residual(K_, b, x);
    report.converged = std::isfinite(report.relative_residual) && report.relative_residual < tolerance;
    report.setup_s = setup_s_;
    report.solve_s = watch.seconds();
    return report;
  }

  void precondition(const VectorX& r, VectorX& z) override {
    const typename Backend::Alone alone;
    z = factor_.solve(r);
  }
  bool factorizes() const override { return true; }

private:
  static constexpr double tolerance = 1e-6; // worse than this, rounding has eaten the answer
  SparseMatrix K_;
  typename Backend::Factor factor_;
  PatternMemory pattern_;
  bool ready_ = false;
  double setup_s_ = 0;
};

} // namespace kypho

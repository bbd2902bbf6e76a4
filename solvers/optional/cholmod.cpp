// Supernodal Cholesky factorisation of CHOLMOD (SuiteSparse), through Eigen's wrapper.
#include "core/base/errors.hpp"
#include "solvers/linear_pattern.hpp"
#include <Eigen/CholmodSupport>
#include <cmath>
#include <omp.h>

namespace kypho {
namespace {

/// CHOLMOD starts a team of threads for every supernode, most of them tiny.
class OneThread {
public:
  OneThread() : levels_(omp_get_max_active_levels()) { omp_set_max_active_levels(0); }
  ~OneThread() { omp_set_max_active_levels(levels_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

private:
  int levels_;
};

class Cholmod final : public LinearSolver {
public:
  Cholmod() {
    factor_.cholmod().print = 0; // a matrix that is not positive definite is told by the exception
    factor_.cholmod().final_ll = 1;
  }
  void setup(const SparseMatrix& K, const Eigen::MatrixXd&, Definiteness definiteness) override {
    require_square(K, "cholmod");
    if (definiteness != Definiteness::positive_definite)
      throw BackendError("cholmod: takes positive definite matrices only");
    const Stopwatch watch;
    const OneThread alone;
    ready_ = false;
    K_ = K;
    const Eigen::SparseMatrix<double> columns = K;
    if (!pattern_.same_as_before(K_)) factor_.analyzePattern(columns);
    factor_.factorize(columns);
    if (factor_.info() != Eigen::Success)
      throw BackendError("cholmod: a pivot is not positive; the matrix is not positive definite");
    ready_ = true;
    setup_s_ = watch.seconds();
  }

  LinearReport solve(const VectorX& b, VectorX& x) override {
    require_setup(ready_ ? K_.rows() : 0, b, "cholmod");
    const Stopwatch watch;
    const OneThread alone;
    x = factor_.solve(b);
    LinearReport report;
    report.relative_residual = relative_residual(K_, b, x);
    report.converged = std::isfinite(report.relative_residual) && report.relative_residual < tolerance;
    report.setup_s = setup_s_;
    report.solve_s = watch.seconds();
    return report;
  }

private:
  static constexpr double tolerance = 1e-6; // worse than this, rounding has eaten the answer
  SparseMatrix K_;
  Eigen::CholmodSupernodalLLT<Eigen::SparseMatrix<double>, Eigen::Lower> factor_;
  PatternMemory pattern_;
  bool ready_ = false;
  double setup_s_ = 0;
};

} // namespace

LinearSolverInfo backend_cholmod() {
  return {"cholmod", "supernodal sparse Cholesky factorisation (CHOLMOD); exact, for positive definite matrices",
          [] { return std::unique_ptr<LinearSolver>(std::make_unique<Cholmod>()); }};
}

} // namespace kypho

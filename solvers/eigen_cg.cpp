// Conjugate gradients (Eigen), preconditioned by incomplete Cholesky or by the diagonal. The product runs row by row and
// the inner products in one thread, so the bits do not depend on the number of threads.
#include "core/base/errors.hpp"
#include "solvers/linear_pattern.hpp"
#include <Eigen/IterativeLinearSolvers>
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

using IncompleteCholesky = Eigen::IncompleteCholesky<double, Eigen::Lower, Eigen::AMDOrdering<int>>;
using Jacobi = Eigen::DiagonalPreconditioner<double>;

/// One thread for Eigen while it lives: on small matrices the threads wait for each other longer than they work.
class OneThreadIfSmall {
public:
  explicit OneThreadIfSmall(const SparseMatrix& K) : threads_(Eigen::nbThreads()) {
    if (K.nonZeros() < 2000000) Eigen::setNbThreads(1);
  }
  ~OneThreadIfSmall() { Eigen::setNbThreads(threads_); }
  OneThreadIfSmall(const OneThreadIfSmall&) = delete;
  OneThreadIfSmall& operator=(const OneThreadIfSmall&) = delete;

private:
  int threads_;
};

template <class Preconditioner>
class EigenCg final : public LinearSolver {
public:
  using LinearSolver::setup;
  void setup(const SparseMatrix& K, const Eigen::MatrixXd&, Definiteness definiteness) override {
    require_square(K, "eigen_cg");
    if (definiteness != Definiteness::positive_definite)
      throw BackendError("eigen_cg: conjugate gradients need a positive definite matrix");
    const Stopwatch watch;
    ready_ = false;
    K_ = K;
    if (!(K_.diagonal().minCoeff() > 0))
      throw BackendError("eigen_cg: a diagonal entry is not positive; the matrix is not positive definite");
    if (!pattern_.same_as_before(K_)) cg_.analyzePattern(K_);
    cg_.factorize(K_);
    if (cg_.info() != Eigen::Success) throw BackendError("eigen_cg: the preconditioner could not be built");
    cg_.setMaxIterations(std::max<Eigen::Index>(1000, 10 * K.rows()));
    ready_ = true;
    setup_s_ = watch.seconds();
  }

  LinearReport solve(const VectorX& b, VectorX& x, double accuracy) override {
    require_setup(ready_ ? K_.rows() : 0, b, "eigen_cg");
    const Stopwatch watch;
    const OneThreadIfSmall guard(K_);
    cg_.setTolerance(accuracy);
    if (x.size() != b.size() || !x.allFinite()) x = VectorX::Zero(b.size());
    x = cg_.solveWithGuess(b, x).eval();
    LinearReport report;
    report.iterations = static_cast<int>(cg_.iterations());
    report.relative_residual = relative_residual(K_, b, x);
    report.converged = std::isfinite(report.relative_residual) && report.relative_residual < 10 * accuracy;
    report.setup_s = setup_s_;
    report.solve_s = watch.seconds();
    return report;
  }

private:
  SparseMatrix K_;
  Eigen::ConjugateGradient<SparseMatrix, Eigen::Lower | Eigen::Upper, Preconditioner> cg_;
  PatternMemory pattern_;
  bool ready_ = false;
  double setup_s_ = 0;
};

template <class Preconditioner>
std::unique_ptr<LinearSolver> make() {
  return std::make_unique<EigenCg<Preconditioner>>();
}

} // namespace

LinearSolverInfo backend_eigen_cg() {
  return {"eigen_cg", "conjugate gradients with incomplete Cholesky (Eigen); little memory", make<IncompleteCholesky>};
}

LinearSolverInfo backend_eigen_cg_jacobi() {
  return {"eigen_cg_jacobi",
          "conjugate gradients with the diagonal (Eigen); for well-conditioned matrices, such as "
          "heat conduction in short steps",
          make<Jacobi>};
}

} // namespace kypho

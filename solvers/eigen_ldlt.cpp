// Sparse LDL^T with AMD ordering (Eigen::SimplicialLDLT). No pivoting: symmetric indefinite matrices work when they are
// quasi-definite; the report tells the true residual either way.
#include "core/base/errors.hpp"
#include "solvers/linear_pattern.hpp"
#include <Eigen/SparseCholesky>
#include <cmath>

namespace kypho {
namespace {

class EigenLdlt final : public LinearSolver {
public:
  void setup(const SparseMatrix& K, const Eigen::MatrixXd&, Definiteness definiteness) override {
    require_square(K, "eigen_ldlt");
    const Stopwatch watch;
    ready_ = false;
    K_ = K;
    const Eigen::SparseMatrix<double> columns = K;
    if (!pattern_.same_as_before(K_)) factor_.analyzePattern(columns);
    factor_.factorize(columns);
    if (factor_.info() != Eigen::Success) throw BackendError("eigen_ldlt: a pivot is zero; the matrix is singular");
    if (definiteness == Definiteness::positive_definite && !(factor_.vectorD().minCoeff() > 0))
      throw BackendError("eigen_ldlt: a pivot is not positive; the matrix is not positive definite");
    ready_ = true;
    setup_s_ = watch.seconds();
  }

  LinearReport solve(const VectorX& b, VectorX& x) override {
    require_setup(ready_ ? K_.rows() : 0, b, "eigen_ldlt");
    const Stopwatch watch;
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
  Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>, Eigen::Lower> factor_;
  PatternMemory pattern_;
  bool ready_ = false;
  double setup_s_ = 0;
};

} // namespace

LinearSolverInfo backend_eigen_ldlt() {
  return {"eigen_ldlt", "sparse LDL^T factorisation (Eigen); exact, for up to some 50 000 unknowns",
          [] { return std::unique_ptr<LinearSolver>(std::make_unique<EigenLdlt>()); }};
}

} // namespace kypho

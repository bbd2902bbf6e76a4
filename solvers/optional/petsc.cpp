// Distributed solvers of PETSc on KYPHOSIM_RANKS ranks. The simulator stays free of MPI: each solver object starts a
// worker of its own (petsc_worker.cpp) through mpirun and gives it the numbers in shared memory.
#include "core/base/errors.hpp"
#include "solvers/linear_pattern.hpp"
#include "solvers/optional/petsc_process.hpp"
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

/// What the backends differ in on this side; the options of each method are the worker's.
struct Kind {
  const char* name;
  bool iterative;
};
constexpr Kind gamg{"petsc_gamg", true}, hypre{"petsc_hypre", true}, mumps{"petsc_mumps", false};

/// 3 if the pattern consists of full 3 x 3 blocks, one per node, so that multigrid may coarsen nodes; else 1.
int block_size(const SparseMatrix& K) {
  if (K.rows() % 3 != 0) return 1;
  const int *outer = K.outerIndexPtr(), *inner = K.innerIndexPtr();
  for (Eigen::Index row = 0; row < K.rows(); row += 3) {
    const int length = outer[row + 1] - outer[row];
    const int* first = inner + outer[row];
    if (length % 3 != 0) return 1;
    for (int k = 0; k < length; k += 3)
      if (first[k] % 3 != 0 || first[k + 1] != first[k] + 1 || first[k + 2] != first[k] + 2) return 1;
    for (Eigen::Index next = row + 1; next < row + 3; ++next)
      if (outer[next + 1] - outer[next] != length || !std::equal(first, first + length, inner + outer[next])) return 1;
  }
  return 3;
}

template <const Kind& kind>
class Petsc final : public LinearSolver {
public:
  using LinearSolver::setup;
  void setup(const SparseMatrix& K, const Eigen::MatrixXd& rigid_body_modes, Definiteness definiteness) override {
    require_square(K, kind.name);
    const bool positive_definite = definiteness == Definiteness::positive_definite;
    if (kind.iterative && !positive_definite) refuse("conjugate gradients need a positive definite matrix");
    if (positive_definite && !(K.diagonal().minCoeff() > 0))
      refuse("a diagonal entry is not positive; the matrix is not positive definite");
    const bool modes = kind.iterative && rigid_body_modes.size() > 0;
    if (modes && rigid_body_modes.rows() > K.rows()) refuse("the rigid-body modes have more rows than the matrix");
    ready_ = false;
    if (!worker_) worker_ = std::make_unique<petsc::Worker>(kind.name);
    request_.order = petsc::Order::setup;
    give_pattern(K, modes ? static_cast<int>(rigid_body_modes.cols()) : 0, positive_definite);
    std::copy(K.valuePtr(), K.valuePtr() + K.nonZeros(), arrays_.values);
    if (modes) {
      Eigen::Map<Eigen::MatrixXd> all(arrays_.modes, K.rows(), rigid_body_modes.cols());
      all.setZero();
      all.topRows(rigid_body_modes.rows()) = rigid_body_modes;
    }
    const petsc::Reply reply = ask();
    known_ = true;
    if (*reply.error) refuse(reply.error);
    ready_ = true;
    setup_s_ = reply.seconds;
  }

  LinearReport solve(const VectorX& b, VectorX& x, double accuracy) override {
    require_setup(ready_ ? request_.rows : 0, b, kind.name);
    LinearReport report;
    report.setup_s = setup_s_;
    if (b.isZero(0)) { // a first guess would be improved relative to itself
      x = VectorX::Zero(b.size());
      report.converged = true;
      return report;
    }
    Eigen::Map<VectorX> shared_b(arrays_.b, b.size()), shared_x(arrays_.x, b.size());
    shared_b = b;
    if (x.size() == b.size() && x.allFinite())
      shared_x = x;
    else
      shared_x.setZero();
    request_.order = petsc::Order::solve;
    request_.accuracy = accuracy;
    const petsc::Reply reply = ask();
    if (*reply.error) refuse(reply.error);
    x = shared_x;
    const int n = request_.rows;
    report.iterations = reply.iterations;
    report.relative_residual = relative_residual(
        Eigen::Map<const SparseMatrix>(n, n, request_.entries, arrays_.outer, arrays_.inner, arrays_.values), b, x);
    report.converged = reply.converged && report.relative_residual < (kind.iterative ? 10 * accuracy : rounding);
    report.solve_s = reply.seconds;
    return report;
  }

private:
  static constexpr double rounding = 1e-6; // worse than this, a factorisation has lost the answer

  [[noreturn]] static void refuse(const std::string& why) { throw BackendError(std::string(kind.name) + ": " + why); }

  /// The shared memory keeps the matrix for both sides; it is laid out anew only if the shape changes.
  void give_pattern(const SparseMatrix& K, int modes, bool positive_definite) {
    const int rows = static_cast<int>(K.rows()), entries = static_cast<int>(K.nonZeros());
    request_.new_pattern = !known_ || request_.rows != rows || request_.entries != entries || request_.modes != modes ||
                           request_.positive_definite != positive_definite ||
                           !std::equal(arrays_.outer, arrays_.outer + rows + 1, K.outerIndexPtr()) ||
                           !std::equal(arrays_.inner, arrays_.inner + entries, K.innerIndexPtr());
    if (!request_.new_pattern) return;
    known_ = false;
    request_.rows = rows;
    request_.entries = entries;
    request_.modes = modes;
    request_.block = block_size(K);
    request_.positive_definite = positive_definite;
    arrays_ = worker_->share(request_);
    std::copy(K.outerIndexPtr(), K.outerIndexPtr() + rows + 1, arrays_.outer);
    std::copy(K.innerIndexPtr(), K.innerIndexPtr() + entries, arrays_.inner);
  }

  /// A worker that ended is not asked again: the next setup starts another one.
  petsc::Reply ask() {
    try {
      return worker_->ask(request_);
    } catch (const BackendError&) {
      worker_.reset();
      ready_ = known_ = false;
      throw;
    }
  }

  std::unique_ptr<petsc::Worker> worker_;
  petsc::Request request_; // of the last setup
  petsc::Arrays arrays_;
  bool known_ = false, ready_ = false; // the worker has the pattern; it can solve
  double setup_s_ = 0;
};

template <const Kind& kind>
std::unique_ptr<LinearSolver> make() {
  return std::make_unique<Petsc<kind>>();
}

} // namespace

LinearSolverInfo backend_petsc_gamg() {
  return {gamg.name, "conjugate gradients with smoothed aggregation multigrid (PETSc) on KYPHOSIM_RANKS MPI ranks",
          make<gamg>};
}

LinearSolverInfo backend_petsc_hypre() {
  return {hypre.name, "conjugate gradients with classical multigrid (hypre's BoomerAMG) on KYPHOSIM_RANKS MPI ranks",
          make<hypre>};
}

LinearSolverInfo backend_petsc_mumps() {
  return {mumps.name, "multifrontal sparse factorisation (MUMPS) on KYPHOSIM_RANKS MPI ranks; exact", make<mumps>};
}

} // namespace kypho

// Supernodal Cholesky factorisation of CHOLMOD (SuiteSparse), through Eigen's wrapper.
#include "solvers/direct_solver.hpp"
#include <Eigen/CholmodSupport>
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

struct Cholmod {
  /// Silent: a matrix that is not positive definite is told by the exception.
  struct Factor : Eigen::CholmodSupernodalLLT<Eigen::SparseMatrix<double>, Eigen::Lower> {
    Factor() {
      cholmod().print = 0;
      cholmod().final_ll = 1;
    }
  };
  static constexpr const char* name = "cholmod";
  using Alone = OneThread;
  static void require(Definiteness definiteness) {
    if (definiteness != Definiteness::positive_definite)
      throw BackendError("cholmod: takes positive definite matrices only");
  }
  static void check(const Factor& factor, Definiteness) {
    if (factor.info() != Eigen::Success)
      throw BackendError("cholmod: a pivot is not positive; the matrix is not positive definite");
  }
};

} // namespace

LinearSolverInfo backend_cholmod() {
  return {"cholmod", "supernodal sparse Cholesky factorisation (CHOLMOD); exact, for positive definite matrices",
          [] { return std::unique_ptr<LinearSolver>(std::make_unique<DirectSolver<Cholmod>>()); }};
}

} // namespace kypho

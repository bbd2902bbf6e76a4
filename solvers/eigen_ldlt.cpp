// Sparse LDL^T with AMD ordering (Eigen::SimplicialLDLT). No pivoting: symmetric indefinite matrices work when they are
// quasi-definite; the report tells the true residual either way.
#include "solvers/direct_solver.hpp"
#include <Eigen/SparseCholesky>

namespace kypho {
namespace {

struct EigenLdlt {
  using Factor = Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>, Eigen::Lower>;
  static constexpr const char* name = "eigen_ldlt";
  struct Alone {};
  static void require(Definiteness) {}
  static void check(const Factor& factor, Definiteness definiteness) {
    if (factor.info() != Eigen::Success) throw BackendError("eigen_ldlt: a pivot is zero; the matrix is singular");
    if (definiteness == Definiteness::positive_definite && !(factor.vectorD().minCoeff() > 0))
      throw BackendError("eigen_ldlt: a pivot is not positive; the matrix is not positive definite");
  }
};

} // namespace

LinearSolverInfo backend_eigen_ldlt() {
  return {"eigen_ldlt", "sparse LDL^T factorisation (Eigen); exact, for up to some 50 000 unknowns",
          [] { return std::unique_ptr<LinearSolver>(std::make_unique<DirectSolver<EigenLdlt>>()); }};
}

} // namespace kypho

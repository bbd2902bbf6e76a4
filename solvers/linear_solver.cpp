#include "solvers/linear_solver.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include <algorithm>

// The catalog. A backend is one file linear_<name>.cpp or <library>_<method>.cpp that defines backend_<name>(), and
// one line here; the conformity test and `kyphosim list solvers` follow by themselves.
#ifdef KYPHOSIM_CHOLMOD
#define KYPHO_CHOLMOD(X) X(cholmod)
#else
#define KYPHO_CHOLMOD(X)
#endif
#ifdef KYPHOSIM_PETSC
#define KYPHO_PETSC(X) X(petsc_gamg) X(petsc_hypre) X(petsc_mumps)
#else
#define KYPHO_PETSC(X)
#endif
#define KYPHO_LINEAR_SOLVERS(X)                                                                                        \
  X(eigen_ldlt)                                                                                                        \
  KYPHO_CHOLMOD(X)                                                                                                     \
  X(multigrid)                                                                                                         \
  X(eigen_cg)                                                                                                          \
  X(eigen_cg_jacobi)                                                                                                   \
  KYPHO_PETSC(X)

namespace kypho {

#define KYPHO_DECLARE(name) LinearSolverInfo backend_##name();
KYPHO_LINEAR_SOLVERS(KYPHO_DECLARE)
#undef KYPHO_DECLARE

const std::vector<LinearSolverInfo>& linear_solvers() {
#define KYPHO_ENTRY(name) backend_##name(),
  static const std::vector<LinearSolverInfo> catalog{KYPHO_LINEAR_SOLVERS(KYPHO_ENTRY)};
#undef KYPHO_ENTRY
  return catalog;
}

std::vector<std::string> linear_solver_names() {
  std::vector<std::string> names;
  for (const LinearSolverInfo& info : linear_solvers()) names.push_back(info.name);
  return names;
}

std::string direct_solver() {
  const std::vector<std::string> names = linear_solver_names();
  return std::find(names.begin(), names.end(), "cholmod") != names.end() ? "cholmod" : "eigen_ldlt";
}

std::string solver_for(Eigen::Index unknowns) {
  constexpr Eigen::Index few = 2000; // a factorization takes as long there as a hierarchy and its iterations
  return unknowns < few ? direct_solver() : "multigrid";
}

std::unique_ptr<LinearSolver> make_linear_solver(std::string_view name) {
  for (const LinearSolverInfo& info : linear_solvers())
    if (info.name == name) return info.make();
  const std::vector<std::string> names = linear_solver_names();
  std::string known;
  for (const std::string& each : names) known += (known.empty() ? "" : ", ") + each;
  throw InputError("linear solver '" + std::string(name) + "' is unknown; allowed " + known +
                   did_you_mean(name, names));
}

void LinearSolver::setup(const MatrixFreeStiffness&, const Eigen::MatrixXd&, Definiteness) {
  throw BackendError("this solver needs a matrix");
}

void LinearSolver::precondition(const VectorX& r, VectorX& z) {
  z.setZero(r.size());
  solve(r, z);
}

} // namespace kypho

#pragma once
// K x = b. Knows algebra only: no mesh, no material, no stage.
#include "core/base/params.hpp"
#include "core/fem/matrix_free.hpp"
#include <Eigen/SparseCore>
#include <memory>

namespace kypho {

using SparseMatrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;

enum class Definiteness { positive_definite, symmetric_indefinite };

/// What one solve did. Returned, never thrown: the caller decides what a miss means.
struct LinearReport {
  bool converged = false;
  int iterations = 0;              ///< 0 for a direct solve
  double relative_residual = 0;    ///< ||b - K x|| / ||b||, recomputed
  double setup_s = 0, solve_s = 0; ///< wall seconds
};

class LinearSolver {
public:
  virtual ~LinearSolver() = default;
  /// Factorise, or build the preconditioner. If the pattern equals the previous one its analysis is reused.
  /// @param K must stay as it is until the last solve
  /// @param rigid_body_modes near-null space for multigrid, 6 columns; may have fewer rows than K if the last
  /// unknowns are not of the body, and be empty
  /// @throws BackendError with the library's own message
  virtual void setup(const SparseMatrix& K, const Eigen::MatrixXd& rigid_body_modes, Definiteness definiteness) = 0;
  /// The same for a stiffness that exists only as products.
  /// @throws BackendError from those that need a matrix
  virtual void setup(const MatrixFreeStiffness& K, const Eigen::MatrixXd& rigid_body_modes, Definiteness definiteness);
  /// @param x first guess in, solution out; zero if it has another length
  /// @param accuracy relative residual at which an iterative solver ends
  virtual LinearReport solve(const VectorX& b, VectorX& x, double accuracy = 1e-10) = 0;
  /// z = an approximate K^-1 r, always the same one: by factors if there are any, or one multigrid cycle. For Krylov methods
  /// on matrices near K. The default solves.
  virtual void precondition(const VectorX& r, VectorX& z);
  /// How many iterations a Krylov method with precondition() took per decade of the residual: one that is kept over several
  /// matrices is made anew when it is no longer worth keeping.
  virtual void took(double) {}
  /// The next setup() keeps nothing of an earlier matrix but its pattern.
  virtual void make_anew() {}
  virtual bool factorizes() const { return false; }
  virtual bool takes_products() const { return false; } ///< a MatrixFreeStiffness is as good as a matrix
};

struct LinearSolverInfo {
  std::string name, meaning;
  std::unique_ptr<LinearSolver> (*make)();
};

/// The catalog: one line per backend.
const std::vector<LinearSolverInfo>& linear_solvers();
std::vector<std::string> linear_solver_names();
/// The fastest that factorizes.
std::string direct_solver();
/// The fastest for a stiffness with so many unknowns.
std::string solver_for(Eigen::Index unknowns);
/// @throws InputError for an unknown name
std::unique_ptr<LinearSolver> make_linear_solver(std::string_view name);

} // namespace kypho

#pragma once
// The linear system of one Newton iteration: tangent with its prescribed unknowns taken out, symmetric or not, with the
// full couplings that a fluid's volume adds. Quadratic tetrahedra have no matrix if the solver takes products.
#include "core/fem/system.hpp"
#include "core/fem/tangent_product.hpp"
#include "solvers/linear_solver.hpp"

#include <Eigen/LU>
#include <functional>

namespace kypho {

class NewtonSystem {
public:
  /// What the linear systems of one phase took, s and counts.
  struct Cost {
    double assembly_s = 0, linear_s = 0;
    long solves = 0, iterations = 0; ///< of Krylov methods
  };
  /// @param solver name in the catalog of linear solvers, or "auto"
  explicit NewtonSystem(std::string solver) : solver_name_(std::move(solver)) {}

  /// Gives up where the tangent is not positive definite, or more than @p iterations would be needed, in place of shifting
  /// it and going on by factors.
  void give_up_after(int iterations) {
    most_iterations_ = iterations;
    patient_ = false;
  }
  /// The next assembly makes its pattern anew: terms may have been replaced, by others at the same address too.
  /// What was learnt about pivots goes with it, so that a phase does not depend on the ones before.
  void forget_pattern() {
    tangent_.reset();
    shift_ = 0;
    failed_ = false;
  }
  /// Forces at @p u from the histories as they are, and, if asked, the tangent. @return sum of the element forces, N
  /// @throws NonPhysical
  double assemble(const System& system, const VectorX& u, VectorX& f, bool with_tangent);
  /// Solves (K + diag(extra)) du = f for the free unknowns, with du = @p du on entry where they are prescribed.
  /// Once more with the same tangent, nothing may be prescribed to move, and @p extra is not looked at.
  /// @param u where the tangent was assembled   @param accuracy relative residual at which an iterative solution is good enough
  /// @return false if no direction was found   @throws BackendError
  bool solve(const System& system, const VectorX& u, const VectorX& extra, double accuracy, const VectorX& f,
             VectorX& du);
  /// In place of a tangent, takes what no tangent near @p u exceeds (Term::add_stiffness_bound),
  /// and makes it ready for multiply() and precondition().
  /// @return false if it is not positive definite, however much its diagonal is shifted
  bool set_up_bound(const System& system, const VectorX& u);
  /// Approximate K^-1 r, the couplings of fluids included; @p r is zero where unknowns are prescribed.
  VectorX precondition(const VectorX& r);
  /// K x of what was set up, the couplings of fluids included; @p x is zero where unknowns are prescribed.
  VectorX multiply(const VectorX& x) const;
  /// Pivots had to be shifted in the last solve, or its direction goes against the forces: the body is about to give way.
  bool indefinite() const { return shift_ > 0 || down_; }
  const Cost& cost() const { return cost_; }
  void begin_costs() { cost_ = {}; }

private:
  void prepare(const System& system);
  void take_solver(const std::string& name);
  void make_tangent(int unknowns);
  bool set_up(const std::function<void(double)>& shifted_setup);
  bool set_up_products(const Eigen::MatrixXd& modes);
  bool set_up_matrix(const Tangent::Matrix& K, const Eigen::MatrixXd& modes);
  void eliminate(const System& system, const VectorX& prescribed, VectorX& b);
  void reduce(const System& system, const VectorX& extra, const VectorX& prescribed, VectorX& b);
  void find_borders();
  bool iterate(double accuracy, const VectorX& b, VectorX& x);
  static Eigen::MatrixXd rigid_motions(const System& system, const VectorX& u);
  VectorX sparse_multiply(const VectorX& x) const;

  std::string solver_name_, in_use_;
  std::unique_ptr<LinearSolver> solver_;
  std::unique_ptr<TangentProduct> product_; ///< null where the tangent is a matrix
  std::unique_ptr<TangentProduct> unused_;
  std::unique_ptr<Tangent> tangent_;              ///< all of it, or what the product does not have
  std::vector<const Term*> terms_;                ///< that the pattern was made for
  std::vector<int> patterns_;                     ///< Term::pattern() of each then
  Tangent::Matrix symmetric_, shifted_;           ///< what the solver was given, if it is not the tangent itself
  double shift_ = 0;                              ///< share of its rows' sizes that was added to its diagonal
  std::vector<std::pair<VectorX, VectorX>> full_; ///< borders l r^T of the free unknowns
  Eigen::MatrixXd bordered_;                      ///< K0^-1 of their left sides
  Eigen::PartialPivLU<Eigen::MatrixXd> small_;    ///< of Sherman, Morrison and Woodbury
  bool skew_ = false;                             ///< the tangent is not symmetric
  bool used_ = false;                             ///< the tangent is reduced, and the solver set up with it
  bool down_ = false;
  bool failed_ = false; ///< iterations did: factors from then on
  int most_iterations_ = 240;
  bool patient_ = true;
  Cost cost_;
};

/// x with A x = b, preconditioned from the right, restarted after @p restart vectors (Saad & Schultz 1986, SIAM J Sci Stat
/// Comput 7:856).
struct GmresReport {
  double relative_residual = 0;
  int iterations = 0;
};
GmresReport gmres(const std::function<VectorX(const VectorX&)>& A,
                  const std::function<VectorX(const VectorX&)>& precondition, const VectorX& b, VectorX& x,
                  double tolerance, int iterations, int restart = 60);

} // namespace kypho

#pragma once
// Newton's method for one increment:  (K + R + m M) du = f,  u += eta du,  until f is balanced.
//
// R and m M vanish on the way to the solution and change where it is looked for, never what is accepted as one:
// * eta is halved until the residual falls or what it does along du has fallen (Bonet & Wood 2008, sec. 9.6).
// * R, the restraint: bone that crushes on one side of its elastic range and tears on the other is soft on both, and Newton's
//   method leaps to and fro across the stiff range between. A node whose unbalanced force was turned round by its last step
//   gets the stiffness that the step has met on top of the one expected: the next step is then the secant's.
// * m M, pseudo-time (Kelley & Keyes 1998, SIAM J Numer Anal 35:508): a body that gives way has no shape near by. With the
//   explicit engine's mass M it slides down to where it rests again, as far as a step may go, and m fades when the forces do.
#include "core/fem/system.hpp"
#include "solvers/engine.hpp"
#include "solvers/newton_system.hpp"

namespace kypho {

class NewtonIncrement {
public:
  /// @param rest forces that stay unbalanced   @param wanted holds the prescribed unknowns
  NewtonIncrement(NewtonSystem& newton, const System& system, VectorX rest, VectorX wanted)
      : newton_(newton), system_(system), before_(newton.cost()), rest_(std::move(rest)), wanted_(std::move(wanted)) {}

  /// Takes @p guess for @p u if it is nearer to equilibrium, or, where prescribed unknowns move, if it goes with them and
  /// leaves forces that are small beside those inside.
  void begin_from(VectorX guess, VectorX& u);
  /// No sliding down: a body that gives way has no equilibrium near by.
  void stay_near() { may_slide_ = false; }
  /// Moves @p u to equilibrium. @return false if none was found, see trouble()
  bool find(VectorX& u, double balance, int iterations);

  /// Imbalance before the first iteration and after each.
  const std::vector<double>& tail() const { return tail_; }
  const std::string& trouble() const { return trouble_; }
  /// What each iteration took: tangent, linear system, line search.
  const std::vector<double>& steps_s() const { return steps_s_; }
  void add_to(Effort& effort) const; ///< what it took

private:
  double assemble(const VectorX& u, VectorX& f, bool with_tangent);
  bool direction(const VectorX& u, const VectorX& f, VectorX& du);
  double line_search(const VectorX& u, const VectorX& f, const VectorX& du, VectorX& tried, double& inside);
  void restrain(const VectorX& f_before, const VectorX& f, const VectorX& step, double eta);
  bool hold_back(const VectorX& u);
  void let_go(double share_left, double eta);
  double along(const VectorX& force, const VectorX& du) const;

  NewtonSystem& newton_;
  const System& system_;
  NewtonSystem::Cost before_;
  VectorX rest_, wanted_, restraint_, mass_;
  bool may_slide_ = true;
  double drag_ = 0;        ///< m
  double accuracy_ = 1e-2; ///< of a step whose tangent is out of date after it anyway (Dembo et al. 1982)
  double moving_ = 0;      ///< what prescribed unknowns have yet to go, mm
  std::vector<double> tail_, steps_s_;
  std::string trouble_;
};

} // namespace kypho

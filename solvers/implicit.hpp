#pragma once
// Quasi-static equilibrium by Newton's method on the terms' consistent tangents.
//
// One increment: loads of t + dt, then Newton's method (newton_increment.hpp) until the unbalanced forces are `balance` of
// those inside. Prescribed unknowns move with the first du, so that the body is never torn at its border. An increment
// that does not converge is halved; after one that was easy they grow again. What is out of balance when a phase begins
// (platens were taken off, the mesh is new) fades over its pseudo-time:  f(u, t) = (1 - t) f(u_0, 0). Histories move once
// per increment, at its end: laws that take hardening and damage from its start are exact to the first order in the
// increment, and N against 2N increments tells how well.
//
// Tangents of non-associated plasticity are not symmetric: then the factors of the symmetric part precondition GMRES on the
// true tangent. The full coupling of a fluid's volume (rank one) goes through the same operator.
#include "solvers/engine.hpp"
#include "solvers/linear_solver.hpp"
#include "solvers/newton_system.hpp"
#include <algorithm>
#include <functional>

namespace kypho {

/// Linear solvers that Newton's method may use, "auto" first.
std::vector<std::string> implicit_solver_names();

class ImplicitEngine final : public Engine {
public:
  explicit ImplicitEngine(const Params& solver);
  double run(System& system, const Phase& phase) override;
  Effort effort() const override { return effort_; }
  double imbalance() const override { return imbalance_; }
  double balance() const override { return balance_; }
  std::string hold_limit() const override { return std::to_string(most_iterations_) + " Newton iterations"; }
  void take_up(const Effort& spent, double imbalance) override {
    effort_ = spent;
    imbalance_ = imbalance;
  }

  /// Takes the body to equilibrium at pseudo-time @p to where Newton's method finds none from @p from.
  using Rescue = std::function<void(System& system, const Phase& phase, double from, double to)>;
  /// Called after @p cutbacks cut-backs in a row, in place of giving up; Newton's method goes on from there.
  void call_on_failure(Rescue rescue, int cutbacks) {
    rescue_ = std::move(rescue);
    most_cutbacks_ = std::min(most_cutbacks_, cutbacks);
  }
  /// Imbalance after each iteration of the last increment, the one before the first iteration included.
  const std::vector<double>& tail() const { return tail_; }

private:
  bool increment(System& system, const Phase& phase, double t, double unfaded);
  bool rescued(System& system, const Phase& phase, double from, double to);
  void let_fade(System& system, const Phase& phase, double t);
  void begin(System& system, const Phase& phase);
  void tell_costs(const std::string& phase);

  int increments_, most_iterations_, most_cutbacks_;
  double balance_;
  std::string solver_name_;
  Effort effort_;
  double imbalance_ = 0, reached_ = 0;
  Rescue rescue_;
  std::string trouble_; ///< why the last increment failed
  std::vector<double> tail_;
  std::vector<double> steps_s_; ///< what each Newton step of this phase took
  VectorX fading_;              ///< unbalanced forces at the begin of the phase
  VectorX last_step_;           ///< of the last increment of this phase, where the next one is looked for first
  double last_length_ = 0;      ///< of that increment in pseudo-time
  NewtonSystem newton_;
};

} // namespace kypho

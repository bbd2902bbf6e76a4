#pragma once
// Quasi-static equilibrium by explicit steps (dynamic relaxation; Underwood 1983) with one of the inertias of inertia.hpp.
//
// Loads move slowly over many steps; the figure that tells whether they moved slowly enough is the change from N to 2N
// steps. A hold also takes all motion out whenever the kinetic energy passes a peak (kinetic damping, Cundall 1976;
// Barnes 1999, Int J Space Struct 14:89): slow modes, a body that rocks on its discs, die in a few swings, and the
// imbalance falls by a decade every 300 to 700 steps, down to rounding. With solver.hold = "newton" the rest of the way is
// Newton's (newton_rest.hpp) where there is an equilibrium near by. Of every phase books are kept (phase_ledger.hpp).
//
// With solver.precision = "single" laws are evaluated in floats while the body moves: ramps, and holds until the imbalance is
// near what floats can tell; holds end in double, and positions and sums over elements are double throughout.
#include "solvers/engine.hpp"
#include "solvers/inertia.hpp"
#include "solvers/newton_rest.hpp"
#include "solvers/phase_ledger.hpp"

namespace kypho {

class ExplicitEngine final : public Engine {
public:
  explicit ExplicitEngine(const Params& solver);
  double run(System& system, const Phase& phase) override;
  Effort effort() const override { return effort_; }
  double imbalance() const override { return imbalance_; }
  double balance() const override { return balance_; }
  std::optional<EnergyMeasure> energy() const override { return energy_; }
  std::string hold_limit() const override { return std::to_string(hold_steps_) + " steps"; }
  void take_up(const Effort& spent, double imbalance) override {
    effort_ = spent;
    imbalance_ = imbalance;
  }

private:
  void load(const System& system, const Phase& phase, double t);
  void find_forces(System& system);
  void step(System& system, const Phase& phase, double t);
  void watch(const System& system, const Phase& phase, double t);
  void stop(System& system);
  void close_books(const System& system);
  void settle(System& system, const Phase& phase, double t, double balance);
  bool found_rest(System& system, const Phase& phase, double balance);
  void check(const System& system, const Phase& phase, double t) const;
  double imbalance_of(const System& system) const;

  int ramp_steps_, hold_steps_;
  double balance_;
  Precision precision_; ///< while the body moves
  Effort effort_;
  double imbalance_ = 0;
  VectorX force_, body_force_;
  std::unique_ptr<Inertia> chosen_, stubborn_; ///< of solver.inertia; of holds that do not end with it
  Inertia* inertia_ = nullptr;                 ///< in use
  PhaseLedger ledger_;
  std::optional<NewtonRest> newton_; ///< ends holds
  std::optional<EnergyMeasure> energy_;
  bool warned_ = false; ///< in this phase
};

} // namespace kypho

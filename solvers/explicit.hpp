#pragma once
// Quasi-static equilibrium by explicit steps with scaled mass (dynamic relaxation; Underwood 1983; Cundall's local damping).
//
// The pseudo-time step is 1. Every unknown's mass is a quarter of the bound of its stiffness row at the current shape, so
// each part of the body moves at its own stability limit:
//   m_i = safety/4 sum_j |K_ij|,   f' = f - alpha |f| sign(v),   v += f'/m,   u += v.
// Loads move slowly over many steps; the figure that tells whether they moved slowly enough is the change from N to 2N
// steps. A hold also takes all motion out whenever the kinetic energy passes a peak (kinetic damping, Cundall 1976;
// Barnes 1999, Int J Space Struct 14:89): slow modes, a body that rocks on its discs, die in a few swings, and the
// imbalance falls by a decade every 300 to 700 steps, down to rounding.
#include "core/base/params.hpp"
#include "core/fem/system.hpp"
#include <functional>

namespace kypho {

/// Keys of [solver].
const ParamSpecs& solver_specs();

/// One loading ramp of a stage.
struct Phase {
  std::string name;
  double effort = 1;                     ///< share of the steps of a full ramp
  std::function<void(double t)> load;    ///< sets the loads of pseudo-time t in (0, 1]; idempotent
  std::function<bool(double t)> reached; ///< asked now and then: true ends the ramp early; may be empty
  std::function<void(double t)> observe; ///< called at even distances for frames and progress; may be empty
  int observations = 20;
  double rest = 0;     ///< imbalance to reach before every observation; 0: none, the loads go on
  bool settle = false; ///< hold at the end until the body is at rest
};

class ExplicitEngine {
public:
  explicit ExplicitEngine(const Params& solver);
  /// Runs one phase. @throws NotConverged with phase and pseudo-time; Interrupted
  /// @return pseudo-time reached
  double run(System& system, const Phase& phase);
  long steps() const { return steps_; }
  /// Steps of a full ramp.
  int ramp_steps() const { return ramp_steps_; }
  /// Imbalance that the last hold ended with: sum of the unbalanced forces of the free unknowns over that of the element
  /// forces; and what was asked.
  double imbalance() const { return imbalance_; }
  double balance() const { return balance_; }
  int hold_steps() const { return hold_steps_; }
  KYPHO_STATE(steps_, imbalance_)

private:
  void refresh_mass(System& system);
  void step(System& system);
  void settle(System& system, const Phase& phase, double balance);
  void check(const System& system, const Phase& phase, double t) const;
  double kinetic(const System& system) const;
  double imbalance_of(const System& system) const;

  int ramp_steps_, hold_steps_;
  double damping_, safety_, balance_;
  long steps_ = 0;
  double imbalance_ = 0;
  VectorX mass_, force_;
};

} // namespace kypho

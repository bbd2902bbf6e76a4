#pragma once
// Quasi-static equilibrium by explicit steps with scaled mass (dynamic relaxation; Underwood 1983; Cundall's local damping).
//
// The pseudo-time step is 1. Every unknown's mass is a quarter of the bound of its stiffness row at the current shape, so
// each part of the body moves at its own stability limit:
//   m_i = safety/4 sum_j |K_ij|,   f' = f - alpha |f| sign(v),   v += f'/m,   u += v.
// Loads move slowly over many steps; the figure that tells whether they moved slowly enough is the balance of the forces
// at the two ends, and the change from N to 2N steps.
#include "core/base/params.hpp"
#include "core/fem/system.hpp"
#include <functional>

namespace kypho {

/// Keys of [solver].
const ParamSpecs& solver_specs();

/// One loading ramp of a stage.
struct Phase {
  std::string name;
  double effort = 1;                       ///< share of the steps of a full ramp
  std::function<void(double t)> load;      ///< sets the loads of pseudo-time t in (0, 1]; idempotent
  std::function<bool(double t)> reached;   ///< asked now and then: true ends the ramp early; may be empty
  std::function<void(double t)> observe;   ///< called at even distances for frames and progress; may be empty
  int observations = 20;
  bool settle = false;                     ///< hold at the end until the body is at rest
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
  /// Largest movement of a free unknown in the last step, mm: how far from rest the body was.
  double largest_rate() const { return largest_rate_; }

private:
  void refresh_mass(System& system);
  void step(System& system);
  void settle(System& system, const Phase& phase);

  int ramp_steps_, hold_steps_;
  double damping_, safety_, rest_rate_;
  long steps_ = 0;
  double largest_rate_ = 0;
  VectorX mass_, force_;
};

} // namespace kypho

#include "solvers/explicit.hpp"
#include "solvers/linear_solver.hpp"

#include "core/base/errors.hpp"
#include "core/base/interrupt.hpp"

#include <cmath>

namespace kypho {
namespace {
constexpr int mass_interval = 20;  // steps between two looks at the current shape
constexpr double fastest = 0.02;   // mm per step: a burst is slowed down, never a ramp
constexpr int check_interval = 25;
} // namespace

const ParamSpecs& solver_specs() {
  static const ParamSpecs specs = {
      choice("engine", "explicit", {"explicit"}, "how equilibrium is found: explicit steps with scaled mass"),
      integer("steps", 5000, 200, 1000000, "explicit steps of one full loading ramp; accuracy grows with it"),
      integer("hold_steps", 2500, 0, 1000000, "most explicit steps of a hold, until the body is at rest"),
      quantity("damping", "", "0.3", 0.01, 0.9, "local damping: share of the out-of-balance force", "Cundall 1987"),
      quantity("mass_safety", "", "1.2", 1, 10, "factor on the smallest stable mass"),
      quantity("rest_rate", "mm", "5e-6 mm", 1e-12, 1, "largest movement per step of a body at rest"),
      choice("linear_solver", "eigen_cg_jacobi", linear_solver_names(), "backend for heat conduction"),
  };
  return specs;
}

ExplicitEngine::ExplicitEngine(const Params& p)
    : ramp_steps_(p.integer("steps")), hold_steps_(p.integer("hold_steps")), damping_(p.number("damping")),
      safety_(p.number("mass_safety")), rest_rate_(p.number("rest_rate")) {}

void ExplicitEngine::refresh_mass(System& system) {
  mass_.setZero(system.u.size());
  for (const Term* term : system.terms) term->add_stiffness_rows(system.u, mass_);
  for (double& m : mass_) m = m > 0 ? 0.25 * safety_ * m : 1.0;
}

void ExplicitEngine::step(System& system) {
  force_.setZero(system.u.size());
  for (Term* term : system.terms) term->add_forces(system.u, force_);
  const int n = static_cast<int>(system.u.size());
  double rate = 0;
#pragma omp parallel for schedule(static) reduction(max : rate)
  for (int i = 0; i < n; ++i) {
    if (system.fixed[i]) continue;
    double& v = system.v[i];
    const double f = force_[i];
    const double drag = v > 0 ? damping_ : v < 0 ? -damping_ : 0.0;
    v += (f - drag * std::abs(f)) / mass_[i];
    v = std::min(fastest, std::max(-fastest, v));
    system.u[i] += v;
    rate = std::max(rate, std::abs(v));
  }
  largest_rate_ = rate;
  ++steps_;
}

double ExplicitEngine::run(System& system, const Phase& phase) {
  const int steps = std::max(1, static_cast<int>(std::lround(phase.effort * ramp_steps_)));
  const int every = std::max(1, steps / std::max(1, phase.observations));
  double t = 0;
  for (int s = 1; s <= steps; ++s) {
    if (s % mass_interval == 1) refresh_mass(system);
    t = static_cast<double>(s) / steps;
    phase.load(t);
    step(system);
    if (s % check_interval == 0) {
      if (interrupt_requested()) throw Interrupted("interrupted in " + phase.name);
      if (!std::isfinite(system.u.sum()))
        throw NotConverged(phase.name + ": displacements are no longer finite at pseudo-time " + std::to_string(t));
      if (phase.reached && phase.reached(t)) break;
    }
    if (phase.observe && s % every == 0) phase.observe(t);
  }
  if (phase.settle) settle(system, phase);
  return t;
}

void ExplicitEngine::settle(System& system, const Phase& phase) {
  int quiet = 0;
  for (int s = 1; s <= hold_steps_ && quiet < 3; ++s) {
    if (s % mass_interval == 1) refresh_mass(system);
    step(system);
    quiet = largest_rate_ < rest_rate_ ? quiet + 1 : 0;
    if (s % check_interval == 0 && interrupt_requested()) throw Interrupted("interrupted in " + phase.name);
  }
  if (!std::isfinite(system.u.sum())) throw NotConverged(phase.name + ": displacements are no longer finite in the hold");
  system.v.setZero();
}

} // namespace kypho

#include "solvers/explicit.hpp"

#include "core/base/errors.hpp"
#include "core/base/interrupt.hpp"

#include <algorithm>
#include <cmath>

namespace kypho {
namespace {
constexpr int mass_interval = 20; // steps between two looks at the current shape
constexpr double fastest = 0.02;  // mm per step: a burst is slowed down, never a ramp
constexpr int check_interval = 25;
} // namespace

ExplicitEngine::ExplicitEngine(const Params& p)
    : ramp_steps_(p.integer("steps")), hold_steps_(p.integer("hold_steps")), damping_(p.number("damping")),
      safety_(p.number("mass_safety")), balance_(p.number("balance")) {}

void ExplicitEngine::refresh_mass(System& system) {
  mass_.setZero(system.u.size());
  for (const Term* term : system.terms) term->add_stiffness_rows(system.u, mass_);
  for (double& m : mass_) m = m > 0 ? 0.25 * safety_ * m : 1.0;
}

void ExplicitEngine::step(System& system) {
  force_.setZero(system.u.size());
  for (Term* term : system.terms) term->add_forces(system.u, force_);
  const int n = static_cast<int>(system.u.size());
#pragma omp parallel for schedule(static)
  for (int i = 0; i < n; ++i) {
    if (system.fixed[i]) continue;
    double& v = system.v[i];
    const double f = force_[i];
    const double drag = v > 0 ? damping_ : v < 0 ? -damping_ : 0.0;
    v += (f - drag * std::abs(f)) / mass_[i];
    v = std::min(fastest, std::max(-fastest, v));
    system.u[i] += v;
  }
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
    const bool look = s % every == 0;
    if (look && phase.rest > 0) settle(system, phase, phase.rest);
    if (look || s % check_interval == 0) {
      check(system, phase, t);
      if (phase.reached && phase.reached(t)) break;
    }
    if (look && phase.observe) phase.observe(t);
  }
  if (phase.settle) settle(system, phase, balance_);
  return t;
}

void ExplicitEngine::check(const System& system, const Phase& phase, double t) const {
  if (interrupt_requested()) throw Interrupted("interrupted in " + phase.name);
  if (!std::isfinite(system.u.sum()))
    throw NotConverged(phase.name + ": displacements are no longer finite at pseudo-time " + std::to_string(t));
}

double ExplicitEngine::kinetic(const System& system) const {
  constexpr int chunk = 4096; // summed in a fixed order, for any number of threads
  const int n = static_cast<int>(system.u.size()), chunks = (n + chunk - 1) / chunk;
  std::vector<double> part(chunks, 0.0);
#pragma omp parallel for schedule(static)
  for (int c = 0; c < chunks; ++c)
    for (int i = c * chunk; i < std::min(n, (c + 1) * chunk); ++i)
      if (!system.fixed[i]) part[c] += mass_[i] * system.v[i] * system.v[i];
  double sum = 0;
  for (double p : part) sum += p;
  return sum;
}

double ExplicitEngine::imbalance_of(const System& system) const {
  double all = 0;
  for (const Term* term : system.terms) all += term->force_sum();
  return unbalanced(system, force_) / std::max(all, least_forces);
}

void ExplicitEngine::settle(System& system, const Phase& phase, double balance) {
  double before = 0;
  bool rising = false;
  for (int s = 1; s <= hold_steps_; ++s) {
    if (s % mass_interval == 1) refresh_mass(system);
    step(system);
    const double now = kinetic(system);
    if (rising && now < before) { // the peak, where the forces nearly balance
      system.v.setZero();
      rising = false;
      before = 0;
    } else {
      rising = now > before;
      before = now;
    }
    if (s % check_interval != 0) continue;
    check(system, phase, 1);
    if (imbalance_of(system) < balance) break;
  }
  imbalance_ = imbalance_of(system);
  system.v.setZero();
}

} // namespace kypho

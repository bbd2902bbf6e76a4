#include "solvers/explicit.hpp"

#include "core/base/errors.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/log.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace kypho {
namespace {
constexpr int check_interval = 25;
// A hold of the elastic inertia that has gone on for so long and is no nearer to rest than this has lost its stability.
constexpr int patience = 400;
constexpr double blown = 0.03;
constexpr int watch_interval = 200; // steps between two looks at what the body has given out
// A float's strain is good to 1e-7 and bone strains by 1e-3 to 1e-2: below this imbalance rounding would take part.
constexpr double float_balance = 1e-3;
// Imbalance from which on Newton's method is asked, and the share of it that must go before it is asked again.
constexpr double near_rest = 1e-3, nearer = 0.1;
constexpr double reading = 1e-4; // a balance that steps reach sooner

void work_in(Precision precision, System& system) {
  for (Term* term : system.terms) term->work_in(precision);
}
/// Leaves the terms at full precision, whatever happens.
class InPrecision {
public:
  InPrecision(Precision precision, System& system) : system_(system) { work_in(precision, system); }
  ~InPrecision() { work_in(Precision::full, system_); }
  InPrecision(const InPrecision&) = delete;
  InPrecision& operator=(const InPrecision&) = delete;

private:
  System& system_;
};
} // namespace

ExplicitEngine::ExplicitEngine(const Params& p)
    : ramp_steps_(p.integer("steps")), hold_steps_(p.integer("hold_steps")), balance_(p.number("balance")),
      precision_(p.text("precision") == "single" ? Precision::single : Precision::full),
      chosen_(p.text("inertia") == "diagonal" ? make_diagonal_inertia(p) : make_elastic_inertia(p)),
      stubborn_(p.text("inertia") == "diagonal" ? nullptr : make_diagonal_inertia(p)), inertia_(chosen_.get()) {
  if (p.text("hold") == "newton") newton_.emplace(p);
}

void ExplicitEngine::find_forces(System& system) {
  force_.setZero(system.u.size());
  for (Term* term : system.terms)
    if (term->stores()) term->add_forces(system.u, force_);
  body_force_ = force_;
  for (Term* term : system.terms)
    if (!term->stores()) term->add_forces(system.u, force_);
  ledger_.note_forces(system, body_force_, force_);
}

void ExplicitEngine::step(System& system, const Phase& phase, double t) {
  inertia_->follow(system);
  find_forces(system);
  ledger_.note_damping(inertia_->step(system, force_));
  if (++effort_.explicit_steps % watch_interval == 0) watch(system, phase, t);
}

void ExplicitEngine::watch(const System& system, const Phase& phase, double t) {
  const PhaseLedger::Gain gain = ledger_.gain(system);
  if (warned_ || !(gain.energy > gain.tolerance)) return;
  warned_ = true;
  char text[240];
  std::snprintf(text, sizeof text,
                "%s: at pseudo-time %.3g the body has given out %.3g mJ more than was put into it, where steps and "
                "rounding explain %.2g mJ; raise solver.steps or solver.mass_safety, or doubt a law",
                phase.name.c_str(), t, gain.energy, gain.tolerance);
  if (phase.warn) phase.warn(text);
}

/// Takes all motion out.
void ExplicitEngine::stop(System& system) {
  ledger_.note_damping(inertia_->kinetic(system));
  inertia_->stop(system);
}

void ExplicitEngine::load(const System& system, const Phase& phase, double t) {
  const bool strains = phase.strains && phase.strains(t);
  if (strains) ledger_.before_straining(system);
  phase.load(t);
  if (strains) ledger_.after_straining(system);
}

double ExplicitEngine::run(System& system, const Phase& phase) {
  const int steps = std::max(1, static_cast<int>(std::lround(phase.effort * ramp_steps_)));
  const long looks = std::clamp(phase.observations, 1, steps);
  energy_.reset();
  warned_ = false;
  ledger_.open(system, phase.name);
  if (newton_) newton_->begin_phase();
  const InPrecision moving(precision_, system);
  double t = 0;
  inertia_->begin(system);
  ledger_.begin_with(inertia_->kinetic(system));
  for (int s = 1; s <= steps; ++s) {
    const long looked = s * looks / steps;
    const bool look = looked != (s - 1) * looks / steps; // at equal distances, whatever the number of steps
    t = look ? static_cast<double>(looked) / static_cast<double>(looks) : static_cast<double>(s) / steps;
    load(system, phase, t);
    step(system, phase, t);
    if (look && phase.rest > 0) settle(system, phase, t, phase.rest);
    if (look || s % check_interval == 0) {
      check(system, phase, t);
      if (phase.reached && phase.reached(t)) {
        if (look && phase.observe) phase.observe(t);
        break;
      }
    }
    if (look && phase.observe) phase.observe(t);
    if (look && phase.rest > 0 && s < steps) work_in(precision_, system); // the hold ended in double
  }
  if (phase.settle) settle(system, phase, t, balance_);
  close_books(system);
  return t;
}

void ExplicitEngine::close_books(const System& system) {
  energy_ = ledger_.close(system, inertia_->kinetic(system));
  const EnergyMeasure& e = *energy_;
  char text[320];
  std::snprintf(text, sizeof text,
                "%s: work %.4g mJ = stored %.4g + dissipated %.4g + damping %.3g + kinetic %.2g, error %.1e; "
                "holds moved the body by %.2g of the ramp",
                e.phase.c_str(), e.work_mj, e.stored_mj, e.dissipated_mj, e.damping_mj, e.kinetic_mj, e.balance_error,
                e.hold_drift.value_or(0));
  log(LogLevel::debug, text);
}

void ExplicitEngine::check(const System& system, const Phase& phase, double t) const {
  if (interrupt_requested()) throw Interrupted("interrupted in " + phase.name);
  if (!std::isfinite(system.u.sum()) || !std::isfinite(force_.sum())) // the limit of speed hides a force that is none
    throw NotConverged(phase.name + ": displacements or forces are no longer finite at pseudo-time " +
                       std::to_string(t));
}

double ExplicitEngine::imbalance_of(const System& system) const {
  double all = 0;
  for (const Term* term : system.terms) all += term->force_sum();
  return unbalanced(system, force_) / std::max(all, least_forces);
}

void ExplicitEngine::settle(System& system, const Phase& phase, double t, double balance) {
  ledger_.begin_hold(system.u);
  double before = 0, near = near_rest;
  bool rising = false, in_full = precision_ == Precision::full;
  const auto go_on_in_full = [&] {
    work_in(Precision::full, system);
    in_full = true;
  };
  for (int s = 1; s <= hold_steps_; ++s) {
    if (!in_full && s > hold_steps_ * 3 / 4) go_on_in_full(); // whatever the imbalance
    step(system, phase, t);
    const double now = inertia_->kinetic(system);
    if (rising && now < before) { // the peak, where the forces nearly balance
      stop(system);
      rising = false;
      before = 0;
    } else {
      rising = now > before;
      before = now;
    }
    if (s % check_interval != 0) continue;
    check(system, phase, t);
    const double imbalance = imbalance_of(system);
    if (stubborn_ && inertia_ == chosen_.get() && s >= patience && imbalance > blown) {
      log(LogLevel::debug, phase.name + ": the hold goes on with a diagonal mass");
      stop(system);
      inertia_ = stubborn_.get();
      inertia_->begin(system);
      before = 0;
      rising = false;
      continue;
    }
    if (in_full && imbalance < balance) break;
    if (!in_full) {
      if (imbalance < std::max(balance, float_balance)) go_on_in_full();
      continue;
    }
    if (!newton_ || imbalance > near || balance >= reading) continue;
    if (found_rest(system, phase, balance)) break;
    near = nearer * imbalance;
    rising = false;
    before = 0;
  }
  imbalance_ = imbalance_of(system);
  stop(system);
  ledger_.end_hold(system.u);
  if (inertia_ == chosen_.get()) return;
  inertia_ = chosen_.get();
  inertia_->begin(system);
}

/// Newton's method from here on. Laws take their strength from the begin of a step: the body rests when a further one from
/// where it was left finds the forces balanced.
bool ExplicitEngine::found_rest(System& system, const Phase& phase, double balance) {
  constexpr int passes = 6;
  stop(system);
  for (int pass = 0; pass < passes; ++pass) {
    find_forces(system);
    if (imbalance_of(system) <= balance) return true;
    const VectorX before = system.u, unbalanced = force_;
    VectorX u = before;
    const bool found = newton_->find(system, u, 0.5 * balance, effort_);
    char text[160];
    std::snprintf(text, sizeof text, "%s: hold, imbalance %.2g, Newton %s, %ld systems so far", phase.name.c_str(),
                  imbalance_of(system), found ? "found" : "gave up", effort_.newton_iterations);
    log(LogLevel::debug, text);
    if (!found) return false;
    system.u = u;
    find_forces(system);
    double lost = 0; // what the forces out of balance did on the way
    for (int i = 0; i < u.size(); ++i)
      if (!system.fixed[i]) lost += 0.5 * (unbalanced[i] + force_[i]) * (u[i] - before[i]);
    ledger_.note_damping(lost);
  }
  return false;
}

} // namespace kypho

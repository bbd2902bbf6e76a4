#include "solvers/implicit.hpp"

#include "core/base/errors.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/log.hpp"
#include "solvers/newton_increment.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace kypho {
std::vector<std::string> implicit_solver_names() {
  std::vector<std::string> names{"auto", "multigrid", "eigen_ldlt"};
  if (direct_solver() != names.back()) names.push_back(direct_solver());
  return names;
}

ImplicitEngine::ImplicitEngine(const Params& p)
    : increments_(p.integer("increments")), most_iterations_(p.integer("newton_iterations")),
      most_cutbacks_(p.integer("cutbacks")), balance_(p.number("balance")), newton_(p.text("implicit_solver")) {}

double ImplicitEngine::run(System& system, const Phase& phase) {
  system.v.setZero(system.u.size());
  const int full = std::max(1, static_cast<int>(std::lround(phase.effort * increments_)));
  const double longest = 1.0 / full;
  double t = 0, dt = longest;
  int observed = 0, cut = 0;
  reached_ = 0;
  begin(system, phase);
  while (t < 1 - 1e-12) {
    if (interrupt_requested()) throw Interrupted("interrupted in " + phase.name);
    const double next_look = phase.observations > 0 ? (observed + 1.0) / phase.observations : 1;
    double to = std::min({t + dt, 1.0, next_look});
    if (1 - to < 1e-9) to = 1;
    const VectorX before = system.u;
    bool found = increment(system, phase, to, 1 - to);
    char text[160];
    std::snprintf(text, sizeof text, "%s: t = %.5f%s after %zu iterations, imbalance %.2g%s", phase.name.c_str(), to,
                  found ? "" : " not found", tail_.size(), imbalance_, newton_.indefinite() ? ", indefinite" : "");
    log(LogLevel::debug, text);
    if (!found) {
      system.u = before;
      phase.load(std::max(t, 1e-12));
      ++effort_.cutbacks;
      if (++cut > most_cutbacks_) {
        to = std::min({t + longest, 1.0, next_look});
        found = rescued(system, phase, t, to);
      }
      if (!found && cut > most_cutbacks_)
        throw NotConverged(phase.name + ": no equilibrium at pseudo-time " + std::to_string(to) + " after " +
                           std::to_string(most_cutbacks_) + " cut-backs; " + trouble_);
      if (!found) {
        dt = 0.5 * (to - t);
        continue;
      }
    }
    cut = 0;
    ++effort_.increments;
    const int iterations = static_cast<int>(tail_.size()) - 1;
    if (iterations <= 2 * most_iterations_ / 3) dt = std::min(longest, 1.5 * dt);
    t = reached_ = to;
    const bool look = t >= next_look - 1e-9;
    if (look) ++observed;
    if (phase.reached && phase.reached(t)) {
      if (phase.observe) phase.observe(t);
      break;
    }
    if (look && phase.observe) phase.observe(t);
  }
  if (t < 1) let_fade(system, phase, t);
  tell_costs(phase.name);
  return t;
}

void ImplicitEngine::tell_costs(const std::string& phase) {
  const NewtonSystem::Cost& cost = newton_.cost();
  std::sort(steps_s_.begin(), steps_s_.end());
  const auto share = [this](double of) {
    return steps_s_.empty() ? 0 : 1000 * steps_s_[static_cast<std::size_t>(of * (steps_s_.size() - 1))];
  };
  char text[240];
  std::snprintf(
      text, sizeof text,
      "%s: %ld linear systems, %ld iterations in them, %.1f s; %.1f s for assembly; a Newton step took %.0f ms, "
      "19 of 20 no more than %.0f ms",
      phase.c_str(), cost.solves, cost.iterations, cost.linear_s, cost.assembly_s, share(0.5), share(0.95));
  log(LogLevel::debug, text);
}

/// Nothing is left to fade after it: the body was at rest.
bool ImplicitEngine::rescued(System& system, const Phase& phase, double from, double to) {
  if (!rescue_) return false;
  log(LogLevel::debug, phase.name + ": " + trouble_ + "; explicit steps go on to t = " + std::to_string(to));
  rescue_(system, phase, from, to);
  ++effort_.rescued;
  fading_.setZero();
  last_step_.resize(0);
  return true;
}

/// A phase that ended early keeps its loads until nothing is left of what was out of balance at its begin.
void ImplicitEngine::let_fade(System& system, const Phase& phase, double t) {
  int cut = 0;
  for (double share = 1 - t, step = share; share > 0;) {
    const double to = std::max(0.0, share - step);
    if (increment(system, phase, t, to)) {
      ++effort_.increments;
      share = to;
      continue;
    }
    ++effort_.cutbacks;
    if (++cut > most_cutbacks_ && rescued(system, phase, t, t)) return;
    if (cut > most_cutbacks_)
      throw NotConverged(phase.name + ": no equilibrium where it ended early, at pseudo-time " + std::to_string(t) +
                         "; " + trouble_);
    step *= 0.5;
  }
}

/// What is out of balance when the phase begins: platens were taken off, the mesh is new, cement has set.
void ImplicitEngine::begin(System& system, const Phase& phase) {
  newton_.forget_pattern();
  newton_.begin_costs();
  steps_s_.clear();
  last_step_.resize(0);
  const VectorX start = system.u;
  phase.load(1e-12);
  system.u = start;
  newton_.assemble(system, system.u, fading_, false);
}

/// @param unfaded share of what was out of balance when the phase began that stays so
bool ImplicitEngine::increment(System& system, const Phase& phase, double t, double unfaded) {
  const VectorX before = system.u;
  phase.load(t);
  NewtonIncrement newton(newton_, system, unfaded * fading_, system.u);
  VectorX u = before;
  const double length = t - reached_;
  if (last_step_.size() == u.size() && length > 0) newton.begin_from(u + length / last_length_ * last_step_, u);
  const bool found = newton.find(u, balance_, most_iterations_);
  newton.add_to(effort_);
  steps_s_.insert(steps_s_.end(), newton.steps_s().begin(), newton.steps_s().end());
  tail_ = newton.tail();
  trouble_ = newton.trouble();
  if (!tail_.empty()) imbalance_ = tail_.back();
  if (!found) return false;
  last_step_ = u - before;
  last_length_ = length;
  system.u = u;
  VectorX ends = VectorX::Zero(u.size());
  for (Term* term : system.terms) term->add_forces(u, ends); // moves the histories
  return true;
}

} // namespace kypho

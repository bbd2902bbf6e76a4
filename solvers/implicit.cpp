#include "solvers/implicit.hpp"

#include "core/base/errors.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/log.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace kypho {
namespace {

std::string fastest_direct() {
  const std::vector<std::string> names = linear_solver_names();
  return std::find(names.begin(), names.end(), "cholmod") != names.end() ? "cholmod" : "eigen_ldlt";
}

} // namespace

std::vector<std::string> implicit_solver_names() {
  std::vector<std::string> names{"auto", "eigen_ldlt"};
  if (fastest_direct() != names.back()) names.push_back(fastest_direct());
  return names;
}

ImplicitEngine::ImplicitEngine(const Params& p)
    : increments_(p.integer("increments")), most_iterations_(p.integer("newton_iterations")),
      most_cutbacks_(p.integer("cutbacks")), balance_(p.number("balance")),
      newton_(p.text("implicit_solver") == "auto" ? fastest_direct() : p.text("implicit_solver")) {}

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
    const bool found = increment(system, phase, to);
    char text[160];
    std::snprintf(text, sizeof text, "%s: t = %.5f%s after %zu iterations, imbalance %.2g%s", phase.name.c_str(), to,
                  found ? "" : " not found", tail_.size(), imbalance_, newton_.indefinite() ? ", indefinite" : "");
    log(LogLevel::debug, text);
    if (!found) {
      system.u = before;
      phase.load(std::max(t, 1e-12));
      ++effort_.cutbacks;
      if (++cut > most_cutbacks_)
        throw NotConverged(phase.name + ": no equilibrium at pseudo-time " + std::to_string(to) + " after " +
                           std::to_string(most_cutbacks_) + " cut-backs; " + trouble_);
      dt = 0.5 * (to - t);
      continue;
    }
    cut = 0;
    ++effort_.increments;
    const int iterations = static_cast<int>(tail_.size()) - 1;
    if (iterations <= most_iterations_ / 2) dt = std::min(longest, 1.5 * dt);
    t = reached_ = to;
    const bool look = t >= next_look - 1e-9;
    if (look) ++observed;
    if (phase.reached && phase.reached(t)) {
      if (phase.observe) phase.observe(t);
      break;
    }
    if (look && phase.observe) phase.observe(t);
  }
  return t;
}

/// What is out of balance when the phase begins: platens were taken off, the mesh is new, cement has set.
void ImplicitEngine::begin(System& system, const Phase& phase) {
  newton_.forget_pattern();
  const VectorX start = system.u;
  phase.load(1e-12);
  system.u = start;
  newton_.assemble(system, system.u, fading_, false);
}

bool ImplicitEngine::increment(System& system, const Phase& phase, double t) {
  constexpr int halvings = 8;
  constexpr double enough = 0.9; // share of the work along du that may be left
  const int n = static_cast<int>(system.u.size());
  const VectorX start = system.u;
  phase.load(t);
  const VectorX wanted = system.u; // where prescribed
  VectorX u = start, f, f_try, du(n);
  tail_.clear();
  const auto assemble = [&](const VectorX& at, VectorX& force, bool with_tangent) {
    const double inside = newton_.assemble(system, at, force, with_tangent);
    force -= (1 - t) * fading_;
    return inside;
  };
  try {
    double inside = assemble(u, f, true);
    for (int iteration = 0;; ++iteration) {
      double moving = 0;
      for (int i = 0; i < n; ++i)
        if (system.fixed[i]) moving = std::max(moving, std::abs(wanted[i] - u[i]));
      const double left = unbalanced(system, f);
      imbalance_ = left / std::max(inside, least_forces);
      tail_.push_back(imbalance_);
      if (moving == 0 && imbalance_ <= balance_) break;
      if (iteration == most_iterations_) {
        char text[100];
        std::snprintf(text, sizeof text, "imbalance %.2g, asked %.2g, after %d iterations", imbalance_, balance_,
                      iteration);
        trouble_ = text;
        return false;
      }
      ++effort_.newton_iterations;
      for (int i = 0; i < n; ++i) du[i] = system.fixed[i] ? wanted[i] - u[i] : 0.0;
      if (!newton_.solve(system, f, du)) {
        trouble_ = "the tangent has no solution";
        return false;
      }
      // Along du, shorter and shorter.
      const auto slope = [&](const VectorX& force) {
        double sum = 0;
        for (int i = 0; i < n; ++i)
          if (!system.fixed[i]) sum += force[i] * du[i];
        return std::abs(sum);
      };
      const double slope_before = slope(f);
      double eta = 1, best = 0, least = 1e300;
      for (int k = 0; k < halvings; ++k, eta *= 0.5) {
        double now = 1e300;
        bool good = false;
        try {
          assemble(u + eta * du, f_try, false);
          now = unbalanced(system, f_try);
          good = std::isfinite(now) &&
                 (moving > 0 || now < (1 - 1e-4 * eta) * left || slope(f_try) < enough * slope_before);
        } catch (const NonPhysical& error) {
          trouble_ = error.what();
        }
        if (std::isfinite(now) && now < least) {
          least = now;
          best = eta;
        }
        if (good) {
          best = eta;
          break;
        }
      }
      if (best == 0) return false;
      u += best * du;
      if (best == 1)
        for (int i = 0; i < n; ++i)
          if (system.fixed[i]) u[i] = wanted[i];
      inside = assemble(u, f, true);
    }
  } catch (const NonPhysical& error) {
    trouble_ = error.what();
    return false;
  }
  system.u = u;
  VectorX ends = VectorX::Zero(n);
  for (Term* term : system.terms) term->add_forces(u, ends); // moves the histories
  return true;
}

} // namespace kypho

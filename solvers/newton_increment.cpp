#include "solvers/newton_increment.hpp"

#include "core/base/errors.hpp"
#include "solvers/linear_pattern.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace kypho {
namespace {
constexpr double least_drag = 1e-5, most_drag = 10; // shares of the explicit mass
constexpr double longest = 0.5;                     // mm that a node of a body that gives way may go in one iteration
constexpr double converging = 0.1;                  // share of the forces left: Newton's own step is the best
constexpr double on_the_way = 1e-6, close = 0.02;   // shares: of the way that a guess may miss, of forces it may leave
constexpr double most_error = 0.1;                  // of a linear solution
constexpr int held_back = 4;                        // times the iterations for a body that gives way
} // namespace

bool NewtonIncrement::find(VectorX& u, double balance, int iterations) {
  const int n = static_cast<int>(u.size());
  VectorX f, du(n), f_after;
  restraint_ = VectorX::Zero(n);
  try {
    double inside = assemble(u, f, true);
    bool tangent_is_of_u = true;
    double share_left = 1; // by the last step
    for (int plain = 0, dragged = 0;;) {
      moving_ = 0;
      for (int i = 0; i < n; ++i)
        if (system_.fixed[i]) moving_ = std::max(moving_, std::abs(wanted_[i] - u[i]));
      const double left = unbalanced(system_, f);
      tail_.push_back(left / std::max(inside, least_forces));
      if (moving_ == 0 && tail_.back() <= balance) return true;
      if (plain == iterations || dragged == held_back * iterations) {
        char text[100];
        std::snprintf(text, sizeof text, "imbalance %.2g, asked %.2g, after %d iterations", tail_.back(), balance,
                      plain + dragged);
        trouble_ = text;
        return false;
      }
      // The last tangent once more where a step like the last one is enough.
      const bool chord =
          moving_ == 0 && drag_ == 0 && restraint_.isZero(0) && share_left * tail_.back() < 0.5 * balance;
      const Stopwatch watch;
      if (!tangent_is_of_u && !chord) inside = assemble(u, f, true);
      tangent_is_of_u = !chord;
      const double enough = 0.5 * balance / tail_.back();
      if (moving_ == 0) accuracy_ = std::max(accuracy_, std::min(most_error, enough));
      const bool found = direction(u, f, du);
      ++(drag_ > 0 ? dragged : plain);
      const double eta = found ? line_search(u, f, du, f_after, inside) : 0;
      steps_s_.push_back(watch.seconds());
      if (eta == 0 && chord) { // it was not enough: with the tangent of this place
        share_left = 1;
        continue;
      }
      if (!found) return false;
      if (eta == 0) { // no good step in this direction
        if (!hold_back(u)) return false;
        assemble(u, f, true); // the last solve has eliminated in the tangent
        tangent_is_of_u = true;
        continue;
      }
      u += eta * du;
      if (eta == 1)
        for (int i = 0; i < n; ++i)
          if (system_.fixed[i]) u[i] = wanted_[i];
      tangent_is_of_u = false;
      share_left = unbalanced(system_, f_after) / left;
      if (share_left < converging)
        restraint_.setZero();
      else
        restrain(f, f_after, eta * du, eta);
      f = f_after;
      accuracy_ = std::clamp(0.1 * share_left, 1e-4, 1e-2);
      let_go(share_left, eta);
    }
  } catch (const NonPhysical& error) {
    trouble_ = error.what();
    return false;
  }
}

void NewtonIncrement::begin_from(VectorX guess, VectorX& u) {
  double moved = 0, missed = 0;
  for (int i = 0; i < u.size(); ++i)
    if (system_.fixed[i]) {
      moved = std::max(moved, std::abs(wanted_[i] - u[i]));
      missed = std::max(missed, std::abs(wanted_[i] - guess[i]));
      guess[i] = wanted_[i];
    }
  if (missed > on_the_way * moved) return;
  VectorX f, of_guess;
  try {
    const double inside = assemble(guess, of_guess, false), left = unbalanced(system_, of_guess);
    if (moved > 0) { // what is balanced where nothing has moved yet says nothing
      if (left < close * inside) u = guess;
      return;
    }
    assemble(u, f, false);
    if (left < unbalanced(system_, f)) u = guess;
  } catch (const NonPhysical&) { // of the guess: then from u; of u: find() will tell
  }
}

void NewtonIncrement::add_to(Effort& effort) const {
  const NewtonSystem::Cost& now = newton_.cost();
  effort.newton_iterations += now.solves - before_.solves;
  effort.krylov_iterations += now.iterations - before_.iterations;
  effort.linear_s += now.linear_s - before_.linear_s;
  effort.assembly_s += now.assembly_s - before_.assembly_s;
}

double NewtonIncrement::assemble(const VectorX& u, VectorX& f, bool with_tangent) {
  const double inside = newton_.assemble(system_, u, f, with_tangent);
  f -= rest_;
  return inside;
}

double NewtonIncrement::along(const VectorX& force, const VectorX& du) const {
  double sum = 0;
  for (int i = 0; i < du.size(); ++i)
    if (!system_.fixed[i]) sum += force[i] * du[i];
  return sum;
}

/// A step that is not too long.
bool NewtonIncrement::direction(const VectorX& u, const VectorX& f, VectorX& du) {
  const int n = static_cast<int>(u.size());
  VectorX again = f;
  while (true) {
    for (int i = 0; i < n; ++i) du[i] = system_.fixed[i] ? wanted_[i] - u[i] : 0.0;
    const bool found =
        newton_.solve(system_, u, drag_ > 0 ? VectorX(restraint_ + drag_ * mass_) : restraint_, accuracy_, f, du);
    const bool gives_way = newton_.indefinite() || drag_ > 0;
    if (found && (moving_ > 0 || !gives_way || du.lpNorm<Eigen::Infinity>() <= longest)) return true;
    if (!hold_back(u)) {
      trouble_ = "the tangent has no solution";
      return false;
    }
    assemble(u, again, true); // the solve has eliminated in the tangent
  }
}

/// @param tried, inside forces at the end of the step and their sum   @return share of du, 0 if none is good
double NewtonIncrement::line_search(const VectorX& u, const VectorX& f, const VectorX& du, VectorX& tried,
                                    double& inside) {
  constexpr int halvings = 5;
  constexpr double enough = 0.9; // share of the work along du that may be left
  const double left = unbalanced(system_, f), slope = along(f, du);
  double eta = 1;
  for (int k = 0; k < halvings; ++k, eta *= 0.5) {
    try {
      inside = assemble(u + eta * du, tried, false);
      const double now = unbalanced(system_, tried), slope_now = along(tried, du);
      if (!std::isfinite(now)) continue;
      if (moving_ > 0 || now < (slope > 0 ? 1 - 1e-4 * eta : 0.5) * left) return eta;
      if (slope <= 0) continue; // uphill: good only if it leads to rest straightaway
      if (std::abs(slope_now) < enough * slope || (drag_ > 0 && slope_now > 0)) return eta; // or ever steeper downhill
    } catch (const NonPhysical& error) {
      trouble_ = error.what();
    }
  }
  return 0;
}

void NewtonIncrement::restrain(const VectorX& f_before, const VectorX& f, const VectorX& step, double eta) {
  constexpr double turned = 0.1; // share of the force before that is left, the other way round
  for (int i = 0; i + 2 < step.size(); i += 3) {
    const Vec3 was = f_before.segment<3>(i), is = f.segment<3>(i), s = step.segment<3>(i);
    double k = 0;
    if (is.dot(was) < -turned * was.squaredNorm() && s.squaredNorm() > 0)
      k = std::max(0.0, -(is - (1 - eta) * was).dot(s) / s.squaredNorm());
    restraint_.segment<3>(i).setConstant(k);
  }
}

/// @return false if that does not help any more
bool NewtonIncrement::hold_back(const VectorX& u) {
  if (!may_slide_ || drag_ >= most_drag) return false;
  mass_ = VectorX::Zero(u.size());
  for (const Term* term : system_.terms) term->add_stiffness_rows(u, mass_);
  drag_ = std::max(10 * least_drag, 5 * drag_);
  return true;
}

void NewtonIncrement::let_go(double share_left, double eta) {
  if (drag_ == 0) return;
  drag_ *= eta < 1 ? 2 : std::clamp(share_left, 0.1, 1.0) * 0.4;
  if (drag_ < least_drag) drag_ = 0;
}

} // namespace kypho

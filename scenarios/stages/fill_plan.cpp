#include "scenarios/stages/fill_plan.hpp"

#include <algorithm>
#include <cmath>

namespace kypho {
namespace {
constexpr double pouring = 0.9;         // share of a turn; bone relaxes in the rest of it, and in the hold after it
constexpr double next_to_nothing = 0.1; // of a step
} // namespace

FillPlan::FillPlan(const FillHabits& habits, std::vector<double> start, std::vector<double> asked) : habits_(habits) {
  double most = 0;
  for (std::size_t k = 0; k < start.size(); ++k) most = std::max(most, asked[k] - start[k]);
  const int steps = std::max(1, static_cast<int>(std::ceil(most / habits.step - 1e-9)));
  for (std::size_t k = 0; k < start.size(); ++k)
    balloons_.push_back({start[k], asked[k], (asked[k] - start[k]) / steps, start[k]});
  if (habits.alternating) sides_ = std::max<int>(1, static_cast<int>(start.size()));
  turns_ = sides_ * steps;
  spare_ = sides_ * ((steps + 1) / 2);
}

double FillPlan::length() const { return turns() / (pouring * turns_) * sides_; }

std::pair<int, double> FillPlan::turn_of(double t) const {
  const double at = t * turns();
  const int turn = std::max(0, static_cast<int>(std::ceil(at - 1e-9)) - 1);
  return {turn, at - turn};
}

bool FillPlan::has_turn(std::size_t k, int turn) const { return sides_ == 1 || turn % sides_ == static_cast<int>(k); }

double FillPlan::steps_of(std::size_t k, double t) const {
  const auto [turn, over] = turn_of(t);
  const int whole = sides_ == 1 ? turn : turn / sides_ + (static_cast<int>(k) < turn % sides_ ? 1 : 0);
  return whole + (has_turn(k, turn) ? std::min(1.0, over / pouring) : 0.0);
}

double FillPlan::volume(std::size_t k, double t) const {
  const Own& b = balloons_[k];
  const double planned = std::min(b.asked, b.start + b.per_step * steps_of(k, t) - b.lag);
  return b.held < 0 ? planned : std::min(planned, b.held);
}

double FillPlan::waited(double t) const { return std::clamp((turn_of(t).second - pouring) / (1 - pouring), 0.0, 1.0); }

double FillPlan::pouring_rate(double t) const {
  const int turn = turn_of(t).first;
  double sum = 0;
  int count = 0;
  for (std::size_t k = 0; k < balloons_.size(); ++k) {
    const Own& b = balloons_[k];
    if (!has_turn(k, turn) || b.stopped || b.last >= b.asked) continue;
    sum += b.per_step / habits_.pour / (2 * volume(k, t));
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

double FillPlan::fresh(std::size_t k, double t) const {
  const double now = volume(k, t);
  return has_turn(k, turn_of(t).first) ? std::max(0.0, now - balloons_[k].last) / now : 0.0;
}

void FillPlan::pause(std::size_t k, double t) {
  Own& b = balloons_[k];
  if (b.held < 0 && has_turn(k, turn_of(t).first)) b.held = volume(k, t);
}

void FillPlan::stop(std::size_t k, double t) {
  Own& b = balloons_[k];
  b.held = volume(k, t);
  b.stopped = true;
}

bool FillPlan::gives_up(std::size_t k, double t) {
  Own& b = balloons_[k];
  if (b.stopped || !has_turn(k, turn_of(t).first)) return false;
  const double now = volume(k, t), taken = now - b.last;
  const bool paused = b.held >= 0;
  b.last = now;
  if (!paused) return false;
  b.lag = b.start + b.per_step * steps_of(k, t) - now;
  b.held = -1;
  return taken < next_to_nothing * b.per_step;
}

} // namespace kypho

#include "solvers/heat_stepper.hpp"
#include "core/base/errors.hpp"
#include "solvers/heat_conduction.hpp"
#include "solvers/heat_places.hpp"
#include <algorithm>
#include <cmath>
#include <limits>

namespace kypho {
namespace {

constexpr double shortest_step = 0.125;      // s
constexpr double longest_step = 16;          // s
constexpr double iteration_tolerance = 1e-2; // degC between two passes of the coupling
constexpr int most_iterations = 12;
constexpr double most_conversion = 0.1; // gained by any tetrahedron in one step
constexpr double setting_conversion = 0.5;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// The part of a step, 0..1, after which a straight line from a to b has passed @p level.
double crossing(double a, double b, double level) { return b == a ? 1 : std::clamp((level - a) / (b - a), 0.0, 1.0); }

/// Seconds of a step that a straight temperature spends above @p level.
double seconds_above(double a, double b, double level, double dt) {
  if (std::max(a, b) <= level) return 0;
  if (std::min(a, b) >= level) return dt;
  return a > b ? dt * crossing(a, b, level) : dt * (1 - crossing(a, b, level));
}

class CureRun {
public:
  CureRun(const CureInput& input, LinearSolver& solver, const CureListener& listener)
      : in_(input), listener_(listener),
        properties_(heat_properties(*input.mesh, *input.positions, input.cement, input.heat, input.cement_fraction)),
        places_(find_heat_places(*input.mesh, *input.positions, input.cement_fraction, input.canal)),
        conduction_(
            assemble_heat(*input.mesh, *input.positions, properties_,
                          film_coefficients(heat_sides(*input.mesh, *input.positions, input.canal), input.heat)),
            solver) {
    start();
  }

  CureResult run() {
    while (in_.heat.duration - time_ > shortest_step / 2) {
      const double dt = step_length();
      if (!try_step(dt)) {
        if (dt <= shortest_step)
          throw NotConverged("cure: reaction and heat do not agree in the shortest step at " + std::to_string(time_) +
                             " s");
        wanted_step_ = dt / 2;
        calm_steps_ = 0;
        continue;
      }
      accept(dt);
    }
    finish();
    return std::move(result_);
  }

private:
  void start();
  double step_length() const;
  bool try_step(double dt);
  double react(double dt, const VectorX& end);
  void accept(double dt);
  void record_bone(double dt);
  void record_locking();
  void record_point();
  void finish();
  double mean_temperature(int tet, const VectorX& theta) const {
    const auto& t = in_.mesh->tets[tet];
    return in_.heat.body_temperature + (theta[t[0]] + theta[t[1]] + theta[t[2]] + theta[t[3]]) / 4;
  }

  const CureInput& in_;
  const CureListener& listener_;
  HeatProperties properties_;
  HeatPlaces places_;
  HeatConduction conduction_;
  std::vector<int> cement_;                // tetrahedra with cement
  std::vector<double> conversion_, trial_; // per entry of cement_
  std::vector<double> amount_, source_;    // cement in it, mm3; heat per conversion, mJ
  VectorX theta_, before_, next_, q_;      // K above body temperature; now, one step ago, trial; mW
  double time_ = 0, previous_dt_ = 0, wanted_step_ = shortest_step, estimate_ = 0, step_loss_ = 0;
  int calm_steps_ = 0;
  double start_energy_ = 0, lost_ = 0, mean_start_ = 0;
  std::vector<double> above47_, above50_, damage_;
  CureResult result_;
};

void CureRun::start() {
  const std::size_t nodes = in_.positions->size();
  const Kinetics& kinetics = in_.cement.kinetics;
  for (std::size_t e = 0; e < in_.mesh->tets.size(); ++e)
    if (in_.cement_fraction[e] > 0) cement_.push_back(static_cast<int>(e));
  if (cement_.empty()) throw InputError("cure: there is no cement in the bone");
  mean_start_ = kinetics.conversion_at(in_.heat.mix_age, in_.heat.room_temperature);
  conversion_.assign(cement_.size(), mean_start_);
  trial_ = conversion_;
  // Heat is conserved where cold cement and warm bone share a node.
  VectorX content = VectorX::Zero(static_cast<Eigen::Index>(nodes));
  const double capacity = in_.cement.volumetric_heat_capacity();
  for (const int e : cement_) {
    const double amount = in_.cement_fraction[e] * properties_.volume[e];
    amount_.push_back(amount);
    source_.push_back(amount * in_.cement.heat_per_conversion());
    const double chill = amount * capacity * (in_.heat.cement_temperature - in_.heat.body_temperature);
    for (const int node : in_.mesh->tets[e]) content[node] += chill / 4;
  }
  theta_ = content.cwiseQuotient(conduction_.system().C);
  before_ = next_ = theta_;
  start_energy_ = content.sum();
  q_ = VectorX::Zero(theta_.size());
  above47_.assign(nodes, 0);
  above50_.assign(nodes, 0);
  damage_.assign(nodes, 0);
  result_.cem43.assign(nodes, 0);
  result_.peak_temperature.assign(nodes, -std::numeric_limits<double>::infinity());
  result_.conversion.assign(in_.mesh->tets.size(), 0);
  result_.lock_temperature.assign(in_.mesh->tets.size(), not_a_number);
  result_.setting_time = mean_start_ >= setting_conversion ? in_.heat.mix_age : -1;
  record_point();
}

double CureRun::step_length() const {
  double dt = wanted_step_;
  while (dt > shortest_step && dt > in_.heat.duration - time_ + 1e-9) dt /= 2;
  return dt;
}

// Conversions at the end of the step for a temperature that runs straight to `end`; fills the heat source.
// Returns the largest gain of conversion.
double CureRun::react(double dt, const VectorX& end) {
  const Kinetics& kinetics = in_.cement.kinetics;
  double most = 0;
  q_.setZero();
  for (std::size_t i = 0; i < cement_.size(); ++i) {
    const double from = mean_temperature(cement_[i], theta_), to = mean_temperature(cement_[i], end);
    const double half = kinetics.advance(conversion_[i], 0.75 * from + 0.25 * to, dt / 2);
    trial_[i] = kinetics.advance(half, 0.25 * from + 0.75 * to, dt / 2);
    const double gain = trial_[i] - conversion_[i];
    most = std::max(most, gain);
    const double heat = source_[i] * gain / dt / 4;
    for (const int node : in_.mesh->tets[cement_[i]]) q_[node] += heat;
  }
  return most;
}

bool CureRun::try_step(double dt) {
  const bool has_past = previous_dt_ > 0;
  const VectorX guess = has_past ? VectorX(theta_ + dt / previous_dt_ * (theta_ - before_)) : theta_;
  next_ = guess;
  double change = std::numeric_limits<double>::infinity();
  for (int pass = 0; pass < most_iterations && change > iteration_tolerance; ++pass) {
    const VectorX last = next_;
    if (react(dt, last) > most_conversion && dt > shortest_step) return false;
    step_loss_ = conduction_.step(theta_, q_, dt, next_);
    change = (next_ - last).cwiseAbs().maxCoeff();
    if (!std::isfinite(change)) return false;
    if (pass == 0 && has_past) {
      estimate_ = (next_ - guess).cwiseAbs().maxCoeff();
      if (estimate_ > 2 * in_.temperature_tolerance && dt > shortest_step) return false;
    }
  }
  if (change > iteration_tolerance) return false;
  estimate_ = has_past ? (next_ - guess).cwiseAbs().maxCoeff() : in_.temperature_tolerance;
  return estimate_ <= in_.temperature_tolerance || dt <= shortest_step;
}

void CureRun::accept(double dt) {
  before_ = theta_;
  theta_ = next_;
  previous_dt_ = dt;
  time_ += dt;
  lost_ += step_loss_;
  record_locking();
  conversion_ = trial_;
  record_bone(dt);
  record_point();
  // The extrapolation error grows with the square of the step.
  calm_steps_ = estimate_ < in_.temperature_tolerance / 6 ? calm_steps_ + 1 : 0;
  wanted_step_ = dt;
  if (calm_steps_ >= 2 && dt < longest_step) {
    wanted_step_ = 2 * dt;
    calm_steps_ = 0;
  }
  ++result_.steps;
}

void CureRun::record_bone(double dt) {
  const double body = in_.heat.body_temperature;
  for (const int node : places_.bone) {
    const double from = body + before_[node], to = body + theta_[node];
    result_.cem43[node] += cem43_minutes(from, to, dt);
    damage_[node] += henriques_damage(from, to, dt);
    above47_[node] += seconds_above(from, to, 47, dt);
    above50_[node] += seconds_above(from, to, 50, dt);
  }
}

void CureRun::record_locking() {
  const double lock = (in_.cement.gel_conversion + in_.cement.glass_conversion) / 2;
  for (std::size_t i = 0; i < cement_.size(); ++i) {
    if (conversion_[i] >= lock || trial_[i] < lock) continue;
    const double part = crossing(conversion_[i], trial_[i], lock);
    result_.lock_temperature[cement_[i]] =
        (1 - part) * mean_temperature(cement_[i], before_) + part * mean_temperature(cement_[i], theta_);
  }
}

void CureRun::record_point() {
  const double body = in_.heat.body_temperature;
  const auto hottest = [&](const std::vector<int>& nodes) {
    double most = nodes.empty() ? 0 : -std::numeric_limits<double>::infinity();
    for (const int node : nodes) most = std::max(most, theta_[node]);
    return body + most;
  };
  CurePoint point{time_,
                  hottest(places_.core),
                  hottest(places_.interface),
                  hottest(places_.anterior_cortex),
                  hottest(places_.canal),
                  0,
                  1};
  double volume = 0;
  for (std::size_t i = 0; i < cement_.size(); ++i) {
    point.mean_conversion += amount_[i] * conversion_[i];
    volume += amount_[i];
    point.min_conversion = std::min(point.min_conversion, conversion_[i]);
    result_.conversion[cement_[i]] = conversion_[i];
  }
  point.mean_conversion /= volume;
  if (result_.setting_time < 0 && point.mean_conversion >= setting_conversion) {
    const CurePoint& last = result_.curve.back();
    const double part = crossing(last.mean_conversion, point.mean_conversion, setting_conversion);
    result_.setting_time = in_.heat.mix_age + last.time_s + part * (point.time_s - last.time_s);
  }
  result_.temperature.resize(theta_.size());
  for (Eigen::Index i = 0; i < theta_.size(); ++i) {
    result_.temperature[i] = body + theta_[i];
    result_.peak_temperature[i] = std::max(result_.peak_temperature[i], body + theta_[i]);
  }
  result_.curve.push_back(point);
  if (listener_) listener_({time_, &result_.temperature, &result_.conversion, &result_.curve.back()});
}

void CureRun::finish() {
  const auto peak = [&](const char* name, const std::vector<int>& nodes) {
    for (const int node : nodes) {
      const double value = result_.peak_temperature[node];
      const auto [at, fresh] = result_.peak_temperature_c.emplace(name, value);
      if (!fresh) at->second = std::max(at->second, value);
    }
  };
  peak("core", places_.core);
  peak("interface", places_.interface);
  peak("anterior_cortex", places_.anterior_cortex);
  peak("canal", places_.canal);
  double sum = 0, area = 0;
  for (std::size_t i = 0; i < places_.interface.size(); ++i) {
    sum += places_.interface_area[i] * result_.peak_temperature[places_.interface[i]];
    area += places_.interface_area[i];
  }
  if (area > 0) result_.peak_temperature_c["interface_mean"] = sum / area;
  result_.mean_conversion = result_.curve.back().mean_conversion;
  result_.min_conversion = result_.curve.back().min_conversion;
  for (const int node : places_.bone) {
    result_.cem43_max_bone = std::max(result_.cem43_max_bone, result_.cem43[node]);
    result_.henriques_max_bone = std::max(result_.henriques_max_bone, damage_[node]);
    result_.bone_seconds_above_47 = std::max(result_.bone_seconds_above_47, above47_[node]);
    result_.bone_seconds_above_50 = std::max(result_.bone_seconds_above_50, above50_[node]);
  }
  for (std::size_t i = 0; i < cement_.size(); ++i)
    result_.released_j += 1e-3 * source_[i] * (conversion_[i] - mean_start_);
  result_.stored_j = 1e-3 * (conduction_.system().C.dot(theta_) - start_energy_);
  result_.lost_j = 1e-3 * lost_;
  result_.solves = conduction_.solves();
  result_.setups = conduction_.setups();
}

} // namespace

CureResult cure(const CureInput& input, LinearSolver& solver, const CureListener& listener) {
  if (input.cement_fraction.size() != input.mesh->tets.size())
    throw InputError("cure: cement_fraction needs one value per tetrahedron");
  return CureRun(input, solver, listener).run();
}

} // namespace kypho

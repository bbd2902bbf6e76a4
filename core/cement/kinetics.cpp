#include "core/cement/kinetics.hpp"
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

constexpr double gas_constant = 8.314462618e-3; // kJ/(mol K)
constexpr double zero_celsius = 273.15;

// a(t) = limit / (1 + (limit/a0 - 1) exp(-k limit t)), the logistic curve
double logistic(double a, double limit, double k, double dt) {
  return limit / (1 + (limit / a - 1) * std::exp(-k * limit * dt));
}

double runge_kutta(const Kinetics& law, double a, double temperature, double dt) {
  const auto slope = [&](double x) { return law.rate(std::min(x, law.limit), temperature); };
  // The fastest relative change of the law is of the order of its rate constant.
  const int steps = std::max(1, static_cast<int>(std::ceil(law.rate_constant(temperature) * dt / 0.1)));
  const double h = dt / steps;
  for (int i = 0; i < steps; ++i) {
    const double k1 = slope(a), k2 = slope(a + h / 2 * k1), k3 = slope(a + h / 2 * k2), k4 = slope(a + h * k3);
    a = std::min(law.limit, a + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4));
  }
  return a;
}

} // namespace

double Kinetics::rate_constant(double temperature) const {
  return rate_factor * std::exp(-activation_energy / (gas_constant * (temperature + zero_celsius)));
}

double Kinetics::rate(double conversion, double temperature) const {
  if (conversion <= 0 || conversion >= limit) return 0;
  return rate_constant(temperature) * std::pow(conversion, m) * std::pow(limit - conversion, n);
}

double Kinetics::advance(double conversion, double temperature, double dt) const {
  if (conversion <= 0 || conversion >= limit || dt <= 0) return conversion;
  const double next = m == 1 && n == 1 ? logistic(conversion, limit, rate_constant(temperature), dt)
                                       : runge_kutta(*this, conversion, temperature, dt);
  return std::clamp(next, conversion, limit);
}

double Kinetics::half_time(double temperature) const {
  double low = 0, high = 1;
  while (conversion_at(high, temperature) < limit / 2 && high < 1e9) high *= 2;
  while (high - low > 1e-6 * high) {
    const double middle = (low + high) / 2;
    (conversion_at(middle, temperature) < limit / 2 ? low : high) = middle;
  }
  return (low + high) / 2;
}

Kinetics make_kinetics(const Params& params) {
  Kinetics law;
  law.rate_factor = params.number("rate_factor");
  law.activation_energy = params.number("activation_energy");
  law.start = params.number("start_conversion");
  law.limit = params.number("limit_conversion");
  law.m = params.number("order_growth");
  law.n = params.number("order_limit");
  return law;
}

} // namespace kypho

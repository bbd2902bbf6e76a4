// Equilibrium of r(R), stretches l_r = dr/dR, l_t = r/R (n = 2 of them in a sphere, 1 and l_z = 1 in a cylinder):
//   int (P_r d(dr)/dR + n P_t dr/R) R^n dR = p r_a^n dr_a,   P_i = tau_i / l_i.
// Constitutive equations in principal values, i = 1..3, b_i the elastic squared stretches:
//   e_i = (b_i - 1)/(b_i + 1),  tau_i = (1 - D)(2 mu e_i + (K - 2 mu/3) sum e),
//   yield  q^2 + 4.5 w (p - p0)^2 = B^2,  flow  e_i -> e_i - g tau_i,  the ellipse through Yc and the hydrostatic h Yc,
//   w = 1 but for p < p0, where it puts the ellipse through -Yt,
//   k += g |tau|,  log Jp += g sum tau,  D = limit (1 - exp(-rate k)),
//   Y = ultimate [1 - (1 - onset) <1 - k/k_u>^2],  Yt = ratio Jp Y,
//   Yc = Y {Jp [1 + hardening k + d1 <-log Jp - start> + d5 <-log Jp - start>^5] + closure gap^2},
//   gap = <2 s - Jp>/(Jp - s), and D / (1 + gap^2) in place of D in tau.
// D is that of the end of a step, k and Jp of the yield stress are those of its start: the error falls with the number of steps.
#include "benchmarks/verify/cavity_reference.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace kypho::verify {
namespace {

using Three = std::array<double, 3>;

struct State {
  Three plastic{1, 1, 1}; ///< stretches
  double k = 0, D = 0, log_jp = 0;
};

/// The defaults of the law, its ratios of transverse to axial values 1.
struct Foam {
  double mu, K, Y, solid, d1, d5;

  explicit Foam(double bmd) {
    const double rho = bmd / 1000, E = 2980 * std::pow(rho, 1.05), nu = 0.2;
    mu = E / (2 * (1 + nu));
    K = E / (3 * (1 - 2 * nu));
    // Yield by an offset of 0.2 %: marched along one core pressed from the side that is free.
    const double yield = 37.4 * std::pow(rho, 1.39);
    double k = 0;
    while (k + yield / E * (1 / (1 - damage(k)) - 1) < 0.002) k += 1e-8;
    Y = yield / rising(k);
    solid = std::min(0.6, (0.07 + 0.84 * rho) / (0.6 * 1.9));
    d1 = 12.3 * std::pow(solid, 1.24);
    d5 = 14.6 * std::pow(solid, 1.08);
  }

  static double rising(double k) { return 1 - 0.3 * std::pow(std::max(0.0, 1 - k / 0.0058), 2); }
  double damage(double k) const { return 0.985 * (1 - std::exp(-60 * k)); }

  /// After a step that flows by dk: dD = rate (limit - D) dk.
  static double damaged(double before, double dk) { return (before + 60 * 0.985 * dk) / (1 + 60 * dk); }
  double gap(double volume) const {
    return std::max(0.0, std::min(1.0, 2 * solid) - volume) / std::max(0.01, volume - solid);
  }
  double strength(const State& s) const {
    const double jp = std::min(1.0, std::exp(s.log_jp)), over = std::max(0.0, -std::log(jp) - 0.30);
    return Y * rising(s.k) * (jp * (1 + 0.3 * s.k + d1 * over + d5 * std::pow(over, 5)) + 0.5 * std::pow(gap(jp), 2));
  }

  /// Kirchhoff stresses at the end of a step to the stretches @p l. @param end may be null
  Three stress(const Three& l, const State& s, State* end) const {
    const double counts = 1 / (1 + std::pow(gap(std::exp(s.log_jp)), 2));
    Three e{}, tau{};
    for (int i = 0; i < 3; ++i) {
      const double b = std::pow(l[i] / s.plastic[i], 2);
      e[i] = (b - 1) / (b + 1);
    }
    const double mean = (e[0] + e[1] + e[2]) / 3;
    const double h = 0.656, Yc = strength(s), p0 = Yc * (h * h - 1.0 / 3) / (2 * (h - 1.0 / 3));
    const double B2 = 4.5 * std::pow(h * Yc - p0, 2);
    const double Yt = 0.88 * std::min(1.0, std::exp(s.log_jp)) * Y * rising(s.k);
    const double w = (B2 - Yt * Yt) / (4.5 * std::pow(Yt / 3 + p0, 2));
    // Stresses as if intact and damage at the end of a step with the flow g (as if intact).
    double q2 = 0;
    for (const double x : e) q2 += 1.5 * std::pow(2 * mu * (x - mean), 2);
    const double p = -3 * K * mean;
    const auto flow = [&](double g) {
      return g * std::sqrt(2.0 / 3 * q2 / std::pow(1 + 2 * mu * g, 2) + 3 * p * p / std::pow(1 + 3 * K * g, 2));
    };
    const auto intact = [&](double g) { return 1 - counts * damaged(s.D, flow(g)); };
    const auto excess = [&](double g) {
      const double off = intact(g) * p / (1 + 3 * K * g) - p0;
      return std::pow(intact(g), 2) * q2 / std::pow(1 + 2 * mu * g, 2) + 4.5 * (off < 0 ? w : 1) * off * off - B2;
    };
    double g = 0;
    if (excess(0) > 0) { // bracket, then halve: slow and sure
      double low = 0, high = 1 / mu;
      while (excess(high) > 0) high *= 2;
      while (high - low > 1e-15 * high) {
        const double middle = 0.5 * (low + high);
        if (middle == low || middle == high) break;
        (excess(middle) > 0 ? low : high) = middle;
      }
      g = high;
    }
    double sum = 0;
    for (int i = 0; i < 3; ++i) {
      tau[i] = 2 * mu * (e[i] - mean) / (1 + 2 * mu * g) - p / (1 + 3 * K * g);
      sum += tau[i];
    }
    if (end) {
      *end = s;
      for (int i = 0; i < 3 && g > 0; ++i) {
        const double elastic = e[i] - g * tau[i];
        end->plastic[i] = l[i] / std::sqrt((1 + elastic) / (1 - elastic));
      }
      end->k += flow(g);
      end->D = damaged(s.D, flow(g));
      end->log_jp += g * sum;
    }
    for (double& x : tau) x *= intact(g);
    return tau;
  }
};

class RadialBody {
public:
  RadialBody(CavityShape shape, double bmd, double outer, int elements)
      : sphere_(shape == CavityShape::sphere), foam_(bmd), states_(elements) {
    for (int i = 0; i <= elements; ++i) R_.push_back(std::pow(outer, static_cast<double>(i) / elements));
    r_ = R_;
  }

  /// Moves the wall to @p radius. @return pressure there
  double expand(double radius) {
    const int n = static_cast<int>(states_.size());
    // First guess: every point goes on as in the step before; at the very first as if volume were kept, faded out.
    const double moved = radius - r_[0], outer = R_.back();
    if (pace_.empty())
      for (const double R : R_) pace_.push_back(std::pow(R, -2) * (outer - R) / (outer - R_[0]));
    const std::vector<double> before = r_;
    for (int i = 0; i < n; ++i) r_[i] += moved * pace_[i];
    r_[0] = radius;
    assemble();
    for (int iteration = 0; iteration < 60; ++iteration) {
      if (unbalanced() < 1e-7 * std::abs(f_[0])) {
        for (int i = 0; i <= n; ++i) pace_[i] = (r_[i] - before[i]) / moved;
        for (int e = 0; e < n; ++e) foam_.stress(stretches(e), states_[e], &states_[e]);
        return f_[0] / std::pow(radius, sphere_ ? 2 : 1);
      }
      solve();
    }
    throw std::runtime_error("cavity reference: no equilibrium at radius " + std::to_string(radius));
  }

private:
  Three stretches(int e) const {
    const double lr = (r_[e + 1] - r_[e]) / (R_[e + 1] - R_[e]), lt = (r_[e + 1] + r_[e]) / (R_[e + 1] + R_[e]);
    return {lr, lt, sphere_ ? lt : 1.0};
  }
  /// P_r, n P_t of element e at given stretches.
  std::array<double, 2> nominal(int e, double lr, double lt) const {
    const Three tau = foam_.stress({lr, lt, sphere_ ? lt : 1.0}, states_[e], nullptr);
    return {tau[0] / lr, (sphere_ ? 2 : 1) * tau[1] / lt};
  }
  /// f = internal forces, and their tangent: one point per element, slopes of the stress by central differences.
  void assemble() {
    const int n = static_cast<int>(states_.size());
    f_.assign(n + 1, 0);
    diagonal_.assign(n + 1, 0);
    upper_ = lower_ = diagonal_; // upper_[i] couples i to i + 1, lower_[i] the other way
    for (int e = 0; e < n; ++e) {
      const Three l = stretches(e);
      const double h = R_[e + 1] - R_[e], middle = 0.5 * (R_[e + 1] + R_[e]), d = 1e-7;
      const double w = h * std::pow(middle, sphere_ ? 2 : 1);
      const std::array<double, 2> P = nominal(e, l[0], l[1]);
      double A[2][2];
      for (int j = 0; j < 2; ++j) {
        const auto plus = nominal(e, l[0] + (j == 0) * d, l[1] + (j == 1) * d);
        const auto minus = nominal(e, l[0] - (j == 0) * d, l[1] - (j == 1) * d);
        for (int i = 0; i < 2; ++i) A[i][j] = (plus[i] - minus[i]) / (2 * d);
      }
      const double B[2][2] = {{-1 / h, 1 / h}, {0.5 / middle, 0.5 / middle}}; // stretches against the two radii
      double K[2][2] = {};
      for (int a = 0; a < 2; ++a) {
        f_[e + a] += w * (P[0] * B[0][a] + P[1] * B[1][a]);
        for (int b = 0; b < 2; ++b)
          for (int i = 0; i < 2; ++i)
            for (int j = 0; j < 2; ++j) K[a][b] += w * B[i][a] * A[i][j] * B[j][b];
      }
      diagonal_[e] += K[0][0];
      diagonal_[e + 1] += K[1][1];
      upper_[e] += K[0][1];
      lower_[e] += K[1][0];
    }
  }
  /// Newton step of the radii between the two held ones (Thomas), short enough that no element turns over.
  void solve() {
    const int n = static_cast<int>(states_.size());
    std::vector<double> d = diagonal_, x(n + 1, 0.0);
    for (int i = 1; i < n; ++i) x[i] = -f_[i];
    for (int i = 2; i < n; ++i) {
      const double m = lower_[i - 1] / d[i - 1];
      d[i] -= m * upper_[i - 1];
      x[i] -= m * x[i - 1];
    }
    for (int i = n - 1; i >= 1; --i) x[i] = (x[i] - (i + 1 < n ? upper_[i] * x[i + 1] : 0.0)) / d[i];
    double eta = 1;
    for (int e = 0; e < n; ++e) {
      const double closing = (x[e] - x[e + 1]) / (r_[e + 1] - r_[e]);
      if (closing > 0) eta = std::min(eta, 0.5 / closing);
    }
    // Shorter until the forces out of balance fall.
    const std::vector<double> from = r_;
    const double left = unbalanced();
    for (int halving = 0; halving < 12; ++halving, eta *= 0.5) {
      for (int i = 1; i < n; ++i) r_[i] = from[i] + eta * x[i];
      assemble();
      if (unbalanced() < left) break;
    }
  }
  double unbalanced() const {
    double sum = 0;
    for (std::size_t i = 1; i + 1 < f_.size(); ++i) sum += f_[i] * f_[i];
    return std::sqrt(sum);
  }

  bool sphere_;
  Foam foam_;
  std::vector<double> R_, r_, pace_, f_, diagonal_, upper_, lower_;
  std::vector<State> states_;
};

} // namespace

std::vector<CavityPoint> cavity_reference(CavityShape shape, double bmd, double to, double outer, int elements,
                                          int steps) {
  RadialBody body(shape, bmd, outer, elements);
  std::vector<CavityPoint> curve{{1, 0}};
  for (int i = 1; i <= steps; ++i) {
    const double radius = 1 + (to - 1) * i / steps;
    curve.push_back({radius, body.expand(radius)});
  }
  return curve;
}

double pressure_at(const std::vector<CavityPoint>& curve, double radius) {
  const auto next = std::lower_bound(curve.begin() + 1, curve.end() - 1, radius,
                                     [](const CavityPoint& p, double r) { return p.radius < r; });
  const CavityPoint &a = *(next - 1), &b = *next;
  return a.pressure + (b.pressure - a.pressure) * (radius - a.radius) / (b.radius - a.radius);
}

} // namespace kypho::verify

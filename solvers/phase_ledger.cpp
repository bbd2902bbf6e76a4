#include "solvers/phase_ledger.hpp"

#include "core/base/ordered_sum.hpp"

#include <cmath>

namespace kypho {

double PhaseLedger::stored(const System& system, const VectorX& u) {
  double sum = 0;
  for (const Term* term : system.terms)
    if (term->stores()) sum += term->stored(u);
  return sum;
}

void PhaseLedger::open(const System& system, const std::string& phase) {
  *this = {};
  measure_.phase = phase;
  u_ = mark_ = system.u;
  stored_ = most_stored_ = stored(system, system.u);
}

void PhaseLedger::note_forces(const System& system, const VectorX& body, const VectorX& all) {
  if (first_) { // nothing is known of the forces before
    body_ = body;
    all_ = all;
    first_ = false;
  }
  enum { inner, load, held, gross, slack };
  const auto sums = ordered_sums<5>(static_cast<int>(system.u.size()), [&](int i, std::array<double, 5>& sum) {
    const double dx = system.u[i] - u_[i], b = 0.5 * (body_[i] + body[i]) * dx, f = 0.5 * (all_[i] + all[i]) * dx;
    sum[inner] -= b;
    sum[load] += f - b;
    if (system.fixed[i]) sum[held] -= f;
    sum[gross] += std::abs(b);
    sum[slack] += 0.5 * std::abs((body[i] - body_[i]) * dx);
    u_[i] = system.u[i];
    body_[i] = body[i];
    all_[i] = all[i];
  });
  inner_ += sums[inner];
  measure_.work_mj += sums[load] + sums[held];
  turnover_ += std::abs(sums[load] + sums[held]);
  summed_ += sums[gross];
  slack_ += sums[slack];
}

void PhaseLedger::after_straining(const System& system) {
  const double given = stored(system, system.u) - unstrained_;
  strained_ += given;
  turnover_ += std::abs(given);
}

PhaseLedger::Gain PhaseLedger::gain(const System& system) {
  constexpr double rounding = 1e-12, law = 1e-2;
  const double now = stored(system, u_), dissipated = inner_ + strained_ - (now - stored_);
  const Gain gain{most_ - dissipated, slack_ + rounding * summed_ + law * std::max(now, most_stored_)};
  if (dissipated >= most_) {
    most_ = dissipated;
    most_stored_ = now;
    slack_ = 0;
  }
  return gain;
}

void PhaseLedger::begin_hold(const VectorX& u) {
  ramp_way_ += (u - mark_).norm();
  mark_ = u;
  held_ = true;
}

void PhaseLedger::end_hold(const VectorX& u) {
  hold_way_ += (u - mark_).norm();
  mark_ = u;
}

EnergyMeasure PhaseLedger::close(const System& system, double kinetic) {
  EnergyMeasure m = measure_;
  m.work_mj += strained_;
  m.stored_mj = stored(system, u_) - stored_;
  m.dissipated_mj = inner_ + strained_ - m.stored_mj;
  m.kinetic_mj = kinetic - kinetic_;
  const double missing = measure_.work_mj - inner_ - m.damping_mj - m.kinetic_mj;
  m.balance_error = turnover_ > 0 ? missing / turnover_ : 0;
  if (held_ && ramp_way_ > 0) m.hold_drift = hold_way_ / ramp_way_;
  return m;
}

} // namespace kypho

#include "solvers/inertia.hpp"

#include "core/base/errors.hpp"
#include "core/base/ordered_sum.hpp"
#include "solvers/newton_system.hpp"

namespace kypho {
namespace {

constexpr int interval = 120;    // steps that a stiffness is kept at most: walls that fold turn their stiff directions
constexpr int look = 20;         // steps between two looks at the present shape
constexpr double grown = 1.6;    // share of a row's bound at which it is made anew
constexpr double memory = 20;    // steps that the mean motion looks back
constexpr double kept = 0.8;     // share of the motion against the mean that damping leaves
constexpr double fastest = 0.03; // mm per step: a burst is slowed down, never a ramp

class ElasticInertia final : public Inertia {
public:
  explicit ElasticInertia(const Params& p)
      : gain_((1 + kept) / (1.25 * p.number("mass_safety"))), stiffness_(p.text("implicit_solver")) {}

  void begin(const System& system) override {
    stiffness_.forget_pattern();
    mean_ = system.v;
    make(system, rows_of(system));
  }

  void follow(const System& system) override {
    if (since_ > 0 && since_ % look == 0) {
      const VectorX now = rows_of(system);
      double most = 0;
      for (int i = 0; i < now.size(); ++i)
        if (!system.fixed[i]) most = std::max(most, now[i] - grown * rows_[i]);
      if (most > 0 || since_ >= interval) make(system, now);
    }
    ++since_;
  }

  double step(System& system, const VectorX& force) override {
    const int n = static_cast<int>(system.u.size());
    free_.resize(n);
#pragma omp parallel for schedule(static)
    for (int i = 0; i < n; ++i) free_[i] = system.fixed[i] ? 0.0 : force[i];
    const VectorX z = stiffness_.precondition(free_);
    const auto moved = [&](int i) { return mean_[i] + kept * (system.v[i] - mean_[i]) + gain_ * z[i]; };
    double most = 0;
#pragma omp parallel for schedule(static) reduction(max : most)
    for (int i = 0; i < n; ++i) most = std::max(most, system.fixed[i] ? 0.0 : std::abs(moved(i)));
    const double share = most > fastest ? fastest / most : 1.0;
    return ordered_sums<1>(n, [&](int i, std::array<double, 1>& sum) {
      if (system.fixed[i]) return;
      const double v = share * moved(i);
      const double p = share * (mean_momentum_[i] + kept * (momentum_[i] - mean_momentum_[i]) + free_[i]);
      sum[0] += 0.5 * (system.v[i] + v) * (free_[i] - (p - momentum_[i]));
      system.v[i] = v;
      momentum_[i] = p;
      mean_[i] += (v - mean_[i]) / memory;
      mean_momentum_[i] += (p - mean_momentum_[i]) / memory;
      system.u[i] += v;
    })[0];
  }

  double kinetic(const System& system) const override {
    return 0.5 * ordered_sums<1, 4096>(static_cast<int>(system.u.size()), [&](int i, std::array<double, 1>& sum) {
             sum[0] += system.v[i] * momentum_[i];
           })[0];
  }

  void stop(System& system) override {
    system.v.setZero();
    momentum_.setZero();
    mean_.setZero();
    mean_momentum_.setZero();
  }

private:
  static VectorX rows_of(const System& system) {
    VectorX rows = VectorX::Zero(system.u.size());
    for (const Term* term : system.terms) term->add_stiffness_rows(system.u, rows);
    return rows;
  }

  void make(const System& system, const VectorX& rows) {
    rows_ = rows;
    if (!stiffness_.set_up_bound(system, system.u))
      throw NotConverged("the stiffness that explicit steps take for their mass is not positive definite");
    momentum_ = stiffness_.multiply(system.v) / gain_;
    mean_momentum_ = stiffness_.multiply(mean_) / gain_;
    since_ = 0;
  }

  double gain_;
  NewtonSystem stiffness_;
  VectorX momentum_;             ///< M v, as the steps have made it
  VectorX mean_, mean_momentum_; ///< of the last steps
  VectorX free_;
  VectorX rows_;  ///< bounds when the stiffness was made
  int since_ = 0; ///< steps
};

} // namespace

std::unique_ptr<Inertia> make_elastic_inertia(const Params& solver) { return std::make_unique<ElasticInertia>(solver); }

} // namespace kypho

#include "solvers/inertia.hpp"

#include "core/base/ordered_sum.hpp"

#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

constexpr int interval = 20;     // steps between two looks at the current shape
constexpr double fastest = 0.02; // mm per step: a burst is slowed down, never a ramp

class DiagonalInertia final : public Inertia {
public:
  explicit DiagonalInertia(const Params& p) : damping_(p.number("damping")), safety_(p.number("mass_safety")) {}

  void begin(const System& system) override { refresh(system); }

  void follow(const System& system) override {
    if (since_ == interval) refresh(system);
    ++since_;
  }

  double step(System& system, const VectorX& force) override {
    return ordered_sums<1>(static_cast<int>(system.u.size()), [&](int i, std::array<double, 1>& sum) {
      if (system.fixed[i]) return;
      double& v = system.v[i];
      const double f = force[i], before = v;
      const double drag = v > 0 ? damping_ : v < 0 ? -damping_ : 0.0;
      v += (f - drag * std::abs(f)) / mass_[i];
      v = std::min(fastest, std::max(-fastest, v));
      system.u[i] += v;
      sum[0] += 0.5 * (before + v) * (f - mass_[i] * (v - before));
    })[0];
  }

  double kinetic(const System& system) const override {
    const auto [twice] =
        ordered_sums<1, 4096>(static_cast<int>(system.u.size()), [&](int i, std::array<double, 1>& sum) {
          if (!system.fixed[i]) sum[0] += mass_[i] * system.v[i] * system.v[i];
        });
    return 0.5 * twice;
  }

  void stop(System& system) override { system.v.setZero(); }

private:
  void refresh(const System& system) {
    mass_.setZero(system.u.size());
    for (const Term* term : system.terms) term->add_stiffness_rows(system.u, mass_);
    for (double& m : mass_) m = m > 0 ? 0.25 * safety_ * m : 1.0;
    since_ = 0;
  }

  double damping_, safety_;
  VectorX mass_;
  int since_ = 0; ///< steps
};

} // namespace

std::unique_ptr<Inertia> make_diagonal_inertia(const Params& solver) {
  return std::make_unique<DiagonalInertia>(solver);
}

} // namespace kypho

#include "benchmarks/verify/point_test.hpp"

#include <Eigen/LU>
#include <cmath>
#include <stdexcept>

namespace kypho::verify {
namespace {

template <class Law>
double entry(const Law& law, const VectorX& h, std::string_view name) {
  for (const auto& [known, place] : law.visible_history())
    if (known == name) return h[place];
  throw std::logic_error("the law remembers no " + std::string(name));
}

} // namespace

PointTest::PointTest(std::shared_ptr<const Material> law, const PointData& point)
    : law_(std::move(law)), c_(law_->constants_size()), h_(law_->history_size()) {
  law_->constants(point, c_);
  law_->initial_history(h_);
}

Mat3 PointTest::go(const Mat3& F) {
  VectorX trial(h_.size());
  P_ = law_->evaluate(F, c_, h_, trial).P;
  h_ = trial;
  F_ = F;
  return P_;
}

double PointTest::pull(int axis, double stretch) {
  const int a = (axis + 1) % 3, b = (axis + 2) % 3;
  Mat3 F = F_;
  F(axis, axis) = stretch;
  VectorX trial(h_.size());
  const double small = 1e-9 * law_->stiffness_bound(c_, h_).p_wave();
  for (int iteration = 0; iteration < 60; ++iteration) {
    const Mat3 P = law_->evaluate(F, c_, h_, trial).P;
    if (std::abs(P(a, a)) < small && std::abs(P(b, b)) < small) return go(F)(axis, axis);
    const Mat9 A = law_->tangent(F, c_, h_);
    Eigen::Matrix2d K;
    K << A(4 * a, 4 * a), A(4 * a, 4 * b), A(4 * b, 4 * a), A(4 * b, 4 * b);
    const Eigen::Vector2d d = -K.inverse() * Eigen::Vector2d(P(a, a), P(b, b));
    const double damp = iteration < 20 ? 1.0 : 0.5; // over a kink of the yield surface
    F(a, a) += damp * d[0];
    F(b, b) += damp * d[1];
  }
  throw std::runtime_error("no lateral stretch is free of stress at stretch " + std::to_string(stretch));
}

double PointTest::first_yield(int axis, double step) {
  const VectorX virgin = h_;
  while (h_ == virgin) pull(axis, F_(axis, axis) + step);
  return P_(axis, axis);
}

double PointTest::history(std::string_view name) const { return entry(*law_, h_, name); }

ShellTest::ShellTest(std::shared_ptr<const ShellLaw> law, double size)
    : law_(std::move(law)), size_(size), h_(law_->history_size()) {
  law_->initial_history(h_);
}

std::array<double, 2> ShellTest::look(double along, double across, VectorX& trial) const {
  const auto stored = static_cast<std::size_t>(h_.size());
  std::vector<double> F(6 * pack_width), h(stored * pack_width), P(6 * pack_width), size(pack_width, size_);
  for (int l = 0; l < pack_width; ++l) {
    F[l] = along;                   // F_xX
    F[3 * pack_width + l] = across; // F_yY
    for (std::size_t k = 0; k < stored; ++k) h[k * pack_width + l] = h_[static_cast<Eigen::Index>(k)];
  }
  law_->evaluate_batch({pack_width, pack_width, F.data(), size.data(), h.data(), P.data()});
  trial.resize(h_.size());
  for (std::size_t k = 0; k < stored; ++k) trial[static_cast<Eigen::Index>(k)] = h[k * pack_width];
  return {P[0], P[3 * pack_width]};
}

double ShellTest::pull(double stretch) {
  VectorX trial;
  double a = across_, b = across_ - 1e-5;
  double at_a = look(stretch, a, trial)[1], at_b = look(stretch, b, trial)[1];
  const double small = 1e-9 * law_->stiffness_bound().p_wave();
  for (int i = 0; i < 60 && std::abs(at_a) > small; ++i) { // secant
    const double next = a - at_a * (a - b) / (at_a - at_b);
    b = a;
    at_b = at_a;
    a = next;
    at_a = look(stretch, a, trial)[1];
  }
  across_ = a;
  const double force = look(stretch, a, trial)[0];
  h_ = trial;
  return force;
}

double ShellTest::history(std::string_view name) const { return entry(*law_, h_, name); }

} // namespace kypho::verify

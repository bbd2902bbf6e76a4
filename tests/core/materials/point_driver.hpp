#pragma once
// One quadrature point driven by hand: a law, its constants, its history, and F as the test prescribes it.
#include "core/materials/catalog.hpp"
#include <Eigen/LU>
#include <cmath>
#include <stdexcept>

namespace kypho::testing_points {

inline std::unique_ptr<Material> make_law(std::string_view name,
                                          const std::vector<std::pair<std::string, double>>& overrides = {}) {
  const LawInfo& info = find_law(name);
  Params params(info.specs);
  for (const auto& [key, value] : overrides) params.set(key, value);
  return info.make(params);
}

class PointDriver {
public:
  PointDriver(std::shared_ptr<const Material> law, const PointData& point)
      : law_(std::move(law)), c_(law_->constants_size()), h_(law_->history_size()) {
    law_->constants(point, c_);
    law_->initial_history(h_);
  }
  /// Takes the step to @p F and commits.
  Mat3 go(const Mat3& F) {
    VectorX trial(h_.size());
    const Material::Response r = law_->evaluate(F, c_, h_, trial);
    h_ = trial;
    F_ = F;
    energy_ = r.W;
    return P_ = r.P;
  }
  /// Stretch @p stretch along one axis, the faces across free of stress; commits. @return nominal stress along the axis
  double pull(int axis, double stretch) {
    const int a = (axis + 1) % 3, b = (axis + 2) % 3;
    Mat3 F = F_;
    F(axis, axis) = stretch;
    VectorX trial(h_.size());
    for (int iteration = 0; iteration < 60; ++iteration) {
      const Mat3 P = law_->evaluate(F, c_, h_, trial).P;
      const double scale = 1e-9 * law_->stiffness_bound(c_, h_).p_wave();
      if (std::abs(P(a, a)) < scale && std::abs(P(b, b)) < scale) return go(F)(axis, axis);
      const Mat9 A = law_->tangent(F, c_, h_);
      Eigen::Matrix2d K;
      K << A(4 * a, 4 * a), A(4 * a, 4 * b), A(4 * b, 4 * a), A(4 * b, 4 * b);
      const Eigen::Vector2d d = -K.inverse() * Eigen::Vector2d(P(a, a), P(b, b));
      const double damp = iteration < 20 ? 1.0 : 0.5; // across a kink of the yield surface
      F(a, a) += damp * d[0];
      F(b, b) += damp * d[1];
    }
    throw std::runtime_error("no lateral stretch is free of stress at stretch " + std::to_string(stretch));
  }
  /// pull() in equal steps from the present stretch. @return the largest |nominal stress| on the way
  double pull_to(int axis, double stretch, int steps) {
    const double from = F_(axis, axis);
    double peak = 0;
    for (int s = 1; s <= steps; ++s) peak = std::max(peak, std::abs(pull(axis, from + (stretch - from) * s / steps)));
    return peak;
  }
  /// Unloads along one axis until the stress there is zero. @return the stretch that remains
  double unload(int axis) {
    double at = F_(axis, axis), step = 1e-5;
    const double sign = P_(axis, axis) < 0 ? 1 : -1;
    while (sign * P_(axis, axis) < 0) pull(axis, at += sign * step);
    return at;
  }

  const Mat3& F() const { return F_; }
  const Mat3& P() const { return P_; }
  double energy() const { return energy_; }
  const VectorX& constants() const { return c_; }
  const VectorX& history() const { return h_; }
  Mat3 cauchy() const { return P_ * F_.transpose() / F_.determinant(); }

private:
  std::shared_ptr<const Material> law_;
  VectorX c_, h_;
  Mat3 F_ = Mat3::Identity(), P_ = Mat3::Zero();
  double energy_ = 0;
};

/// Rotation by Rodrigues' vector.
inline Mat3 rotation(const Vec3& w) {
  Mat3 W;
  W << 0, -w[2], w[1], w[2], 0, -w[0], -w[1], w[0], 0;
  const double a = w.norm();
  if (a == 0) return Mat3::Identity();
  return Mat3::Identity() + std::sin(a) / a * W + (1 - std::cos(a)) / (a * a) * W * W;
}

} // namespace kypho::testing_points

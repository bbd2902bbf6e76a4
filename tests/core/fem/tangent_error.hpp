#pragma once
// The tangent of a term against differences of its own forces.
#include "core/fem/term.hpp"
#include <Eigen/Dense>

namespace kypho::testing_terms {

inline Eigen::MatrixXd tangent_of(const Term& term, const VectorX& u) {
  Tangent K(static_cast<int>(u.size()));
  term.couple(K);
  K.finish();
  VectorX f = VectorX::Zero(u.size());
  term.linearize(u, f, &K);
  Eigen::MatrixXd full(K.matrix());
  for (const auto& [left, right] : K.rank_one()) full += left * right.transpose();
  return full;
}

/// Largest difference to central differences in a few directions, over the largest entry times the direction's length.
inline double tangent_error(const Term& term, const VectorX& u) {
  const Eigen::MatrixXd K = tangent_of(term, u);
  const double h = 1e-6;
  double worst = 0;
  for (int k = 0; k < 6; ++k) {
    VectorX direction(u.size());
    for (int i = 0; i < u.size(); ++i) direction[i] = std::sin(1.0 + 1.7 * i + 0.6 * k * i);
    VectorX up = VectorX::Zero(u.size()), down = up;
    term.linearize(u + h * direction, up, nullptr);
    term.linearize(u - h * direction, down, nullptr);
    const VectorX difference = (down - up) / (2 * h);
    worst =
        std::max(worst, (K * direction - difference).lpNorm<Eigen::Infinity>() / difference.lpNorm<Eigen::Infinity>());
  }
  return worst;
}

} // namespace kypho::testing_terms

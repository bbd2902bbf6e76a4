#pragma once
// The tangent of a term against differences of its own forces.
#include "core/fem/term.hpp"
#include <Eigen/Dense>

namespace kypho::testing_terms {

/// @param add what to add to the matrix
template <class Add>
Eigen::MatrixXd matrix_of(const Term& term, const VectorX& u, Add&& add) {
  Tangent K(static_cast<int>(u.size()));
  term.couple(K);
  K.finish();
  add(K);
  Eigen::MatrixXd full(K.matrix());
  for (const auto& [left, right] : K.rank_one()) full += left * right.transpose();
  return full;
}

inline Eigen::MatrixXd tangent_of(const Term& term, const VectorX& u) {
  VectorX f = VectorX::Zero(u.size());
  return matrix_of(term, u, [&](Tangent& K) { term.linearize(u, f, &K); });
}

/// Smallest eigenvalue of what the bound at @p u has left over the tangent there, over its largest one.
inline double left_by_bound(const Term& term, const VectorX& u) {
  VectorX diagonal = VectorX::Zero(u.size());
  Eigen::MatrixXd bound = matrix_of(term, u, [&](Tangent& K) { term.add_stiffness_bound(u, K, diagonal); });
  bound.diagonal() += diagonal;
  const Eigen::MatrixXd K = tangent_of(term, u), left = bound - 0.5 * (K + K.transpose());
  const auto largest = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(bound, Eigen::EigenvaluesOnly).eigenvalues();
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(left, Eigen::EigenvaluesOnly).eigenvalues()[0] /
         largest[largest.size() - 1];
}

/// Largest eigenvalue of the tangent at @p u over the weights of its rows.
inline double over_rows(const Term& term, const VectorX& u) {
  VectorX rows = VectorX::Zero(u.size());
  term.add_stiffness_rows(u, rows);
  for (double& row : rows) row = 1 / std::sqrt(row > 0 ? row : 1e30);
  const Eigen::MatrixXd K = rows.asDiagonal() * tangent_of(term, u) * rows.asDiagonal();
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(K, Eigen::EigenvaluesOnly).eigenvalues()[u.size() - 1];
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

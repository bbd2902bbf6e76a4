#include "solvers/heat_conduction.hpp"
#include "core/base/errors.hpp"
#include <cmath>
#include <utility>

namespace kypho {
namespace {
const double gamma_ = 1 - 1 / std::sqrt(2.0);
}

HeatConduction::HeatConduction(HeatSystem system, LinearSolver& solver) : system_(std::move(system)), solver_(solver) {
  for (double& c : system_.C)
    if (c <= 0) c = 1; // a node without tetrahedra keeps its temperature
  system_.K.makeCompressed();
  sinks_ = system_.K.transpose() * VectorX::Ones(system_.K.rows());
}

void HeatConduction::prepare(double dt) {
  if (dt == prepared_dt_) return;
  matrix_ = gamma_ * dt * system_.K;
  for (Eigen::Index i = 0; i < matrix_.rows(); ++i) matrix_.coeffRef(i, i) += system_.C[i];
  solver_.setup(matrix_, {}, Definiteness::positive_definite);
  prepared_dt_ = dt;
  ++setups_;
}

void HeatConduction::solve(const VectorX& rhs, VectorX& x) {
  const LinearReport report = solver_.solve(rhs, x);
  ++solves_;
  if (!report.converged)
    throw NotConverged("heat conduction: the linear solver stopped at a relative residual of " +
                       std::to_string(report.relative_residual));
}

// theta1 = theta + g dt f1,  theta2 = theta + (1 - g) dt f1 + g dt f2 = next,  C fi = q - K thetai
double HeatConduction::step(const VectorX& theta, const VectorX& q, double dt, VectorX& next) {
  prepare(dt);
  if (next.size() != theta.size()) next = theta;
  middle_ = theta + gamma_ * (next - theta);
  solve(system_.C.cwiseProduct(theta) + gamma_ * dt * q, middle_);
  const VectorX start = theta + (1 - gamma_) / gamma_ * (middle_ - theta);
  solve(system_.C.cwiseProduct(start) + gamma_ * dt * q, next);
  return dt * sinks_.dot((1 - gamma_) * middle_ + gamma_ * next);
}

} // namespace kypho

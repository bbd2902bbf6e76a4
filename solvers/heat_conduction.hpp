#pragma once
// One step of C dtheta/dt + K theta = q by SDIRK2 (Alexander 1977): two solves with the same matrix C + gamma dt K.
#include "core/cement/heat.hpp"
#include "solvers/linear_solver.hpp"

namespace kypho {

class HeatConduction {
public:
  /// Keeps @p solver for its life; calls setup only when the step length changes.
  HeatConduction(HeatSystem system, LinearSolver& solver);
  /// @param theta start of the step, K above body temperature  @param q mean source in the step, mW per node
  /// @param dt s  @param next first guess in, end of the step out
  /// @return heat that left the bone in this step, mJ (perfusion and surface)
  /// @throws NotConverged if the linear solver misses
  double step(const VectorX& theta, const VectorX& q, double dt, VectorX& next);
  const HeatSystem& system() const { return system_; }
  int solves() const { return solves_; }
  int setups() const { return setups_; }

private:
  void prepare(double dt);
  void solve(const VectorX& rhs, VectorX& x);

  HeatSystem system_;
  LinearSolver& solver_;
  SparseMatrix matrix_;
  VectorX sinks_; // column sums of K: conduction cancels, perfusion and film stay
  VectorX middle_;
  double prepared_dt_ = 0;
  int solves_ = 0, setups_ = 0;
};

} // namespace kypho

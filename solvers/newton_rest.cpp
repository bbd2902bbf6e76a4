#include "solvers/newton_rest.hpp"

#include "solvers/newton_increment.hpp"

namespace kypho {

void NewtonRest::begin_phase() {
  newton_.forget_pattern();
  newton_.begin_costs();
}

bool NewtonRest::find(const System& system, VectorX& u, double balance, Effort& effort) {
  constexpr int iterations = 8; // near rest three to five do
  NewtonIncrement newton(newton_, system, VectorX::Zero(u.size()), u);
  newton.stay_near();
  const bool found = newton.find(u, balance, iterations);
  newton.add_to(effort);
  return found;
}

} // namespace kypho

#pragma once
// The last part of a hold: Newton's method from a body that explicit steps have brought near to rest. It takes a handful of
// linear systems where steps would take thousands, and gives up where the body gives way: steps then go on.
#include "core/base/params.hpp"
#include "solvers/engine.hpp"
#include "solvers/newton_system.hpp"

namespace kypho {

class NewtonRest {
public:
  explicit NewtonRest(const Params& solver) : newton_(solver.text("implicit_solver")) {
    constexpr int krylov_iterations = 80; // each takes about as long as a step; near rest 10 to 20 do
    newton_.give_up_after(krylov_iterations);
  }

  /// A phase begins; its terms may be others than before.
  void begin_phase();
  /// Moves @p u to the equilibrium near by, from the histories as they are, which stay. @param effort gets what it took
  /// @return false if there is none near by
  bool find(const System& system, VectorX& u, double balance, Effort& effort);

private:
  NewtonSystem newton_;
};

} // namespace kypho

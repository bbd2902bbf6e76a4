#pragma once
// How quasi-static equilibrium is followed through the loads of a stage. One interface, three ways: explicit steps with
// scaled mass (explicit.hpp), Newton's method (implicit.hpp), and the second with the first as its fallback.
#include "core/base/params.hpp"
#include "core/fem/system.hpp"
#include "core/measures.hpp"
#include <functional>
#include <memory>

namespace kypho {

/// Keys of [solver].
const ParamSpecs& solver_specs();

/// One loading ramp of a stage.
struct Phase {
  std::string name;
  double effort = 1;                     ///< share of the steps of a full ramp
  std::function<void(double t)> load;    ///< sets the loads of pseudo-time t in (0, 1]; idempotent
  std::function<bool(double t)> reached; ///< asked now and then: true ends the ramp early; may be empty
  std::function<void(double t)> observe; ///< called at even distances for frames and progress; may be empty
  int observations = 20;
  std::function<bool(double t)> strains; ///< true if load(t) is about to change histories of the body; may be empty
  std::function<void(const std::string&)> warn; ///< told what makes the result doubtful; may be empty
  double rest = 0;     ///< imbalance to reach before every observation; 0: none, the loads go on
  bool settle = false; ///< hold at the end until the body is at rest
};

/// What an engine has spent so far.
struct Effort {
  long explicit_steps = 0, increments = 0, newton_iterations = 0, cutbacks = 0;
  long rescued = 0;                    ///< increments that explicit steps had to take
  long krylov_iterations = 0;          ///< in the linear systems of Newton's iterations
  double linear_s = 0, assembly_s = 0; ///< wall seconds of Newton's iterations
  KYPHO_STATE(explicit_steps, increments, newton_iterations, cutbacks, rescued, krylov_iterations)
  Effort& operator+=(const Effort& more);
};

class Engine {
public:
  virtual ~Engine() = default;
  /// Runs one phase. @throws NotConverged with phase and pseudo-time; Interrupted
  /// @return pseudo-time reached
  virtual double run(System& system, const Phase& phase) = 0;
  virtual Effort effort() const = 0;
  /// Imbalance that the last hold ended with: sum of the unbalanced forces of the free unknowns over that of the element
  /// forces; and what was asked.
  virtual double imbalance() const = 0;
  virtual double balance() const = 0;
  /// Where the energy of the last phase went; nothing where no books are kept (Newton's method).
  virtual std::optional<EnergyMeasure> energy() const { return {}; }
  /// What a hold may take, in words, for a warning: "4000 steps".
  virtual std::string hold_limit() const = 0;
  /// What a run that is taken up again needs. Any engine goes on from what any other has left.
  void visit(Archive& archive);
  virtual void take_up(const Effort& spent, double imbalance) = 0;
};

std::unique_ptr<Engine> make_engine(const Params& solver);

/// Sum of the unbalanced forces of the free unknowns, N.
double unbalanced(const System& system, const VectorX& force);
/// Forces below which an unloaded body is not asked to balance better, N: what a body under some 10 N has inside.
inline constexpr double least_forces = 1000;

} // namespace kypho

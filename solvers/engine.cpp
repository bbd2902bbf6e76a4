#include "solvers/engine.hpp"
#include "solvers/explicit.hpp"
#include "solvers/implicit.hpp"
#include "solvers/linear_solver.hpp"

#include "core/base/errors.hpp"
#include "core/base/log.hpp"

#include <cmath>

namespace kypho {
namespace {

/// Newton's method, and explicit steps where a body that gives way leaves it without a solution near by: for that increment,
/// and to the end of a phase that begins with a shape that no law accepts.
class AutoEngine final : public Engine {
public:
  explicit AutoEngine(const Params& solver) : implicit_(solver), explicit_(solver) {
    constexpr int cutbacks = 1;
    implicit_.call_on_failure(
        [this](System& system, const Phase& phase, double from, double to) {
          Phase part = phase;
          part.effort *= std::max(to - from, 1e-6);
          part.load = [&, from, to](double t) { phase.load(from + (to - from) * t); };
          if (phase.strains) part.strains = [&, from, to](double t) { return phase.strains(from + (to - from) * t); };
          part.reached = nullptr;
          part.observe = nullptr;
          part.observations = 1;
          part.rest = 0;
          part.settle = true;
          explicit_.run(system, part);
        },
        cutbacks);
  }
  double run(System& system, const Phase& phase) override {
    try {
      last_ = &implicit_;
      return implicit_.run(system, phase);
    } catch (const NonPhysical& error) {
      log(LogLevel::info, std::string(error.what()) + "; explicit steps go on");
    }
    last_ = &explicit_;
    return explicit_.run(system, phase);
  }
  Effort effort() const override {
    Effort e = implicit_.effort();
    return e += explicit_.effort();
  }
  double imbalance() const override { return last_->imbalance(); }
  double balance() const override { return explicit_.balance(); }
  std::optional<EnergyMeasure> energy() const override { return last_->energy(); }
  std::string hold_limit() const override { return last_->hold_limit(); }
  void take_up(const Effort& spent, double imbalance) override {
    implicit_.take_up(spent, imbalance);
    explicit_.take_up({}, imbalance);
  }

private:
  ImplicitEngine implicit_;
  ExplicitEngine explicit_;
  const Engine* last_ = &implicit_;
};

} // namespace

const ParamSpecs& solver_specs() {
  static const ParamSpecs specs = {
      choice("engine", "explicit", {"explicit", "implicit", "auto"},
             "how equilibrium is found: explicit steps with scaled mass; Newton's method; auto: Newton's method, and "
             "explicit steps for increments in which it finds none"),
      integer("steps", 1000, 200, 1000000,
              "explicit steps of one full loading ramp; accuracy grows with it; inertia = \"diagonal\" needs five "
              "times as many"),
      choice("inertia", "elastic", {"diagonal", "elastic"},
             "mass of explicit steps: elastic: like the stiffness of the body, all motions go at one pace; "
             "diagonal: every unknown by itself, cheaper steps, but five times as many"),
      integer("hold_steps", 4000, 0, 1000000, "most explicit steps of a hold, until the body is at rest"),
      choice(
          "hold", "newton", {"newton", "steps"},
          "how a hold of explicit steps ends: newton: by Newton's method once the body is near rest; steps: by further "
          "steps"),
      quantity("damping", "", "0.3", 0.01, 0.9,
               "local damping: share of the out-of-balance force, with inertia = \"diagonal\"", "Cundall 1987"),
      quantity("mass_safety", "", "1.2", 1, 10, "factor on the smallest stable mass"),
      quantity(
          "balance", "", "1e-5", 1e-12, 0.01,
          "imbalance at which a body is at rest: sum of the nodes' unbalanced forces over that of the element forces"),
      choice("precision", "single", {"double", "single"},
             "arithmetic of the laws in explicit steps; single: floats while the body moves, holds end in double"),
      integer("increments", 60, 1, 100000,
              "implicit steps of one full loading ramp; accuracy of softening grows with it"),
      integer(
          "newton_iterations", 15, 2, 200,
          "most Newton iterations of an implicit step before it is cut; four times as many more while the body gives "
          "way"),
      integer("cutbacks", 6, 0, 30, "how often in a row an implicit step may be halved"),
      choice("implicit_solver", "auto", implicit_solver_names(),
             "linear solver of Newton's method; auto: by size, multigrid from 2000 unknowns on, a direct one below and "
             "where multigrid fails"),
      choice("self_contact", "off", {"off", "on"},
             "bone touches itself: walls of a cavity that close, folds of a crushed cortex"),
      quantity("contact_friction", "", "0.3", 0, 2, "coefficient of friction of bone on bone, with self_contact",
               "assumption"),
      choice("linear_solver", "eigen_cg_jacobi", linear_solver_names(), "backend for heat conduction"),
  };
  return specs;
}

void Engine::visit(Archive& archive) {
  Effort spent = effort();
  double left = imbalance();
  archive.members("effort, imbalance", spent, left);
  if (archive.reading()) take_up(spent, left);
}

Effort& Effort::operator+=(const Effort& more) {
  explicit_steps += more.explicit_steps;
  increments += more.increments;
  newton_iterations += more.newton_iterations;
  cutbacks += more.cutbacks;
  rescued += more.rescued;
  krylov_iterations += more.krylov_iterations;
  linear_s += more.linear_s;
  assembly_s += more.assembly_s;
  return *this;
}

std::unique_ptr<Engine> make_engine(const Params& solver) {
  const std::string kind = solver.text("engine");
  if (kind == "implicit") return std::make_unique<ImplicitEngine>(solver);
  if (kind == "auto") return std::make_unique<AutoEngine>(solver);
  return std::make_unique<ExplicitEngine>(solver);
}

double unbalanced(const System& system, const VectorX& force) {
  double left = 0;
  for (int i = 0; i < system.u.size(); ++i)
    if (!system.fixed[i]) left += std::abs(force[i]);
  return left;
}

} // namespace kypho

#pragma once
// The books of one phase of explicit steps: where its work went, whether more came out of the body than was put in, and how
// far holds still moved it.
//
// Terms that know what they store (Term::stores) are the body; all others load it. With b the forces of the body, l those of
// the loads, and dx the way between two evaluations of the forces, by the trapezoidal rule,
//   work = sum l . dx - sum over prescribed unknowns (b + l) . dx,   inner = - sum b . dx,   dissipated = inner - d stored.
// The free unknowns keep  work = inner + damping + d kinetic  to rounding as long as masses stay as they are and motion goes
// on (summation by parts of v += f/m, u += v). What is missing came or went where masses are worked out for the new shape,
// where a hold stops the motion, and with the last, open half step: all of the size of the kinetic energy. It is the error of
// the balance.
//
// No law may give back more than was put into it: `dissipated` may not fall below the highest it has been by more than
//   sum 1/2 |db| |dx|   since then: the trapezoid of a force that is monotone in the step is not further from its integral,
//   1e-12 of what was summed: rounding,
//   1e-2 of what is stored: so well laws know it where damage has left so little stiffness that elastic strains are a third
//   (trabecular_bone_test.cpp, cortical_shell_test.cpp).
#include "core/fem/system.hpp"
#include "core/measures.hpp"

namespace kypho {

class PhaseLedger {
public:
  /// A phase begins where system.u is.
  void open(const System& system, const std::string& phase);
  /// Motion at the begin, mJ: known once the first masses are.
  void begin_with(double kinetic) { kinetic_ = kinetic; }
  /// The forces at system.u: @p body of the terms that store, @p all of all terms.
  void note_forces(const System& system, const VectorX& body, const VectorX& all);
  void note_damping(double energy) { measure_.damping_mj += energy; }
  /// The stage is about to change the history of the body (shrinkage), or has done so: what this stores is work done on it.
  void before_straining(const System& system) { unstrained_ = stored(system, system.u); }
  void after_straining(const System& system);

  struct Gain {
    double energy = 0, tolerance = 0; ///< mJ
  };
  /// What has come out of the body since most was dissipated and was not put in, and what of it rounding and steps explain.
  Gain gain(const System& system);

  void begin_hold(const VectorX& u);
  void end_hold(const VectorX& u);
  /// The phase ends. @param kinetic energy left, mJ
  EnergyMeasure close(const System& system, double kinetic);

private:
  static double stored(const System& system, const VectorX& u);

  EnergyMeasure measure_;
  bool first_ = true;
  VectorX u_, body_, all_; ///< where forces were last found, and what they were
  double inner_ = 0, kinetic_ = 0, stored_ = 0;
  double turnover_ = 0;           ///< sum of the magnitudes of the work of all steps
  double summed_ = 0, slack_ = 0; ///< sum of |b . dx| per unknown; of the trapezoid's bounds since most was dissipated
  double most_ = 0, most_stored_ = 0;
  double unstrained_ = 0, strained_ = 0;
  VectorX mark_; ///< where the last hold ended, or began
  double ramp_way_ = 0, hold_way_ = 0;
  bool held_ = false;
};

} // namespace kypho

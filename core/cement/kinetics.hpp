#pragma once
// How PMMA cures: one reaction variable, the conversion a (0..1), at one point.
//
//   da/dt = k0 exp(-Ea / (R T)) a^m (limit - a)^n          T in kelvin
//
// The autocatalytic form of Borzacchiello et al. 1998 and Li et al. 2003 (constants collected in Quarini et al. 2006,
// Proc IMechE H 220:625). With m = n = 1 it is the logistic law, solved exactly.
#include "core/base/params.hpp"

namespace kypho {

struct Kinetics {
  double rate_factor = 4.02e5;     ///< k0, 1/s
  double activation_energy = 44.4; ///< Ea, kJ/mol
  double start = 0.01;             ///< conversion when powder meets liquid
  double limit = 0.85;             ///< conversion at which the glass stops the reaction
  double m = 1, n = 1;

  /// k0 exp(-Ea / (R T)), 1/s. @param temperature degC
  double rate_constant(double temperature) const;
  /// da/dt, 1/s.
  double rate(double conversion, double temperature) const;
  /// Conversion after @p dt s at constant @p temperature: closed form if m = n = 1, otherwise sub-steps of a
  /// fourth-order Runge-Kutta rule with at most 2 % of conversion each. Never above `limit`, never falling.
  double advance(double conversion, double temperature, double dt) const;
  /// Conversion of a cement that has stood for @p age s after mixing began at constant @p temperature.
  double conversion_at(double age, double temperature) const { return advance(start, temperature, age); }
  /// Seconds at constant @p temperature from mixing to half of `limit`.
  double half_time(double temperature) const;
};

/// Reads the kinetic keys of a cement (cement.hpp).
Kinetics make_kinetics(const Params& cement_params);

} // namespace kypho

#pragma once
// Cure of the cement in minutes of real time: reaction and heat conduction together.
//
// In every step the temperatures follow SDIRK2 (gamma = 1 - 1/sqrt 2; second order, L-stable: the jump between cold
// cement and warm bone does not ring) and the conversion of each cement tetrahedron follows its kinetics at its mean
// temperature, both iterated to agreement. The step is chosen from the difference between the extrapolated and the
// computed temperatures and from the conversion gained; lengths are powers of two, so factorisations are kept in use.
#include "core/cement/heat.hpp"
#include "solvers/linear_solver.hpp"
#include <functional>
#include <map>

namespace kypho {

struct CureInput {
  const TetMesh* mesh = nullptr;
  const std::vector<Vec3>* positions = nullptr; ///< mm
  Cement cement;
  HeatParams heat;
  std::vector<double> cement_fraction; ///< per tetrahedron (cement_fractions in heat.hpp)
  CanalGeometry canal;
  double temperature_tolerance = 1.0; ///< degC, of the extrapolation in one step
};

/// One moment; hottest node of each place, degC (body temperature where the mesh has no such place).
struct CurePoint {
  double time_s = 0;          ///< since the end of injection
  double core = 0;            ///< nodes of cement
  double interface = 0;       ///< nodes shared by cement (or composite) and plain bone (heat_places.hpp)
  double anterior_cortex = 0; ///< outer surface of the body, front quarter
  double canal = 0;           ///< wall of the body that faces the canal
  double mean_conversion = 0, min_conversion = 0; ///< by volume of cement; least of all cement tetrahedra
};

struct CureResult {
  std::vector<CurePoint> curve;
  std::vector<double> conversion;       ///< per tetrahedron, 0 without cement
  std::vector<double> temperature;      ///< per node at the end, degC
  std::vector<double> peak_temperature; ///< per node, degC
  std::vector<double> lock_temperature; ///< per tetrahedron, degC, when half of its stiffness was there (conversion
                                        ///< halfway from gel to glass); NaN if that did not happen
  std::vector<double> cem43;            ///< per node, minutes
  /// core, interface, anterior_cortex, canal: the hottest node of each that exists; interface_mean: mean over the area
  /// of the peaks there
  std::map<std::string, double> peak_temperature_c;
  double min_conversion = 0, mean_conversion = 0;
  double setting_time = 0;       ///< s from MIXING until the mean conversion passes 0.5; negative: it did not
  double cem43_max_bone = 0;     ///< minutes; plain bone nodes, those on the cement included
  double henriques_max_bone = 0; ///< damage integral
  double bone_seconds_above_47 = 0, bone_seconds_above_50 = 0; ///< longest of any bone node
  double released_j = 0, stored_j = 0, lost_j = 0;             ///< balance: released = stored + lost
  int steps = 0, solves = 0, setups = 0;
};

/// What a listener sees after each accepted step.
struct CureState {
  double time_s = 0;
  const std::vector<double>* temperature = nullptr; ///< per node, degC
  const std::vector<double>* conversion = nullptr;  ///< per tetrahedron
  const CurePoint* point = nullptr;
};
using CureListener = std::function<void(const CureState&)>;

/// @throws InputError if there is no cement; NotConverged if the linear solver fails or the step gets too short
CureResult cure(const CureInput& input, LinearSolver& solver, const CureListener& listener = {});

} // namespace kypho

#pragma once
// The figures of one run, as measures.json carries them (units in the key; fractions are 0..1).
#include "core/base/archive.hpp"

namespace kypho {

/// Geometry and load of the vertebra at one station of the procedure.
struct Station {
  double anterior_height_mm = 0, middle_height_mm = 0, posterior_height_mm = 0;
  double wedge_angle_deg = 0; ///< between the endplates in the sagittal plane, positive when the front is lower
  double axial_load_n = 0;
  KYPHO_STATE(anterior_height_mm, middle_height_mm, posterior_height_mm, wedge_angle_deg, axial_load_n)
};

/// A device that was opened in the bone: a balloon, or what stands in its place.
struct BalloonMeasure {
  std::string device, side;
  double volume_ml = 0, pressure_mpa = 0; ///< at rest
  double peak_pressure_mpa = 0;           ///< highest of all, while it was filled
  std::string stopped_by;                 ///< "volume", "pressure", "height", "wall_contact", "breach", ...
  std::string stop_detail{};              ///< which wall, which height
  std::optional<double> seated_ml{};      ///< volume at which it first held 50 psi
  double push_up_n = 0; ///< what it presses towards the upper endplate with: pressure on the area seen from there
  double length_mm = 0, width_mm = 0;           ///< of the cavity along its axis, and across it, level
  double height_mm = 0;                         ///< of the cavity, towards the endplates
  std::map<std::string, double> bone_left_mm{}; ///< between it and each wall of the body
  KYPHO_STATE(device, side, volume_ml, pressure_mpa, peak_pressure_mpa, stopped_by, stop_detail, seated_ml, push_up_n,
              length_mm, width_mm, height_mm, bone_left_mm)
};

/// A jack or an expander that was opened in the bone.
struct ExpanderMeasure {
  std::string device, side;
  double height_mm = 0; ///< its own, towards the endplates
  double force_n = 0;   ///< towards an endplate
  std::string stopped_by, stop_detail;
  std::map<std::string, double> bone_left_mm{}; ///< between its cavity and each wall of the body
  KYPHO_STATE(device, side, height_mm, force_n, stopped_by, stop_detail, bone_left_mm)
};

/// What a new mesh of the body has kept of the old one.
struct RemeshMeasure {
  std::string stage;
  int ordinal = 1;
  double mass_error = 0;                            ///< of the bone's mineral, less what was drilled, over what it was
  double stored_before_mj = 0, stored_after_mj = 0; ///< elastic, what was drilled included before; before it is at rest
  KYPHO_STATE(stage, ordinal, mass_error, stored_before_mj, stored_after_mj)
};

/// What a curette has done in one channel.
struct CuretteMeasure {
  std::string device, side;
  double cut_ml = 0; ///< volume of the bone that it has cut
  KYPHO_STATE(device, side, cut_ml)
};

struct ForceOpeningPoint {
  std::string side;
  double height_mm = 0, force_n = 0;
  KYPHO_STATE(side, height_mm, force_n)
};

/// One inflation: where its work went and what it did to the bone around.
struct InflationMeasure {
  double fluid_mj = 0;                          ///< work of all fluids: int p dV
  double membrane_mj = 0;                       ///< stored in the balloons' walls
  double lifted_mj = 0;                         ///< work done on what rests on the body: preload times rise
  std::optional<double> elastic_mj{};           ///< stored in the bone; absent where no books are kept
  std::optional<double> plastic_mj{};           ///< dissipated by the bone
  double compaction_thickness_mm = 0;           ///< bone more than a tenth denser than before, over the cavities' area
  double compaction_density_ratio = 1;          ///< its density over that before
  double compaction_density_mg_cm3 = 0;         ///< its mineral density
  std::map<std::string, double> breaches_mm2{}; ///< torn wall over a balloon, by wall
  KYPHO_STATE(fluid_mj, membrane_mj, lifted_mj, elastic_mj, plastic_mj, compaction_thickness_mm,
              compaction_density_ratio, compaction_density_mg_cm3, breaches_mm2)
};

struct PressureVolumePoint {
  std::string side;
  double volume_ml = 0, pressure_mpa = 0; ///< at rest after the step
  double peak_pressure_mpa = 0;           ///< while it was filled
  KYPHO_STATE(side, volume_ml, pressure_mpa, peak_pressure_mpa)
};

/// Compression test. Stiffness: steepest chord over a twentieth of the test. Failure load: largest force of the test. Yield
/// load: where the curve meets the line of that stiffness shifted by 0.2 % of the height.
struct Strength {
  double stiffness_n_per_mm = 0, failure_load_n = 0, yield_load_n = 0;
  KYPHO_STATE(stiffness_n_per_mm, failure_load_n, yield_load_n)
};

/// Shares of two heights that are gone under the whole crush, and after unloading.
struct FractureMeasure {
  double peak_anterior_loss = 0, residual_anterior_loss = 0;
  double peak_middle_loss = 0, residual_middle_loss = 0;
  /// The middle lost more than the front: what to tell of a biconcave fracture.
  bool deepest_in_the_middle() const { return peak_middle_loss > peak_anterior_loss; }
  KYPHO_STATE(peak_anterior_loss, residual_anterior_loss, peak_middle_loss, residual_middle_loss)
};

/// Fractions of the height lost by the fracture that the body has again, and of the lift that deflation costs.
struct RestorationMeasure {
  std::string reference; ///< the fractured state that the fractions refer to: "prone, under its preload"
  std::string state;     ///< when the restored fraction is taken: "treated", or "deflated" if no cement has set
  double lost_on_deflation_fraction = 0, lost_middle_on_deflation_fraction = 0;
  /// Of anterior and middle height; absent if the fracture was there from the start, and with it what was lost.
  std::optional<double> restored_fraction, restored_middle_fraction;
  KYPHO_STATE(reference, state, lost_on_deflation_fraction, lost_middle_on_deflation_fraction, restored_fraction,
              restored_middle_fraction)
};

/// Where the energy of one phase of explicit steps went: work = stored + dissipated + damping + kinetic, but for the error.
/// Energies are changes over the phase.
struct EnergyMeasure {
  std::string phase;
  double work_mj = 0;   ///< done on the tissues by what is prescribed, by devices, platens, fluids, and by shrinkage
  double stored_mj = 0; ///< recoverable, in tissues and shells
  double dissipated_mj = 0; ///< by the tissues: work of their inner forces less what they store
  double damping_mj = 0;    ///< taken out by the damping of steps and holds
  double kinetic_mj = 0;    ///< of the scaled masses
  double balance_error = 0; ///< what is missing, as a share of the work that went in and out
  /// Way by which holds moved the unknowns over the way of the ramp; nothing without a hold.
  std::optional<double> hold_drift{};
  KYPHO_STATE(phase, work_mj, stored_mj, dissipated_mj, damping_mj, kinetic_mj, balance_error, hold_drift)
};

/// How quasi-static a stage was: how well its last hold came to rest, and what the platens said of each other on the way.
struct RestMeasure {
  std::string stage;
  int ordinal = 1;
  std::optional<double> imbalance; ///< unbalanced nodal forces over element forces, sums of magnitudes; of a hold
  /// Largest difference of the forces on upper and lower platen while loads moved, over the larger one or 100 N.
  double top_to_bottom = 0;
  std::vector<EnergyMeasure> energy{}; ///< of the phases with explicit steps
  KYPHO_STATE(stage, ordinal, imbalance, top_to_bottom, energy)
};

struct CementMeasure {
  double injected_ml = 0, in_cavity_ml = 0, permeated_ml = 0, leaked_ml = 0;
  std::map<std::string, double> leaks;
  std::optional<double> min_conversion, setting_time_min, cem43_max_min;
  std::map<std::string, double> peak_temperature_c;     ///< core, interface, anterior_cortex, canal
  std::map<std::string, double> injection_pressure_mpa; ///< lost in the cannula and in the bone, an estimate
  KYPHO_STATE(injected_ml, in_cavity_ml, permeated_ml, leaked_ml, leaks, min_conversion, setting_time_min,
              cem43_max_min, peak_temperature_c, injection_pressure_mpa)
};

/// What one stage took.
struct StageCost {
  std::string stage;
  int ordinal = 1;
  double wall_s = 0, linear_s = 0, assembly_s = 0; ///< the latter two of Newton's iterations
  long newton_iterations = 0, krylov_iterations = 0, increments = 0, cutbacks = 0;
  long rescued = 0; ///< increments that explicit steps had to take
  long explicit_steps = 0;
  KYPHO_STATE(stage, ordinal, wall_s, linear_s, assembly_s, newton_iterations, krylov_iterations, increments, cutbacks,
              rescued, explicit_steps)
};

/// Cost of the run; the only part that may differ between two runs of the same file.
struct RunCost {
  int dof = 0, nodes = 0, elements = 0, threads = 0;
  double wall_s = 0, peak_memory_mb = 0;
  long newton_iterations = 0, cutbacks = 0;
  long explicit_steps = 0;
  std::vector<StageCost> stages{}; ///< in the order of the procedure
  KYPHO_STATE(dof, nodes, elements, threads, wall_s, peak_memory_mb, newton_iterations, cutbacks, explicit_steps,
              stages)
};

/// Errors that the mesh is known to make, from a convergence study.
struct DiscretisationMeasure {
  double edge_length_mm = 0;
  std::map<std::string, double> relative_error; ///< by figure
  KYPHO_STATE(edge_length_mm, relative_error)
};

struct Measures {
  RunCost run;
  std::map<std::string, Station> stations; ///< intact, fractured, prone, inflated, deflated, treated
  std::optional<FractureMeasure> fracture;
  std::optional<RestorationMeasure> restoration;
  std::vector<BalloonMeasure> balloons;
  std::vector<PressureVolumePoint> pressure_volume; ///< at rest after each step
  std::vector<InflationMeasure> inflations;         ///< and openings of expanders
  std::vector<ExpanderMeasure> expanders;
  std::vector<CuretteMeasure> curettes;
  std::vector<RemeshMeasure> remeshings;
  std::vector<ForceOpeningPoint> force_opening; ///< at rest after each step
  std::optional<CementMeasure> cement;
  std::map<std::string, Strength> strength;            ///< intact, fractured, treated
  std::vector<RestMeasure> rests;                      ///< in the order of the stages
  std::optional<DiscretisationMeasure> discretisation; ///< nothing for a mesh beyond those studied
  std::vector<std::string> warnings;
  std::vector<std::string> solved_otherwise; ///< stages that other keys of [solver] have solved, with these
  KYPHO_STATE(run, stations, fracture, restoration, balloons, pressure_volume, inflations, expanders, curettes,
              remeshings, force_opening, cement, strength, rests, discretisation, warnings, solved_otherwise)
};

/// @param before name of the station from which the first balloon lifted, and what it was then: a later station may have
/// taken its name @return nothing if a station is missing
std::optional<RestorationMeasure> restoration(const std::map<std::string, Station>& stations, const std::string& before,
                                              const Station& base);

} // namespace kypho

#pragma once
// What the stages of one run share.
#include "core/cement/permeation.hpp"
#include "core/model/model.hpp"
#include "mesh/mesher.hpp"
#include "scenarios/run.hpp"
#include "scenarios/stages/stage.hpp"
#include "solvers/engine.hpp"

namespace kypho {

/// A drilled way into the body.
struct Access {
  std::string side; ///< "left", "right"
  Channel channel;
  KYPHO_STATE(side, channel)
};

struct StageContext {
  const Scenario& scenario;
  std::unique_ptr<Model> model;
  std::unique_ptr<Engine> engine;
  Measures& measures;
  ResultSink& sink;
  const RunHooks& hooks;

  // The stage that runs.
  const StageSpec* spec = nullptr;
  int index = 0;
  bool rested = false;                 ///< a hold of it has ended
  double top_to_bottom = 0;            ///< RestMeasure::top_to_bottom so far
  std::vector<EnergyMeasure> energy{}; ///< of its phases so far
  std::vector<double> work{};          ///< expected cost per stage, for the time left

  // What the stages so far have left behind.
  bool fractured = false, treated = false;
  std::string last_station, before_inflation; ///< the latter: from which the first balloon lifted
  Station lift_base;                          ///< what that one was
  std::vector<Access> accesses;
  std::vector<double> fill; ///< share of the pores that holds cement, per tetrahedron, after `inject`
  std::string force_csv = "stage,ordinal,pseudo_time,platen_descent_mm,force_n\n"; ///< rows of force.csv so far
  std::vector<double> cement_fraction; ///< volume fraction of cement per tetrahedron, after `inject`

  const Params& params() const { return spec->params; }
  /// Writes or reads all that the stages to come may ask for; a stage that leaves more behind adds it here. Measures have
  /// their own. @param tissues laws of the model that is read
  void visit(Archive& archive, const Tissues& tissues);
  /// Runs one ramp of the stage; its part [@p from, @p to] of the stage's pseudo-time goes to frames and progress.
  double ramp(Phase phase, double from, double to, bool frames = true);
  /// One frame of the present state. @param fields more of them (temperature, ...)
  void write_frame(double pseudo_time, bool last, std::vector<Field> node_fields = {});
  /// Adds the present force and descent of the upper platen to force.csv; nothing without a platen.
  void note_force(double pseudo_time);
  /// @p fresh has taken over the state of the model that it now replaces. @param mass_error Remeshed::mass_error
  void replace_model(std::unique_ptr<Model> fresh, double mass_error);
  /// Station of the present state.
  void note_station(const std::string& name);
  void warn(const std::string& text);
  /// At the end of a stage: how quasi-static it was. @throws NotConverged if it did not at all
  void note_rest();
  /// @throws NotConverged naming an element that is turned inside out, and where it is
  void check_shape() const;
};

} // namespace kypho

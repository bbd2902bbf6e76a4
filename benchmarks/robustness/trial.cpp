#include "benchmarks/robustness/trial.hpp"

#include "core/base/errors.hpp"
#include "scenarios/run.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fmt/format.h>
#include <limits>

namespace kypho::robustness {
namespace {

/// Keeps of the frames what a verdict needs. Volumes are worked out anew from the positions that are handed out.
class Witness final : public ResultSink {
public:
  void frame(const Frame& frame) override {
    look_at_volumes(frame);
    look_for_nan(frame);
    if (body_volume == 0) body_volume = region_volume(*frame.mesh, Region::body);
    complete = frame.last_of_stage;
    const auto upper = frame.scalars.find("axial_load_n"), lower = frame.scalars.find("lower_load_n");
    if (upper == frame.scalars.end() || lower == frame.scalars.end()) return;
    // What the moving mass takes from one platen it gives to the other.
    const double force = 0.5 * (upper->second + lower->second), rise = frame.scalars.at("platen_rise_mm");
    if (frame.pseudo_time <= crush_part) {
      peak_force = std::max(peak_force, force);
      held_force = force;
      held_rise = rise;
      held.anterior_height_mm = frame.scalars.at("anterior_height_mm");
      held.middle_height_mm = frame.scalars.at("middle_height_mm");
    } else if (rise > held_rise) {
      stiffness = (held_force - force) / (rise - held_rise);
    }
  }

  double least_det_f = 0, body_volume = 0;
  double peak_force = 0, held_force = 0, stiffness = 0;
  Station held;           ///< heights under the whole crush
  std::string not_finite; ///< name of a field or figure that is not
  bool complete = false;

private:
  static constexpr double crush_part = 0.7; // of the stage's pseudo-time; the rest is the unloading
  double held_rise = 0;

  void look_at_volumes(const Frame& frame) {
    const auto& X = frame.mesh->nodes;
    const auto& x = *frame.positions;
    least_det_f = std::numeric_limits<double>::infinity();
    for (const auto& [a, b, c, d] : frame.mesh->tets) {
      const double ratio = tet_volume(x[a], x[b], x[c], x[d]) / tet_volume(X[a], X[b], X[c], X[d]);
      if (!(ratio >= least_det_f)) least_det_f = ratio; // NaN too
    }
  }
  void look_for_nan(const Frame& frame) {
    for (const Vec3& p : *frame.positions)
      if (!p.allFinite()) not_finite = "positions";
    for (const auto* fields : {&frame.node_fields, &frame.tet_fields, &frame.facet_fields})
      for (const Field& field : *fields)
        if (!std::all_of(field.values.begin(), field.values.end(), [](double v) { return std::isfinite(v); }))
          not_finite = field.name;
    for (const auto& [name, value] : frame.scalars)
      if (!std::isfinite(value)) not_finite = name;
  }
};

double tracked_height(const DrawnVertebra& v, const Station& s) {
  return v.pattern == "biconcave" ? s.middle_height_mm : s.anterior_height_mm;
}

bool warned_of(const std::vector<std::string>& warnings, const char* words) {
  return std::any_of(warnings.begin(), warnings.end(),
                     [&](const std::string& w) { return w.find(words) != std::string::npos; });
}

void take_figures(Trial& trial, const Witness& witness, const Measures& m) {
  trial.elements = m.run.elements;
  trial.steps = m.run.explicit_steps;
  trial.warnings = m.warnings;
  trial.body_volume = witness.body_volume;
  trial.least_det_f = witness.least_det_f;
  trial.peak_force = witness.peak_force;
  trial.held_force = witness.held_force;
  trial.stiffness = witness.stiffness;
  if (!m.rests.empty()) trial.imbalance = m.rests.back().imbalance.value_or(0);
  const auto intact = m.stations.find("intact"), fractured = m.stations.find("fractured");
  if (intact != m.stations.end()) trial.intact = intact->second;
  if (fractured == m.stations.end()) return;
  trial.fractured = fractured->second;
  const double before = tracked_height(trial.vertebra, trial.intact);
  trial.peak_loss = 1 - tracked_height(trial.vertebra, witness.held) / before;
  trial.residual_loss = 1 - tracked_height(trial.vertebra, trial.fractured) / before;
}

/// What is wrong with a run that claims to be complete; empty if nothing.
std::string defect_of(const Trial& trial, const Witness& witness, const Measures& m, const Params& solver,
                      const Params& stage) {
  if (!witness.complete || !m.fracture || !m.stations.contains("fractured") || m.rests.empty())
    return "incomplete figures";
  if (!(trial.least_det_f > 0)) return "inverted element";
  if (!witness.not_finite.empty()) return "not finite: " + witness.not_finite;
  for (const Station* s : {&trial.intact, &trial.fractured})
    for (const double h : {s->anterior_height_mm, s->middle_height_mm, s->posterior_height_mm})
      if (!(h > 0) || !std::isfinite(h + s->wedge_angle_deg)) return "no height";
  const double miss = std::abs(trial.residual_loss - stage.number("residual_loss"));
  constexpr double reading = 0.001; // the shape is let come to rest once more after the loss was accepted
  if (!(miss <= stage.number("tolerance") + reading) && !warned_of(trial.warnings, "residual loss"))
    return "loss missed without a word";
  if (!(trial.imbalance <= solver.number("balance")) && !warned_of(trial.warnings, "not at rest"))
    return "not at rest without a word";
  return "";
}

} // namespace

const char* name_of(Outcome outcome) {
  switch (outcome) {
  case Outcome::completed: return "completed";
  case Outcome::failed: return "failed";
  case Outcome::defect: return "defect";
  }
  return "";
}

Trial try_fracture(const DrawnVertebra& vertebra, const Scenario& scenario, int threads) {
  Trial trial;
  trial.vertebra = vertebra;
  trial.sha256 = scenario.sha256;
  Witness witness;
  Measures measures;
  const auto fail = [&](const char* kind, const std::exception& error) {
    trial.kind = kind;
    trial.reason = error.what();
  };
  const std::clock_t start = std::clock();
  try {
    run(scenario, witness, RunHooks{}, threads, measures);
    trial.outcome = Outcome::completed;
  } catch (const Interrupted&) {
    throw;
  } catch (const InputError& error) {
    fail("bad input", error);
  } catch (const NotConverged& error) {
    fail("not converged", error);
  } catch (const NonPhysical& error) {
    fail("not physical", error);
  } catch (const LimitReached& error) {
    fail("limit reached", error);
  } catch (const std::exception& error) {
    fail("internal error", error);
  }
  trial.seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  take_figures(trial, witness, measures);
  if (trial.outcome != Outcome::completed) return trial;
  trial.kind = defect_of(trial, witness, measures, scenario.solver, scenario.stages.front().params);
  if (trial.kind.empty()) return trial;
  trial.outcome = Outcome::defect;
  trial.reason = fmt::format("det F at least {:.3g}, imbalance {:.2g}, loss {:.1f} %", trial.least_det_f,
                             trial.imbalance, 100 * trial.residual_loss);
  return trial;
}

} // namespace kypho::robustness

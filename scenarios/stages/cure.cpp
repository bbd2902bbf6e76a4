// Cure: the cement reacts, heats the bone and turns to glass, in minutes of real time. It becomes stiff in the shape that
// it then has, free of strain, and shrinks and cools from there.
#include "core/base/errors.hpp"
#include "core/cement/cement.hpp"
#include "core/fem/quadratic.hpp"
#include "scenarios/stages/catalog.hpp"
#include "scenarios/stages/context.hpp"
#include "scenarios/stages/loading.hpp"
#include "solvers/heat_stepper.hpp"

#include <cmath>

namespace kypho {
namespace {

class Cure final : public Stage {
public:
  explicit Cure(const Params& p) : heat_(make_heat_params(p)) {}

  void run(StageContext& context) override {
    const Cement cement = make_cement(context.scenario.cement_params);
    hold_loads(*context.model);
    const CureResult result = react(context, cement);
    note(context, result);
    harden(context, cement, result);
    context.treated = true;
    context.note_station("treated");
    context.measures.restoration = restoration(context.measures.stations, context.before_inflation, context.lift_base);
    context.write_frame(1, true,
                        {Field{"temperature", "degC", 1, result.temperature},
                         Field{"peak_temperature", "degC", 1, result.peak_temperature}});
  }

private:
  CureResult react(StageContext& context, const Cement& cement) const {
    const Model& model = *context.model;
    const std::vector<Vec3> x = model.positions();
    const TetMesh parts = linear_parts(model.mesh());
    const std::size_t family = parts.tets.size() / model.mesh().tets.size();
    CureInput input;
    input.mesh = &parts;
    input.positions = &x;
    input.cement = cement;
    input.heat = heat_;
    for (const double fraction : context.cement_fraction)
      input.cement_fraction.insert(input.cement_fraction.end(), family, fraction);
    input.canal = {model.landmarks().canal, model.landmarks().canal_depth, model.landmarks().canal_width};
    const auto solver = make_linear_solver(context.scenario.solver.text("linear_solver"));
    double next = 0;
    CureResult result = cure(input, *solver, [&](const CureState& state) {
      if (state.time_s < next) return;
      next = state.time_s + heat_.duration / 8;
      context.write_frame(0.8 * state.time_s / heat_.duration, false,
                          {Field{"temperature", "degC", 1, *state.temperature}});
    });
    result.conversion = mean_of_parts(result.conversion, family);
    result.lock_temperature = mean_of_parts(result.lock_temperature, family);
    return result;
  }

  /// One value per tetrahedron from those of its parts, which have next to the same volume; parts without one (not a
  /// number) do not count.
  static std::vector<double> mean_of_parts(const std::vector<double>& values, std::size_t family) {
    if (family == 1) return values;
    std::vector<double> means;
    for (std::size_t first = 0; first < values.size(); first += family) {
      double sum = 0;
      int count = 0;
      for (std::size_t k = first; k < first + family; ++k) {
        if (std::isnan(values[k])) continue;
        sum += values[k];
        ++count;
      }
      means.push_back(sum / count); // 0 / 0 where no part has one
    }
    return means;
  }

  static void note(StageContext& context, const CureResult& result) {
    CementMeasure& m = *context.measures.cement;
    m.min_conversion = result.min_conversion;
    m.setting_time_min = result.setting_time / 60;
    m.cem43_max_min = result.cem43_max_bone;
    m.peak_temperature_c = result.peak_temperature_c;
    if (result.setting_time < 0) {
      m.setting_time_min.reset();
      context.warn("cure: the cement has not set within the simulated time");
    }
    if (!context.hooks.file) return;
    std::string csv = "time_s,core_c,interface_c,anterior_cortex_c,canal_c,mean_conversion\n";
    for (const CurePoint& p : result.curve) {
      char line[200];
      std::snprintf(line, sizeof line, "%.3f,%.4f,%.4f,%.4f,%.4f,%.6f\n", p.time_s, p.core, p.interface,
                    p.anterior_cortex, p.canal, p.mean_conversion);
      csv += line;
    }
    context.hooks.file("temperature.csv", csv);
  }

  /// Stiffness by conversion at the present shape, then the free strain in small parts.
  void harden(StageContext& context, const Cement& cement, const CureResult& result) const {
    Model& model = *context.model;
    struct Hardened {
      int tet;
      double shrinkage;
    };
    std::vector<Hardened> all;
    model.let_cement_set(result.conversion);
    for (int t = 0; t < static_cast<int>(model.mesh().tets.size()); ++t) {
      const Region region = model.mesh().region[t];
      if (region != Region::cement && region != Region::composite) continue;
      const double lock = result.lock_temperature[t];
      const double locked_at = 0.5 * (cement.gel_conversion + cement.glass_conversion);
      const double strain =
          std::isnan(lock) ? 0 : free_strain(cement, lock, locked_at, heat_.body_temperature, result.conversion[t]);
      all.push_back({t, -strain});
    }
    constexpr int parts = 20;
    int done = 0;
    const auto due = [](double t) { return static_cast<int>(std::ceil(t * parts - 1e-9)); };
    Phase phase;
    phase.name = "cure";
    phase.effort = 0.5;
    phase.observations = 4;
    phase.settle = true;
    phase.strains = [&](double t) { return done < due(t); };
    phase.load = [&](double t) {
      for (const int part = due(t); done < part; ++done)
        for (const Hardened& h : all)
          for (int q = 0; q < model.bulk->points_per_tet(); ++q) {
            VectorX history = model.bulk->history(h.tet, q);
            model.bulk->law(h.tet)->shrink(h.shrinkage / parts, history);
            model.bulk->set_history(h.tet, history, q);
          }
    };
    context.ramp(phase, 0.8, 1, false);
  }

  HeatParams heat_;
};

} // namespace

StageInfo cure_stage() {
  return {"cure", "the cement sets, heats the bone, becomes stiff and shrinks, in minutes of real time", heat_specs(),
          [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<Cure>(p); }};
}

} // namespace kypho

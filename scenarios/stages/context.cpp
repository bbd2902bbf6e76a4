#include "scenarios/stages/context.hpp"

#include "core/base/log.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <utility>

namespace kypho {
namespace {

/// Fields of the laws' visible history, means over the quadrature points, 0 where a law lacks one.
std::vector<Field> tet_fields(const Model& model) {
  const std::size_t count = model.mesh().tets.size();
  const int per_tet = model.bulk->points_per_tet();
  Field strain{"equivalent_plastic_strain", "1", 1, std::vector<double>(count, 0.0)};
  Field damage{"damage", "1", 1, std::vector<double>(count, 0.0)};
  Field ratio{"volume_ratio", "1", 1, std::vector<double>(count, 1.0)};
  Field stress{"axial_stress", "MPa", 1, std::vector<double>(count, 0.0)};
  Field conversion{"conversion", "1", 1, std::vector<double>(count, 0.0)};
  for (std::size_t t = 0; t < count; ++t) {
    const Material* law = model.bulk->law(static_cast<int>(t));
    if (!law) continue;
    double volume_ratio = 0, axial = 0;
    for (int q = 0; q < per_tet; ++q) {
      const VectorX h = model.bulk->history(static_cast<int>(t), q);
      for (const auto& [name, place] : law->visible_history()) {
        if (name == strain.name) strain.values[t] += h[place] / per_tet;
        if (name == damage.name) damage.values[t] += h[place] / per_tet;
      }
      const Mat3 F = model.bulk->deformation(static_cast<int>(t), model.system.u, q);
      volume_ratio += model.bulk->point(static_cast<int>(t), q).volume_ratio * F.determinant();
      axial += model.bulk->cauchy(static_cast<int>(t), model.system.u, q)(2, 2);
    }
    ratio.values[t] = volume_ratio / per_tet;
    stress.values[t] = axial / per_tet;
    conversion.values[t] = model.bulk->point(static_cast<int>(t)).conversion;
  }
  return {strain, damage, ratio, stress, conversion};
}

std::vector<Field> facet_fields(const Model& model) {
  const std::size_t count = model.mesh().facets.size();
  Field strain{"shell_plastic_strain", "1", 1, std::vector<double>(count, 0.0)};
  for (std::size_t f = 0; f < count; ++f) {
    const ShellLaw* law = model.shell->law(static_cast<int>(f));
    if (!law) continue;
    const VectorX h = model.shell->history(static_cast<int>(f));
    for (const auto& [name, place] : law->visible_history())
      if (name == "equivalent_plastic_strain") strain.values[f] = h[place];
  }
  if (model.balloons.empty() && model.expanders.empty()) return {strain};
  Field balloon{"balloon", "1", 1, std::vector<double>(count, 0.0)};
  for (const Balloon& b : model.balloons)
    for (int f : b.fluid->facets()) balloon.values[f] = 1;
  for (const Expander& e : model.expanders)
    for (int f : e.term->facets()) balloon.values[f] = 1;
  return {strain, balloon};
}

/// What the progress counts: explicit steps, and Newton iterations.
long steps_of(const Engine& engine) { return engine.effort().explicit_steps + engine.effort().newton_iterations; }

std::map<std::string, double> scalars_of(const Model& model, long steps) {
  const Station s = model.station();
  std::map<std::string, double> out{{"anterior_height_mm", s.anterior_height_mm},
                                    {"middle_height_mm", s.middle_height_mm},
                                    {"posterior_height_mm", s.posterior_height_mm},
                                    {"wedge_angle_deg", s.wedge_angle_deg},
                                    {"steps", static_cast<double>(steps)}};
  if (model.upper) {
    out["axial_load_n"] = s.axial_load_n;
    out["lower_load_n"] = -model.lower->reaction();
    out["platen_rise_mm"] = model.system.u[model.upper_unknown()];
  }
  for (const Balloon& b : model.balloons) {
    out["pressure_" + b.side + "_mpa"] = b.fluid->pressure();
    out["volume_" + b.side + "_ml"] = b.fluid->volume(model.system.u) / 1000;
  }
  for (const Expander& e : model.expanders) {
    out["opening_" + e.side + "_mm"] = e.term->shape.height();
    out["opening_force_" + e.side + "_n"] = std::max(e.term->push_up(), e.term->push_down());
  }
  return out;
}

} // namespace

void StageContext::visit(Archive& archive, const Tissues& tissues) {
  archive.section("model", [&] { kypho::visit(archive, model, tissues); });
  archive("engine", *engine);
  KYPHO_VISIT(archive, fractured, treated, last_station, before_inflation, lift_base, accesses, fill, force_csv,
              cement_fraction);
}

double StageContext::ramp(Phase phase, double from, double to, bool frames) {
  const auto observe = std::move(phase.observe);
  phase.observe = [&](double t) {
    check_shape();
    if (observe) observe(t);
    if (model->upper && model->lower) {
      constexpr double least = 100; // N
      const double above = model->upper->reaction(), below = -model->lower->reaction();
      top_to_bottom =
          std::max(top_to_bottom, std::abs(above - below) / std::max({std::abs(above), std::abs(below), least}));
    }
    const double now = std::min(1.0, from + (to - from) * t);
    if (frames && t < 1 - 1e-9) write_frame(now, false);
    if (frames) note_force(now);
    if (hooks.progress) {
      Progress p;
      p.stage = spec->kind;
      p.ordinal = spec->ordinal;
      p.index = index;
      p.stages = static_cast<int>(scenario.stages.size());
      p.pseudo_time = now;
      p.steps = steps_of(*engine);
      for (const Balloon& b : model->balloons)
        p.pressure_mpa = std::max(p.pressure_mpa.value_or(0), b.fluid->pressure());
      const Station s = model->station();
      p.height_mm = s.anterior_height_mm;
      if (model->upper) p.load_n = s.axial_load_n;
      const double before = std::accumulate(work.begin(), work.begin() + index, 0.0);
      p.fraction = std::min(0.999, (before + work[index] * now) / std::accumulate(work.begin(), work.end(), 0.0));
      hooks.progress(p);
    }
  };
  phase.warn = [this](const std::string& text) { warn(text); };
  const double reached = engine->run(model->system, phase);
  if (const auto of_phase = engine->energy()) energy.push_back(*of_phase);
  rested = rested || phase.settle;
  check_shape();
  return reached;
}

void StageContext::replace_model(std::unique_ptr<Model> fresh, double mass_error) {
  const auto stored = [](const Model& m) {
    double sum = 0;
    for (const Term* term : m.system.terms)
      if (term->stores()) sum += term->stored(m.system.u);
    return sum;
  };
  measures.remeshings.push_back({spec->kind, spec->ordinal, mass_error, stored(*model), stored(*fresh)});
  model = std::move(fresh);
}

void StageContext::note_station(const std::string& name) {
  measures.stations[name] = model->station();
  last_station = name;
}

void StageContext::note_rest() {
  constexpr double hopeless = 0.01; // unbalanced by a hundredth of the forces inside
  const bool held = std::exchange(rested, false);
  const double moving = std::exchange(top_to_bottom, 0.0);
  std::vector<EnergyMeasure> spent = std::exchange(energy, {});
  if (!held && moving == 0 && spent.empty()) return;
  measures.rests.push_back({spec->kind, spec->ordinal, {}, moving, std::move(spent)});
  if (!held) return;
  measures.rests.back().imbalance = engine->imbalance();
  if (engine->imbalance() <= engine->balance()) return;
  char text[200];
  std::snprintf(text, sizeof text, "%s: not at rest after %s of its last hold, imbalance %.2g, asked %.2g%s",
                spec->kind.c_str(), engine->hold_limit().c_str(), engine->imbalance(), engine->balance(),
                "; raise solver.hold_steps");
  if (!(engine->imbalance() <= hopeless)) throw NotConverged(text);
  warn(text);
}

void StageContext::check_shape() const {
  const auto [J, tet] = model->bulk->smallest_volume_ratio(model->system.u);
  if (!(J > 0)) {
    const Vec3 at = model->mesh().nodes[model->mesh().tets[tet][0]];
    char text[200];
    std::snprintf(text, sizeof text, "%s: element %d near (%.1f, %.1f, %.1f) mm is inverted (det F = %.3g)",
                  spec->kind.c_str(), tet, at[0], at[1], at[2], J);
    throw NotConverged(text);
  }
}

void StageContext::write_frame(double pseudo_time, bool last, std::vector<Field> node_fields) {
  const std::vector<Vec3> x = model->positions();
  Frame frame;
  frame.stage = spec->kind;
  frame.stage_ordinal = spec->ordinal;
  frame.stage_index = index;
  frame.pseudo_time = pseudo_time;
  frame.last_of_stage = last;
  frame.mesh = &model->mesh();
  frame.positions = &x;
  frame.node_fields = std::move(node_fields);
  frame.tet_fields = tet_fields(*model);
  frame.facet_fields = facet_fields(*model);
  frame.scalars = scalars_of(*model, steps_of(*engine));
  sink.frame(frame);
}

void StageContext::note_force(double pseudo_time) {
  if (!model->upper) return;
  char row[160];
  std::snprintf(row, sizeof row, "%s,%d,%.6g,%.6g,%.6g\n", spec->kind.c_str(), spec->ordinal, pseudo_time,
                -model->system.u[model->upper_unknown()], model->upper->reaction());
  force_csv += row;
}

void StageContext::warn(const std::string& text) {
  measures.warnings.push_back(text);
  log(LogLevel::warning, text);
}

} // namespace kypho

#include "scenarios/run.hpp"

#include "scenarios/discretisation.hpp"

#include "core/base/errors.hpp"
#include "core/cement/cement.hpp"
#include "core/materials/catalog.hpp"
#include "core/materials/density_law.hpp"
#include "mesh/mesher.hpp"
#include "scenarios/check.hpp"
#include "scenarios/landmarks_json.hpp"
#include "scenarios/stages/aim.hpp"

#include <chrono>
#include <map>
#include <numeric>
#include <omp.h>
#include <sys/resource.h>

namespace kypho {
namespace {

std::shared_ptr<const Material> solid(const Scenario& s, const char* tissue) {
  const MaterialSpec& spec = s.materials.at(tissue);
  return find_law(spec.law).make(spec.params);
}

std::shared_ptr<const ShellLaw> shell(const Scenario& s, const char* tissue) {
  const MaterialSpec& spec = s.materials.at(tissue);
  return find_law(spec.law).make_shell(spec.params);
}

/// The law of the cement takes its figures from the cement of the catalog.
std::shared_ptr<const Material> cement_law(const Scenario& s) {
  const Cement cement = make_cement(s.cement_params);
  const LawInfo& law = find_law("bone_cement");
  Params p(law.specs);
  p.set("modulus", cement.modulus);
  p.set("poisson_ratio", cement.poisson);
  p.set("yield", cement.compressive_strength);
  p.set("gel_conversion", cement.gel_conversion);
  p.set("glass_conversion", cement.glass_conversion);
  return law.make(p);
}

Tissues make_tissues(const Scenario& s) {
  return {solid(s, "trabecular"),
          solid(s, "posterior"),
          cement_law(s),
          shell(s, "cortex"),
          shell(s, "endplate"),
          shell(s, "posterior_cortex"),
          s.solver.text("self_contact") == "on",
          s.solver.number("contact_friction")};
}

std::vector<std::unique_ptr<Stage>> make_stages(const Scenario& s) {
  check_order(s);
  std::vector<std::unique_ptr<Stage>> stages;
  for (const StageSpec& spec : s.stages) stages.push_back(find_stage(spec.kind).make(spec.params));
  return stages;
}

constexpr double quadratic_work = 6, quadratic_memory = 4; // of an element, over a linear one

/// Cost per stage, in full ramps on the first mesh: steps of ramps and holds of the default case; cavities are meshed finely.
std::vector<double> expected_work(const Scenario& s) {
  static const std::map<std::string, double> ramps = {
      {"load", 1.1},    {"fracture", 2.2}, {"posture", 0.5}, {"access", 0.3}, {"curette", 0.3},
      {"inflate", 3.5}, {"expand", 3.5},   {"deflate", 1.4}, {"inject", 0.5}, {"cure", 1.2}};
  constexpr double finer = 1.6;
  std::vector<double> work;
  bool cavity = false;
  for (const StageSpec& spec : s.stages) {
    cavity = cavity || spec.kind == "access";
    const auto found = ramps.find(spec.kind);
    work.push_back((found == ramps.end() ? 1.0 : found->second) * (cavity ? finer : 1.0));
  }
  return work;
}

void note_cost(RunCost& cost, const Model& model, const Engine& engine, double seconds) {
  cost.nodes = static_cast<int>(model.mesh().nodes.size());
  cost.elements = static_cast<int>(model.mesh().tets.size());
  cost.dof = 3 * cost.nodes;
  const Effort effort = engine.effort();
  cost.explicit_steps = effort.explicit_steps;
  cost.newton_iterations = effort.newton_iterations;
  cost.cutbacks = effort.cutbacks;
  cost.wall_s = seconds;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  cost.peak_memory_mb = static_cast<double>(usage.ru_maxrss) / 1024;
}

/// What a stage has taken since @p before.
StageCost stage_cost(const StageSpec& spec, const Effort& before, const Effort& after, double seconds) {
  return {spec.kind,
          spec.ordinal,
          seconds,
          after.linear_s - before.linear_s,
          after.assembly_s - before.assembly_s,
          after.newton_iterations - before.newton_iterations,
          after.krylov_iterations - before.krylov_iterations,
          after.increments - before.increments,
          after.cutbacks - before.cutbacks,
          after.rescued - before.rescued,
          after.explicit_steps - before.explicit_steps};
}

/// How much of the spongy bone the density law was not fitted to, "" if next to nothing.
std::string density_warning(const MaterialSpec& bone, const TetMesh& mesh) {
  if (bone.law != "trabecular_bone") return "";
  std::vector<double> bmd, volume;
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    if (mesh.region[t] != Region::body) continue;
    const auto& [a, b, c, d] = mesh.tets[t];
    bmd.push_back(mesh.bmd[t]);
    volume.push_back(tet_volume(mesh.nodes[a], mesh.nodes[b], mesh.nodes[c], mesh.nodes[d]));
  }
  return outside_range(find_density_law(bone.params.text("density_law")), bone.params.text("density_conversion"), bmd,
                       volume);
}

/// Ways that cannot be gone are refused before any solve: pedicles hardly change shape.
void check_ways(const Scenario& scenario, const Model& intact) {
  std::vector<Access> planned;
  for (const StageSpec& stage : scenario.stages) {
    if (stage.kind != "access") continue;
    try {
      for (Access& access : plan_access(intact, stage.params, planned, [](const std::string&) {}))
        planned.push_back(std::move(access));
    } catch (const InputError& error) {
      throw InputError(stage.place + ": stage." + error.what());
    }
  }
}

/// From the scenario to the model of the intact vertebra.
void begin(StageContext& context, const Tissues& tissues) {
  const Scenario& scenario = context.scenario;
  const auto anatomy = make_anatomy(scenario.anatomy, static_cast<unsigned>(scenario.seed));
  check_fit(scenario, anatomy->landmarks());
  context.model = make_model(mesh_anatomy(*anatomy, scenario.mesh), anatomy->landmarks(), tissues);
  check_ways(scenario, *context.model);
  if (context.hooks.begin) context.hooks.begin();
  if (context.hooks.file) context.hooks.file("landmarks.json", landmarks_json(anatomy->landmarks()));
  for (const std::string& text : anatomy->warnings()) context.warn(text);
  const std::string outside = density_warning(scenario.materials.at("trabecular"), context.model->mesh());
  if (!outside.empty()) context.warn(outside);
  context.note_station("intact");
  if (scenario.mesh.integer("element_order") == 1) // those that were studied
    context.measures.discretisation = discretisation_error(scenario.mesh.number("edge_length"));
  context.spec = &scenario.stages.front();
  context.write_frame(0, false);
}

/// From a checkpoint to the model as the stages before have left it.
void take_up(StageContext& context, Restart& restart, const Tissues& tissues) {
  context.visit(restart.state, tissues);
  restart.state.expect_all_read();
  check_fit(context.scenario, context.model->landmarks());
  context.measures.solved_otherwise = restart.solved_otherwise;
  if (restart.switched)
    context.warn("earlier stages were solved with other keys of [solver], last " + restart.solved_otherwise.back());
  context.model->refresh_forces();
  if (context.hooks.begin) context.hooks.begin();
}

} // namespace

void run(const Scenario& scenario, ResultSink& sink, const RunHooks& hooks, int threads, Measures& measures,
         Restart* restart) {
  const auto start = std::chrono::steady_clock::now();
  const double earlier = measures.run.wall_s;
  const auto seconds = [&] {
    return earlier + std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  omp_set_num_threads(threads);
  measures.run.threads = threads;

  const auto stages = make_stages(scenario);
  const Tissues tissues = make_tissues(scenario);
  StageContext context{.scenario = scenario,
                       .model = nullptr,
                       .engine = make_engine(scenario.solver),
                       .measures = measures,
                       .sink = sink,
                       .hooks = hooks};
  context.work = expected_work(scenario);
  if (restart)
    take_up(context, *restart, tissues);
  else
    begin(context, tissues);

  for (std::size_t k = restart ? restart->stages_done : 0; k < stages.size(); ++k) {
    context.spec = &scenario.stages[k];
    context.index = static_cast<int>(k);
    const Effort before = context.engine->effort();
    const double begun = seconds();
    const auto note = [&] {
      note_cost(measures.run, *context.model, *context.engine, seconds());
      measures.run.stages.push_back(
          stage_cost(scenario.stages[k], before, context.engine->effort(), seconds() - begun));
    };
    try {
      stages[k]->run(context);
      context.note_rest();
    } catch (const InputError& error) {
      note();
      if (context.engine->effort().explicit_steps + context.engine->effort().increments == 0) throw;
      throw NotConverged(error.what()); // showed itself only in the shape that the stages before have made
    } catch (...) {
      note();
      throw;
    }
    note();
    if (hooks.file) hooks.file("force.csv", context.force_csv);
    if (hooks.checkpoint) {
      Archive state;
      context.visit(state, tissues);
      hooks.checkpoint(static_cast<int>(k) + 1, state);
    }
    context.model->refresh_forces(); // as take_up() does
  }
}

double expected_minutes(const Scenario& scenario, int elements) {
  const std::vector<double> work = expected_work(scenario);
  const double steps = std::accumulate(work.begin(), work.end(), 0.0) * scenario.solver.integer("steps");
  const double per_step = scenario.solver.text("inertia") == "elastic" ? 150e-9 : 50e-9; // s, linear element, two cores
  const bool quadratic = scenario.mesh.integer("element_order") == 2;
  return steps * elements * (quadratic ? quadratic_work : 1) * per_step / 60 + 0.5;
}

RunEstimate estimate(const Scenario& scenario) {
  make_stages(scenario);
  const auto anatomy = make_anatomy(scenario.anatomy, static_cast<unsigned>(scenario.seed));
  check_fit(scenario, anatomy->landmarks());
  const auto intact = make_model(mesh_anatomy(*anatomy, scenario.mesh), anatomy->landmarks(), make_tissues(scenario));
  const TetMesh& mesh = intact->mesh();
  check_ways(scenario, *intact);
  RunEstimate e;
  e.nodes = static_cast<int>(mesh.nodes.size());
  e.elements = static_cast<int>(mesh.tets.size());
  e.dof = 3 * e.nodes;
  // Remeshing around cavities adds about half; state, buffers and pictures take 2.5 kB per linear element, libraries
  // 150 MB. A quadratic element counts for what it was found to take.
  const double elements = 1.5 * e.elements * (mesh.mids.empty() ? 1 : quadratic_memory);
  e.memory_mb = 150 + elements * 2.5e-3;
  e.minutes = expected_minutes(scenario, e.elements);
  e.warnings = anatomy->warnings();
  const std::string outside = density_warning(scenario.materials.at("trabecular"), mesh);
  if (!outside.empty()) e.warnings.push_back(outside);
  return e;
}

} // namespace kypho

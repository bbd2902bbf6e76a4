// The whole procedure of a case, stage by stage, with each engine.
#include "benchmarks/bench/apart.hpp"
#include "benchmarks/bench/machine.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include "scenarios/list.hpp"
#include "scenarios/run.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iostream>
#include <map>
#include <omp.h>

namespace kypho::bench {
namespace {

/// How the steps of the procedure are solved, and what that sets in the scenario.
const std::map<std::string, std::vector<std::string>>& ways() {
  static const std::map<std::string, std::vector<std::string>> all{
      {"explicit", {"solver.engine=explicit", "solver.hold=newton"}},
      {"explicit_steps", {"solver.engine=explicit", "solver.hold=steps"}},
      {"auto", {"solver.engine=auto"}}};
  return all;
}

std::vector<std::string> ways_of(const Options& options) {
  std::vector<std::string> known;
  for (const auto& [name, keys] : ways()) known.push_back(name);
  for (const std::string& name : options.backends)
    if (!ways().contains(name)) throw InputError(unknown_name("backend", name, known));
  return options.backends.empty() ? known : options.backends;
}

std::vector<std::string> cases_of(const Options& options) {
  return options.cases.empty() ? std::vector<std::string>{"l1_wedge_bipedicular"} : options.cases;
}

/// @param name of a case in the folder of cases, or a file
Scenario read_case(const std::string& name, const std::vector<std::string>& keys) {
  const std::filesystem::path file = name;
  return Scenario::read(file.has_extension() ? file : cases_folder() / (name + ".toml"), keys);
}

class NoPictures final : public ResultSink {
public:
  void frame(const Frame&) override {}
};

/// What comes back of every stage. After all stages: unknowns and imbalance at the end.
enum Number { wall, linear, assembly, newton, krylov, increments, cutbacks, rescued, steps, numbers };

Solved go_through(const Scenario& scenario, int threads, VectorX& x) {
  NoPictures sink;
  Measures measures;
  run(scenario, sink, {}, threads, measures);
  Solved solved;
  double* to = x.data();
  for (const StageCost& s : measures.run.stages) {
    solved.solve_s += s.wall_s;
    for (const double number :
         {s.wall_s, s.linear_s, s.assembly_s, static_cast<double>(s.newton_iterations),
          static_cast<double>(s.krylov_iterations), static_cast<double>(s.increments), static_cast<double>(s.cutbacks),
          static_cast<double>(s.rescued), static_cast<double>(s.explicit_steps)})
      *to++ = number;
  }
  *to++ = measures.run.dof;
  *to = measures.rests.empty() ? 0 : measures.rests.back().imbalance.value_or(0);
  return solved;
}

/// From figures of the default case, whose edges are 1.7 mm: meshes are not made for an estimate.
std::vector<Need> needs(const Options& options) {
  std::vector<Need> all;
  const double runs = options.repeat * static_cast<double>(options.threads.size() * ways_of(options).size());
  for (const std::string& name : cases_of(options)) {
    const Scenario scenario = read_case(name, {});
    const double finer = 1.7 / scenario.mesh.number("edge_length");
    const double per_step = scenario.solver.text("inertia") == "elastic" ? 0.015 : 0.008; // s, holds shared out
    all.push_back({name, 200 + 600 * std::pow(finer, 3),
                   per_step * std::pow(finer, 3) * static_cast<double>(scenario.solver.integer("steps")) *
                       static_cast<double>(scenario.stages.size()) * runs,
                   0});
  }
  return all;
}

/// A row for each stage, and one for all together.
std::vector<Row> rows_of(const Scenario& scenario, const std::string& way, int threads) {
  Row row;
  row.suite = "procedure";
  row.backend = way;
  row.threads = threads;
  row.order = static_cast<int>(scenario.mesh.integer("element_order"));
  std::vector<Row> rows;
  for (const StageSpec& stage : scenario.stages) {
    row.case_name = fmt::format("{} {}", rows.size() + 1, stage.kind);
    rows.push_back(row);
  }
  row.case_name = "all stages";
  rows.push_back(row);
  return rows;
}

void fill(const VectorX& x, const Apart& apart, Row* rows, int stages) {
  VectorX sum = VectorX::Zero(numbers);
  for (int k = 0; k <= stages; ++k) {
    VectorX of = k < stages ? VectorX(x.segment<numbers>(k * numbers)) : sum;
    sum += of;
    Row& row = rows[k];
    row.dof = static_cast<int>(x[stages * numbers]);
    row.setup_s.push_back(0);
    row.solve_s.push_back(of[wall]);
    row.wall_s.push_back(of[wall]);
    row.cpu_s.push_back(k < stages ? 0 : apart.cpu_s);
    row.iterations = static_cast<int>(of[newton]);
    row.peak_memory_mb = apart.peak_mb;
    row.added_memory_mb = apart.peak_mb - apart.start_mb;
    row.effort = {{"linear_s", of[linear]},       {"assembly_s", of[assembly]}, {"krylov_iterations", of[krylov]},
                  {"increments", of[increments]}, {"cutbacks", of[cutbacks]},   {"rescued", of[rescued]},
                  {"explicit_steps", of[steps]}};
  }
  rows[stages].relative_residual = x[stages * numbers + 1];
  rows[stages].bytes_per_dof = rows[stages].added_memory_mb * 1048576 / std::max(1, rows[stages].dof);
}

void run_one(const Scenario& scenario, const Options& options, Row* rows) {
  const int stages = static_cast<int>(scenario.stages.size());
  VectorX x = VectorX::Zero(stages * numbers + 2);
  const int threads = rows->threads;
  const Apart apart = run_apart({[&](VectorX& y) { return go_through(scenario, threads, y); }}, x, threads,
                                {memory_budget_mb(options), options.time_limit_s * stages});
  if (!apart.error.empty()) {
    for (int k = 0; k <= stages; ++k) {
      rows[k].status = apart.over_time ? "not run" : "failed";
      rows[k].remark = apart.error;
    }
    return;
  }
  fill(x, apart, rows, stages);
  std::cerr << fmt::format("  {}, {} thread{}: {:.0f} s\n", rows->backend, threads, threads == 1 ? "" : "s",
                           apart.solved.solve_s);
}

void run_all(const Options& options, Machine&, std::vector<Row>& rows) {
  omp_set_num_threads(1); // the children could not start theirs otherwise
  for (const std::string& name : cases_of(options)) {
    std::vector<std::pair<Scenario, std::size_t>> entered;
    for (const std::string& way : ways_of(options))
      for (const int threads : options.threads) {
        Scenario scenario = read_case(name, ways().at(way));
        const std::vector<Row> own = rows_of(scenario, way, threads);
        entered.emplace_back(std::move(scenario), rows.size());
        rows.insert(rows.end(), own.begin(), own.end());
      }
    std::cerr << name << '\n';
    for (int round = 0; round < options.repeat; ++round)
      for (const auto& [scenario, first] : entered)
        if (rows[first].status == "ok") run_one(scenario, options, &rows[first]);
  }
}

} // namespace

Suite bench_procedure() {
  return {"procedure",
          "the stages of a whole case with each engine",
          "## Procedure",
          "The default case, stage by stage: seconds of wall clock, of linear solves and of assembly; iterations are "
          "Newton's; the residual is the imbalance at the end. `explicit` ends its holds by Newton's method, "
          "`explicit_steps` by further steps; `auto` is Newton's method with explicit steps where it finds nothing.",
          needs,
          run_all};
}

} // namespace kypho::bench

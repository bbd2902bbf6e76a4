// How many tetrahedra the explicit engine takes per second: the bulk term alone, and a whole step of the engine.
//   explicit_bench [--benchmark_filter=REGEX] [--benchmark_format=json]
// Arguments of each row: cells per edge of the block (six tetrahedra each), threads.
#include "benchmarks/cube.hpp"
#include "core/fem/bulk_term.hpp"
#include "core/materials/catalog.hpp"
#include "solvers/explicit.hpp"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <omp.h>

namespace kypho {
namespace {

struct Bench {
  explicit Bench(int n) : mesh(cube(n)) {
    const LawInfo& info = find_law("trabecular_bone");
    bulk = std::make_unique<BulkTerm>(mesh, std::vector<std::shared_ptr<const Material>>{info.make(Params(info.specs))},
                                      std::vector<int>(mesh.tets.size(), 0), std::vector<PointData>(mesh.tets.size()));
    system.u.setZero(3 * mesh.nodes.size());
    system.v.setZero(system.u.size());
    system.fixed.assign(system.u.size(), 0);
    system.terms = {bulk.get()};
    height = 1.5 * n;
    for (std::size_t node = 0; node < mesh.nodes.size(); ++node)
      if (mesh.nodes[node][2] < 1e-9 || mesh.nodes[node][2] > height - 1e-9) system.fixed[3 * node + 2] = 1;
  }
  /// Uniform crush: every element flows.
  void crush(double strain) {
    for (std::size_t node = 0; node < mesh.nodes.size(); ++node) system.u[3 * node + 2] = -strain * mesh.nodes[node][2];
  }
  TetMesh mesh;
  std::unique_ptr<BulkTerm> bulk;
  System system;
  double height = 0;
};

void report(benchmark::State& state, const Bench& bench, double steps_per_iteration) {
  const double tets = static_cast<double>(bench.mesh.tets.size());
  state.counters["tets"] = tets;
  state.counters["tets_per_second"] = benchmark::Counter(
      tets * steps_per_iteration * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

/// Forces of the bulk at rest (elastic) or while the crush goes on (flowing).
template <bool flowing, Precision precision>
void bulk_forces(benchmark::State& state) {
  omp_set_num_threads(static_cast<int>(state.range(1)));
  Bench bench(static_cast<int>(state.range(0)));
  bench.bulk->work_in(precision);
  VectorX f = VectorX::Zero(bench.system.u.size());
  double strain = 0.001;
  for (auto _ : state) {
    if (flowing) {
      state.PauseTiming();
      bench.crush(strain = std::min(0.5, strain + 2e-4));
      state.ResumeTiming();
    }
    bench.bulk->add_forces(bench.system.u, f);
    benchmark::DoNotOptimize(f.data());
  }
  report(state, bench, 1);
}

/// Whole steps: forces, masses every twentieth step, motion. One iteration is one ramp of 100 steps.
void engine_steps(benchmark::State& state, const char* precision) {
  omp_set_num_threads(static_cast<int>(state.range(1)));
  Bench bench(static_cast<int>(state.range(0)));
  Params params(solver_specs());
  constexpr long steps = 200;
  params.set("steps", steps);
  params.set("precision", std::string(precision));
  ExplicitEngine engine(params);
  double pressed = 0;
  Phase phase;
  phase.name = "press";
  phase.effort = 0.5;
  phase.load = [&](double t) {
    for (std::size_t node = 0; node < bench.mesh.nodes.size(); ++node)
      if (bench.mesh.nodes[node][2] > bench.height - 1e-9)
        bench.system.u[3 * node + 2] = -(pressed + 5e-4 * t) * bench.height;
  };
  for (auto _ : state) {
    engine.run(bench.system, phase);
    pressed = std::min(0.2, pressed + 5e-4);
  }
  report(state, bench, 0.5 * steps);
}

void sizes(benchmark::internal::Benchmark* b) {
  for (const int n : {12, 20}) // 10 368 and 48 000 tetrahedra
    for (const int threads : {1, 2}) b->Args({n, threads});
  b->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(bulk_forces<false, Precision::full>)->Apply(sizes);
BENCHMARK(bulk_forces<false, Precision::single>)->Apply(sizes);
BENCHMARK(bulk_forces<true, Precision::full>)->Apply(sizes);
BENCHMARK(bulk_forces<true, Precision::single>)->Apply(sizes);
BENCHMARK_CAPTURE(engine_steps, double, "double")->Apply(sizes);
BENCHMARK_CAPTURE(engine_steps, single, "single")->Apply(sizes);

} // namespace
} // namespace kypho

BENCHMARK_MAIN();

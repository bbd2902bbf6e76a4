// How fast residual and tangent of the bulk are assembled, and how far that is from what the machine can do.
//   assembly_bench [--benchmark_filter=REGEX] [--benchmark_format=json]
// Arguments of each row: cells per edge of the block (six tetrahedra each), order of the elements, threads. All elements
// flow. Two floors are measured in the same run: `law_tangent` is the arithmetic of the law alone on data in the cache,
// `stream` moves as many bytes as one assembly must (histories, constants, geometry and places read, matrix read and written).
#include "benchmarks/verify/problem.hpp"
#include "core/materials/catalog.hpp"

#include <benchmark/benchmark.h>
#include <omp.h>

namespace kypho::verify {
namespace {

struct Bench {
  Bench(int n, int order)
      : problem(block(n, n, n, order, [n](const Vec3& c) { return Vec3(1.7 * n * c); }), law("trabecular_bone")),
        K(static_cast<int>(problem.system.u.size())) {
    problem.bulk->couple(K);
    K.finish();
    for (std::size_t node = 0; node < problem.mesh.nodes.size(); ++node) // uniform crush beyond yield
      problem.system.u[3 * node + 2] = -0.03 * problem.mesh.nodes[node][2];
  }
  double tets() const { return static_cast<double>(problem.mesh.tets.size()); }
  /// Bytes that one assembly cannot avoid to move.
  double bytes() const {
    const int points = problem.bulk->points_per_tet(), nodes = points == 1 ? 4 : 10;
    const Material& law = *problem.bulk->law(0);
    const double per_tet =
        points * (law.history_size() + law.constants_size() + 10) * 8.0 + nodes * 4.0 + nodes * nodes * 4.0;
    return tets() * per_tet + 16.0 * static_cast<double>(K.matrix().nonZeros());
  }
  Problem problem;
  Tangent K;
};

void assembly(benchmark::State& state) {
  omp_set_num_threads(static_cast<int>(state.range(2)));
  Bench bench(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  VectorX f = VectorX::Zero(bench.problem.system.u.size());
  for (auto _ : state) {
    bench.K.clear();
    bench.problem.bulk->linearize(bench.problem.system.u, f, &bench.K);
    benchmark::DoNotOptimize(f.data());
  }
  state.counters["points_per_second"] =
      benchmark::Counter(bench.tets() * bench.problem.bulk->points_per_tet() * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
  state.counters["megabytes"] = bench.bytes() / 1e6;
}

/// The law's tangent at 32 points that stay in the cache, every thread its own.
void law_tangent(benchmark::State& state) {
  const int threads = static_cast<int>(state.range(0));
  omp_set_num_threads(threads);
  const auto bone = law("trabecular_bone");
  constexpr int n = 32, rounds = 2000;
  VectorX c(bone->constants_size()), h(bone->history_size());
  bone->constants({}, c);
  bone->initial_history(h);
  for (auto _ : state) {
#pragma omp parallel
    {
      std::vector<double> F(9 * n), P(9 * n), A(81 * n), constants(c.size() * n), history(h.size() * n);
      for (int l = 0; l < n; ++l) {
        for (int k = 0; k < 9; ++k) F[k * n + l] = k % 4 == 0 ? (k == 8 ? 0.97 : 1.0) : 0.0;
        for (int k = 0; k < c.size(); ++k) constants[k * n + l] = c[k];
        for (int k = 0; k < h.size(); ++k) history[k * n + l] = h[k];
      }
      PointBatch batch{n, n, F.data(), constants.data(), history.data(), P.data(), nullptr};
      for (int r = 0; r < rounds; ++r) {
        bone->linearize_batch(batch, A.data());
        benchmark::DoNotOptimize(A.data());
      }
    }
  }
  state.counters["points_per_second"] = benchmark::Counter(
      static_cast<double>(threads) * n * rounds * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

/// y = y + a x over a tenth of a gigabyte: bytes per second that the memory gives.
void stream(benchmark::State& state) {
  omp_set_num_threads(static_cast<int>(state.range(0)));
  constexpr long n = 6'000'000;
  std::vector<double> x(n, 1.0), y(n, 2.0);
  for (auto _ : state) {
#pragma omp parallel for schedule(static)
    for (long i = 0; i < n; ++i) y[i] += 0.5 * x[i];
    benchmark::DoNotOptimize(y.data());
  }
  state.counters["bytes_per_second"] =
      benchmark::Counter(24.0 * n * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

BENCHMARK(stream)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(law_tangent)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(assembly)
    ->Args({16, 1, 1})
    ->Args({16, 1, 2})
    ->Args({8, 2, 1})
    ->Args({8, 2, 2})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace kypho::verify

BENCHMARK_MAIN();

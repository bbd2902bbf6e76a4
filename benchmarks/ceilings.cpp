#include "benchmarks/ceilings.hpp"
#include "core/base/pack.hpp"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <omp.h>
#include <vector>

namespace kypho {
namespace {

constexpr int chains = 12; // independent ones hide the latency and leave registers for two constants

enum class Work { apart, fused, division, root };

/// @return a sum that depends on all chains, so that none is left out
template <Work work>
double run(long rounds, double seed) {
  Pack x[chains];
  for (int k = 0; k < chains; ++k) x[k] = Pack{} + (seed + 0.01 * k);
  const Pack factor = Pack{} + 0.999999, shift = Pack{} + 1e-6;
  for (long r = 0; r < rounds; ++r)
#pragma GCC unroll 12
    for (int k = 0; k < chains; ++k) {
      if constexpr (work == Work::apart)
        x[k] = x[k] * factor + shift;
      else if constexpr (work == Work::fused)
#if defined(__FMA__) && !defined(__AVX512F__)
        x[k] = __builtin_ia32_vfmaddpd256(x[k], factor, shift);
#else
        for (int l = 0; l < pack_width; ++l) x[k][l] = std::fma(x[k][l], factor[l], shift[l]);
#endif
      else if constexpr (work == Work::division)
        x[k] = factor / x[k];
      else
        x[k] = root(x[k]);
    }
  double sum = 0;
  for (int k = 0; k < chains; ++k) sum += x[k][0] + x[k][pack_width - 1];
  return sum;
}

/// Results of @p work per second.
template <Work work>
double rate(int threads, long rounds, const Clock& clock) {
  double sum = 0;
  const double begin = clock.now(threads);
#pragma omp parallel num_threads(threads) reduction(+ : sum)
  sum += run<work>(rounds, 1.0 + omp_get_thread_num());
  const double end = clock.now(threads);
  if (sum == 0.123) std::abort(); // never: keeps the loop
  return threads * static_cast<double>(rounds) * chains * pack_width / (end - begin);
}

double triad(int threads, const Clock& clock) {
  constexpr long n = 3'000'000;
  static std::vector<double> a(n), b(n, 1.0), c(n, 2.0);
  const double begin = clock.now(threads);
#pragma omp parallel for schedule(static) num_threads(threads)
  for (long i = 0; i < n; ++i) a[i] = b[i] + 0.5 * c[i];
  return 24.0 * n / (clock.now(threads) - begin);
}

} // namespace

double Clock::now(int threads) const {
  if (!of_processors) return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC / threads;
}

Ceilings measure_ceilings(int threads, const Clock& clock) {
  Ceilings c;
  c.bytes = triad(threads, clock);
  c.flops = 2 * rate<Work::apart>(threads, 500'000, clock);
  c.fused = 2 * rate<Work::fused>(threads, 500'000, clock);
  c.divisions = rate<Work::division>(threads, 100'000, clock);
  c.roots = rate<Work::root>(threads, 100'000, clock);
  return c;
}

std::string processor_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown processor";
}

} // namespace kypho

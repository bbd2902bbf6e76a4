#pragma once
// What this processor gives at best, measured with the flags that the program is compiled with: rates of all threads
// together.
#include <string>

namespace kypho {

/// Per second.
struct Ceilings {
  double bytes = 0;            ///< triad a = b + s c beyond the caches, 24 bytes per entry
  double flops = 0, fused = 0; ///< multiply and add, apart as the program is compiled, and fused
  double divisions = 0, roots = 0;
};

/// What the benchmarks measure time with: the wall clock, or, on a machine that others use as well, the time of the
/// processors over the number of threads, which counts a thread that waits as busy if OMP_WAIT_POLICY is active.
struct Clock {
  bool of_processors = false;
  double now(int threads) const; ///< seconds
};

/// One short measurement, some 100 ms.
Ceilings measure_ceilings(int threads, const Clock& clock);

/// As the system names it.
std::string processor_model();

} // namespace kypho

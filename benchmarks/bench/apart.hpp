#pragma once
// A measurement in a process of its own, so that memory and processor time are its own.
#include "core/base/types.hpp"

#include <functional>

namespace kypho::bench {

/// What a solver did, by its own clock (wall).
struct Solved {
  double setup_s = 0, solve_s = 0;
  int iterations = 0;
  double bytes_per_iteration = 0; ///< least traffic with the memory; 0: not told
};

struct Limits {
  double memory_mb = 1e12, seconds = 1e12;
};

/// What a process took, with all that it started.
struct Apart {
  std::string error; ///< empty: it ended well
  bool over_memory = false, over_time = false;
  Solved solved;
  double wall_s = 0, cpu_s = 0;
  double start_mb = 0; ///< resident when the work began
  double peak_mb = 0;
};

struct Work {
  std::function<Solved(VectorX& x)> run; ///< x has the right length and is zero
  std::function<void()> before = {};     ///< lets go what the work does not need; not counted; may be empty
  bool others_only = false;              ///< the work is done by processes that the child starts: only theirs counts
};

/// Runs @p work in a child process, which inherits all data, with @p threads of OpenMP, in an empty folder that goes with
/// it. The caller must not have started threads of OpenMP itself: they would be missing in the child.
/// @param x the solution comes back
/// @throws Interrupted after Ctrl-C, with the child ended
Apart run_apart(const Work& work, VectorX& x, int threads, const Limits& limits);

} // namespace kypho::bench

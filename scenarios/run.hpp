#pragma once
// The way of the data, from a checked scenario to its figures. The file to read first is run.cpp.
#include "core/base/archive.hpp"
#include "core/measures.hpp"
#include "core/results.hpp"
#include "mesh/anatomy.hpp"
#include "scenarios/progress.hpp"
#include "scenarios/scenario.hpp"
#include <functional>

namespace kypho {

/// What a run tells its caller; every member may be empty.
struct RunHooks {
  std::function<void()> begin; ///< all input has proved usable; the first solve comes next
  std::function<void(const Progress&)> progress;
  /// A small file beside the figures: "landmarks.json", "temperature.csv".
  std::function<void(const std::string& name, const std::string& text)> file;
  /// A stage is done: all that the following ones depend on, but for the measures. The callee may add to it.
  std::function<void(int stages_done, Archive& state)> checkpoint;
};

/// Where a run is taken up again.
struct Restart {
  int stages_done = 0;
  Archive state; ///< what RunHooks::checkpoint was handed after that many; its own additions are read already
  std::vector<std::string> solved_otherwise; ///< stages that other keys of [solver] have solved, with these
  bool switched = false;                     ///< from here on the keys are others
};

/// Runs all stages. @param measures filled as the run goes on, so that a broken run leaves what it had
/// @param threads for the parallel parts; results do not depend on it
/// @param restart null: from the start; else @p measures hold what the earlier stages gave. A run that is taken up again
/// gives the same bits as one that was not broken off
/// @throws InputError, NotConverged, LimitReached, Interrupted
void run(const Scenario& scenario, ResultSink& sink, const RunHooks& hooks, int threads, Measures& measures,
         Restart* restart = nullptr);

/// What a run would need, without running it.
struct RunEstimate {
  int nodes = 0, elements = 0, dof = 0;
  double memory_mb = 0, minutes = 0;
  std::vector<std::string> warnings;
};
RunEstimate estimate(const Scenario& scenario);
/// Minutes on two threads, of all stages on a mesh of so many elements before remeshing.
double expected_minutes(const Scenario& scenario, int elements);

} // namespace kypho

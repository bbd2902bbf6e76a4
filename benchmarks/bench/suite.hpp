#pragma once
// What `kyphosim bench` runs. A suite is one file in suites/ that defines bench_NAME(), and one line in the catalog of
// suite.cpp.
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kypho::bench {

struct Options {
  std::vector<std::string> suites;                  ///< empty: they are listed
  bool against_peers = false;                       ///< other programs' solvers too
  std::vector<std::string> cases, backends;         ///< empty: all
  std::vector<int> orders = {1, 2}, threads, sizes; ///< sizes in unknowns; empty: those of the suite
  bool large = false;                               ///< the suite's large sizes too
  int repeat = 3;
  double memory_limit_mb = 0; ///< of one run; 0: what the machine has free
  double time_limit_s = 300;  ///< of one run
  std::string json, page;     ///< files to write; empty: none
};

/// One thing measured, with all its repeats.
struct Row {
  std::string suite, case_name;
  int order = 1, dof = 0;
  std::string backend;
  int threads = 1;
  /// "ok"; "wrong": ran, but to a wrong answer; "failed"; "absent"; "no fit"; "not run".
  std::string status = "ok";
  std::string remark;                                  ///< why, where the status is not "ok"
  std::vector<double> setup_s, solve_s, cpu_s, wall_s; ///< one per repeat
  int iterations = 0;                                  ///< 0 for a direct solve
  double relative_residual = 0;
  double peak_memory_mb = 0, added_memory_mb = 0, bytes_per_dof = 0;
  std::optional<double> ceiling_fraction; ///< of the triad's bandwidth
  std::optional<double> over_best_peer;   ///< time over that of the fastest other program
  /// What else was counted: key of the file and figure, the same keys in all rows of a suite.
  std::vector<std::pair<std::string, double>> effort;

  bool measured() const { return !solve_s.empty(); }
  bool bad() const { return status == "wrong" || status == "failed"; }
};

double median(std::vector<double> x); ///< 0 of nothing
/// Medians of set-up and solve together.
double total_s(const Row& row);

/// What a part of a suite needs, an estimate.
struct Need {
  std::string what;
  double memory_mb = 0, seconds = 0;
  double most_mb = 0; ///< where contestants may be left out: with the largest of them
};

/// What all rows stand on.
struct Machine {
  std::string processor, date, version, environment;
  struct Rate {
    int threads;
    double bytes, flops; ///< per second, triad and multiply-add
  };
  std::vector<Rate> rates;
};

struct Suite {
  std::string name, meaning;
  std::string heading, introduction; ///< of its section in docs/performance.md
  /// One per case; the suite runs only where the largest fits.
  std::function<std::vector<Need>(const Options&)> needs;
  /// Adds to @p rows as it goes, so that an interruption keeps what was measured; may add to machine.rates.
  std::function<void(const Options&, Machine&, std::vector<Row>& rows)> run;
};

const std::vector<Suite>& suites();
/// @throws InputError with the nearest name
const Suite& find_suite(const std::string& name);

} // namespace kypho::bench

// What more threads bring: our own linear solvers on a large body, set-up and solution together.
#include "benchmarks/bench/machine.hpp"
#include "benchmarks/bench/race.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <omp.h>

namespace kypho::bench {
namespace {

/// 1, 2, 4, ... up to the largest that is asked for, if no more than one number is given.
std::vector<int> threads_of(const Options& options) {
  if (options.threads.size() > 1) return options.threads;
  const int most = options.threads.empty() ? omp_get_num_procs() : options.threads.front();
  std::vector<int> all;
  for (int n = 1; n < most; n *= 2) all.push_back(n);
  all.push_back(most);
  return all;
}

std::vector<Size> sizes_of(const Options& options) {
  std::vector<Size> all;
  for (const int order : options.orders)
    for (const int unknowns : options.sizes.empty() ? std::vector<int>{467000} : options.sizes)
      all.push_back({Case::plain, order, unknowns});
  return all;
}

/// What we would take: a matrix for linear elements, products for quadratic ones.
std::vector<Contestant> entrants(int order) {
  std::vector<Contestant> all = contestants(false);
  std::erase_if(all, [&](const Contestant& c) { return c.needs_matrix != (order == 1); });
  return all;
}

std::vector<Need> needs(const Options& options) {
  std::vector<Need> all;
  const double runs = options.repeat * static_cast<double>(threads_of(options).size());
  for (const Size& size : sizes_of(options)) {
    const ProblemNeed problem = need_of_problem(size);
    const Need one = entrants(size.order).front().need(size);
    all.push_back({fmt::format("plain, order {}, {} unknowns", size.order, size.unknowns),
                   std::max(problem.making_mb, problem.held_mb + one.memory_mb), problem.seconds + one.seconds * runs,
                   0});
  }
  return all;
}

void run(const Options& options, Machine& machine, std::vector<Row>& rows) {
  omp_set_num_threads(1); // the children could not start theirs otherwise
  Options own = options;
  own.threads = threads_of(options);
  std::vector<Machine::Rate> rates;
  std::vector<std::size_t> of; // per row: the first of its size
  for (const Size& size : sizes_of(options)) {
    Problem problem = make_problem(size);
    std::cerr << fmt::format("plain, order {}, {} unknowns\n", size.order, problem.size.unknowns);
    const std::size_t first = rows.size();
    race(problem, entrants(size.order), own, rates, rows);
    of.resize(rows.size(), first);
  }
  summarise(rates, machine);
  const auto triad = [&](int threads) {
    return std::find_if(machine.rates.begin(), machine.rates.end(), [&](const auto& r) { return r.threads == threads; })
        ->bytes;
  };
  for (std::size_t k = 0; k < rows.size(); ++k) {
    Row& row = rows[k];
    row.suite = "scaling";
    if (row.measured())
      row.effort = {{"speed_up", total_s(rows[of[k]]) / total_s(row)},
                    {"speed_up_of_triad", triad(row.threads) / triad(rows[of[k]].threads)}};
  }
}

} // namespace

Suite bench_scaling() {
  return {"scaling",
          "linear solvers on more and more threads",
          "## Scaling",
          "The body of the linear solvers on 1, 2, 4, ... threads. Speed-up: of set-up and solution together, over the "
          "first row of the size; beside it that of the triad, whose bandwidth bounds what threads can bring. The "
          "other columns are those of the linear solvers.",
          needs,
          run};
}

} // namespace kypho::bench

// Linear solvers on the stiffness of a vertebral body, with and without discs, and of a whole L1, in linear and quadratic
// elements.
#include "benchmarks/bench/machine.hpp"
#include "benchmarks/bench/race.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <omp.h>

namespace kypho::bench {
namespace {

std::vector<Size> sizes_of(const Options& options) {
  std::vector<Size> all;
  if (options.sizes.empty()) {
    all = {{Case::plain, 1, 24000},  {Case::plain, 1, 109000}, {Case::plain, 2, 23000}, {Case::plain, 2, 98000},
           {Case::discs, 1, 109000}, {Case::discs, 2, 98000},  {Case::l1, 1, 109000},   {Case::l1, 2, 98000}};
    if (options.large)
      for (const Size& size : {Size{Case::plain, 1, 471000},
                               {Case::plain, 1, 1450000},
                               {Case::plain, 2, 450000},
                               {Case::plain, 2, 1400000}})
        all.push_back(size);
  } else
    for (const Case body : {Case::plain, Case::discs, Case::l1})
      for (const int order : {1, 2})
        for (const int unknowns : options.sizes) all.push_back({body, order, unknowns});
  const auto among = [](const auto& list, const auto& x) {
    return std::find(list.begin(), list.end(), x) != list.end();
  };
  std::erase_if(all, [&](const Size& size) {
    return !among(options.orders, size.order) || (!options.cases.empty() && !among(options.cases, size.case_name()));
  });
  return all;
}

std::vector<Contestant> entrants(const Options& options) {
  std::vector<Contestant> all = contestants(options.against_peers || !options.backends.empty());
  std::vector<std::string> names;
  for (const Contestant& c : all) names.push_back(c.name);
  for (const std::string& name : options.backends)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw InputError(unknown_name("backend", name, names));
  for (const std::string& name : options.cases)
    if (std::find(case_names().begin(), case_names().end(), name) == case_names().end())
      throw InputError(unknown_name("case", name, case_names()));
  if (!options.backends.empty())
    std::erase_if(all, [&](const Contestant& c) {
      return std::find(options.backends.begin(), options.backends.end(), c.name) == options.backends.end();
    });
  return all;
}

std::string describe(const Size& size) {
  return fmt::format("{}, {}, {} unknowns", size.case_name(), size.order == 1 ? "linear" : "quadratic", size.unknowns);
}

/// The first contestant has to fit; others are left out where they do not.
std::vector<Need> needs(const Options& options) {
  std::vector<Need> all;
  const std::vector<Contestant> entered = entrants(options);
  for (const Size& size : sizes_of(options)) {
    std::vector<Contestant> with = entered;
    std::erase_if(with, [&](const Contestant& c) { return !c.takes(size); });
    if (with.empty()) continue;
    const ProblemNeed problem = need_of_problem(size);
    Need need{describe(size), 0, problem.seconds, 0};
    for (const Contestant& c : with) {
      const Need one = c.need(size);
      const double mb = std::max(problem.making_mb, problem.held_mb + one.memory_mb);
      if (&c == &with.front()) need.memory_mb = mb;
      if (!c.absent.empty() || one.seconds > options.time_limit_s || mb > memory_budget_mb(options)) continue;
      need.most_mb = std::max(need.most_mb, mb);
      need.seconds += one.seconds * options.repeat * static_cast<double>(options.threads.size());
    }
    all.push_back(need);
  }
  return all;
}

void run(const Options& options, Machine& machine, std::vector<Row>& rows) {
  const std::vector<Contestant> with = entrants(options);
  omp_set_num_threads(1); // the children could not start theirs otherwise
  std::vector<Machine::Rate> rates;
  try {
    for (const Size& size : sizes_of(options)) {
      std::cerr << describe(size) << std::endl;
      Problem problem = make_problem(size);
      race(problem, with, options, rates, rows);
    }
  } catch (const Interrupted&) {
    summarise(rates, machine);
    throw;
  }
  summarise(rates, machine);
}

} // namespace

Suite bench_solver() {
  return {
      "solver",
      "linear solvers on a vertebral body, with discs, and on a whole L1: time, iterations, memory",
      "## Linear solvers",
      "The body of benchmarks/bench/body.hpp: spongy bone of random stiffness under a shell of 12 GPa, in the case "
      "`discs` with a soft, nearly incompressible disc at each end; `l1` is the parametric vertebra with its arch and "
      "processes, as the mesher makes it. Every run is a process of its own; it starts from "
      "zero and ends at a relative residual of 1e-8, recomputed. Median times; the contestants take turns, round by "
      "round, and the spread is half the range of the rounds. CPU: of the run's process and those that it starts. MB: "
      "highest resident memory of the run's process, all "
      "data included; B/unknown: the same without the program. Of triad: what an iteration moves at least, over the "
      "triad's bandwidth. Over best peer: set-up and solve over those of the fastest other solver.",
      needs,
      run};
}

} // namespace kypho::bench

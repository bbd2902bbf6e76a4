#include "benchmarks/bench/suite.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"

#include <algorithm>

#define KYPHO_BENCH_SUITES(X)                                                                                          \
  X(solver)                                                                                                            \
  X(scaling)                                                                                                           \
  X(cylinder)                                                                                                          \
  X(procedure)

namespace kypho::bench {

#define KYPHO_DECLARE(name) Suite bench_##name();
KYPHO_BENCH_SUITES(KYPHO_DECLARE)
#undef KYPHO_DECLARE

const std::vector<Suite>& suites() {
#define KYPHO_ENTRY(name) bench_##name(),
  static const std::vector<Suite> all{KYPHO_BENCH_SUITES(KYPHO_ENTRY)};
#undef KYPHO_ENTRY
  return all;
}

const Suite& find_suite(const std::string& name) {
  std::vector<std::string> known;
  for (const Suite& suite : suites()) {
    if (suite.name == name) return suite;
    known.push_back(suite.name);
  }
  throw InputError(unknown_name("suite", name, known));
}

double median(std::vector<double> x) {
  if (x.empty()) return 0;
  std::sort(x.begin(), x.end());
  return 0.5 * (x[(x.size() - 1) / 2] + x[x.size() / 2]);
}

double total_s(const Row& row) { return median(row.setup_s) + median(row.solve_s); }

} // namespace kypho::bench

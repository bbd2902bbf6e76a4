#include "benchmarks/bench/compare.hpp"
#include "core/base/errors.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

using namespace kypho;
using namespace kypho::bench;
using testing::HasSubstr;

namespace {

/// One row whose solve took these times.
std::string row(const std::vector<double>& solve, const std::string& status = "ok") {
  std::vector<double> sorted = solve;
  std::sort(sorted.begin(), sorted.end());
  std::string all;
  for (const double s : solve) all += fmt::format("{}{}", all.empty() ? "" : ", ", s);
  return fmt::format(R"([{{"suite": "solver", "case": "plain", "order": 1, "dof": 1000, "backend": "multigrid",
    "threads": 1, "setup_s": 0.5, "solve_s": {}, "setup_all_s": [0.5, 0.5, 0.5], "solve_all_s": [{}],
    "status": "{}", "remark": "why"}}])",
                     sorted[sorted.size() / 2], all, status);
}

Comparison of(const std::string& base, const std::string& head) {
  return compare(base, head, "base.json", "head.json");
}

} // namespace

TEST(bench_compare, a_median_beyond_a_tenth_and_the_spread_of_the_repeats_is_a_slow_down) {
  const Comparison result = of(row({1.0, 1.05, 0.98}), row({1.2, 1.25, 1.3}));
  EXPECT_EQ(result.slower, 1);
  EXPECT_THAT(result.text, HasSubstr("multigrid, 1 threads: solve SLOWER: 1.0000 s to 1.2500 s, +25 %"));
}

TEST(bench_compare, noise_is_no_slow_down) {
  EXPECT_EQ(of(row({1.0, 1.05, 0.98}), row({1.08, 1.07, 1.09})).slower, 0) << "less than a tenth";
  EXPECT_EQ(of(row({1.0, 1.4, 0.98}), row({1.3, 1.25, 1.35})).slower, 0) << "within the spread";
  EXPECT_EQ(of(row({0.0010, 0.0011, 0.0010}), row({0.0020, 0.0021, 0.0022})).slower, 0) << "milliseconds";
}

TEST(bench_compare, what_is_faster_is_told_and_no_fault) {
  const Comparison result = of(row({1.0, 1.05, 0.98}), row({0.5, 0.6, 0.55}));
  EXPECT_EQ(result.slower, 0);
  EXPECT_THAT(result.text, HasSubstr("faster"));
}

TEST(bench_compare, a_row_that_went_wrong_counts_as_a_slow_down) {
  EXPECT_EQ(of(row({1, 1, 1}), row({1, 1, 1}, "wrong")).slower, 1);
}

TEST(bench_compare, other_files_are_refused_by_name) {
  const std::string good = row({1, 1, 1});
  for (const std::string bad : {"", "{}", "[1]", R"([{"suite": "solver"}])"}) {
    try {
      of(good, bad);
      FAIL() << bad;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("head.json"));
    }
  }
  EXPECT_THROW(of(good, "[]"), InputError) << "no row in common";
}

// Contestants that behave badly: each is told of and none disturbs the others.
#include "benchmarks/bench/machine.hpp"
#include "benchmarks/bench/race.hpp"
#include "core/base/errors.hpp"
#include "core/base/interrupt.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

using namespace kypho;
using namespace kypho::bench;
using testing::HasSubstr;

namespace {

Problem& problem() {
  static Problem p = make_problem({Case::plain, 1, 2000});
  return p;
}

Solved solve(const Problem& p, VectorX& x) {
  const auto solver = make_linear_solver("eigen_ldlt");
  solver->setup(p.K, p.modes, Definiteness::positive_definite);
  const LinearReport report = solver->solve(p.b, x);
  return {report.setup_s, report.solve_s, report.iterations};
}

Contestant who(const std::string& name, std::function<Solved(const Problem&, int, VectorX&)> run) {
  Contestant c;
  c.name = name;
  c.need = [](const Size&) { return Need{}; };
  c.run = std::move(run);
  return c;
}

Contestant right() {
  return who("right", [](const Problem& p, int, VectorX& x) { return solve(p, x); });
}

std::vector<bench::Row> rows_of(const std::vector<Contestant>& contestants, Options options = {}) {
  options.threads = {1};
  options.repeat = 1;
  std::vector<Machine::Rate> rates;
  std::vector<bench::Row> rows;
  race(problem(), contestants, options, rates, rows);
  return rows;
}

} // namespace

TEST(bench_race, a_wrong_answer_is_an_error_and_the_next_contestant_runs_all_the_same) {
  const Contestant wrong = who("wrong", [](const Problem& p, int, VectorX& x) {
    const Solved solved = solve(p, x);
    x[x.size() / 2] *= 1.001;
    return solved;
  });
  const std::vector<bench::Row> rows = rows_of({wrong, right()});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].status, "wrong");
  EXPECT_TRUE(rows[0].bad());
  EXPECT_THAT(rows[0].remark, HasSubstr("relative residual"));
  EXPECT_EQ(rows[1].status, "ok");
  EXPECT_EQ(rows[1].solve_s.size(), 1u);
}

TEST(bench_race, an_answer_to_few_digits_is_held_to_its_energy) {
  const auto scaled = [](double factor) {
    Contestant c = who("rough", [factor](const Problem& p, int, VectorX& x) {
      const Solved solved = solve(p, x);
      x *= factor;
      return solved;
    });
    c.energy_tolerance = [](const Size&) { return 1e-3; };
    return c;
  };
  const std::vector<bench::Row> rows = rows_of({right(), scaled(1.0005), scaled(1.002)});
  EXPECT_EQ(rows[1].status, "ok");
  EXPECT_EQ(rows[2].status, "wrong");
  EXPECT_THAT(rows[2].remark, HasSubstr("energy"));
}

TEST(bench_race, a_contestant_that_throws_or_dies_has_failed_with_its_words) {
  const std::vector<bench::Row> rows =
      rows_of({who("throws", [](const Problem&, int, VectorX&) -> Solved { throw BackendError("no pivot"); }),
               who("dies", [](const Problem&, int, VectorX&) -> Solved { _exit(7); })});
  EXPECT_EQ(rows[0].status, "failed");
  EXPECT_EQ(rows[0].remark, "no pivot");
  EXPECT_EQ(rows[1].status, "failed");
  EXPECT_EQ(rows[1].remark, "ended early");
}

TEST(bench_race, what_takes_too_long_or_too_much_memory_is_ended) {
  Options options;
  options.time_limit_s = 0.3;
  EXPECT_EQ(
      rows_of({who("slow", [](const Problem&, int, VectorX&) { return sleep(20), Solved{}; })}, options)[0].status,
      "not run");
  options = {};
  options.memory_limit_mb = resident_memory_mb() + 100;
  const auto greedy = [](const Problem&, int, VectorX&) {
    const std::vector<char> much(400 << 20, 1);
    usleep(300000);
    return Solved{static_cast<double>(much[1 << 20])};
  };
  EXPECT_EQ(rows_of({who("greedy", greedy)}, options)[0].status, "no fit");
}

TEST(bench_race, the_memory_of_a_run_is_its_own) {
  const auto taking = [](int mb) {
    return who("takes", [mb](const Problem& p, int, VectorX& x) {
      const std::vector<char> some(static_cast<std::size_t>(mb) << 20, 1);
      const Solved solved = solve(p, x);
      return some[mb] ? solved : Solved{};
    });
  };
  const std::vector<bench::Row> rows = rows_of({taking(100), taking(1)});
  EXPECT_NEAR(rows[0].added_memory_mb - rows[1].added_memory_mb, 99, 5);
}

TEST(bench_race, after_an_interruption_the_rows_hold_what_was_measured) {
  std::vector<Machine::Rate> rates;
  std::vector<bench::Row> rows;
  Options options;
  options.threads = {1};
  request_interrupt();
  EXPECT_THROW(race(problem(), {right()}, options, rates, rows), Interrupted);
  clear_interrupt();
  EXPECT_TRUE(rows.empty());
}

#include "core/base/errors.hpp"
#include "scenarios/command_line.hpp"
#include <cstdlib>
#include <gmock/gmock.h>

using namespace kypho;
using testing::HasSubstr;

namespace {

CommandLine parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "kyphosim");
  return read_command_line(static_cast<int>(arguments.size()), arguments.data());
}

std::string message_of(const std::vector<const char*>& arguments) {
  try {
    parse(arguments);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

} // namespace

TEST(command_line, run_takes_its_options_in_any_order) {
  const CommandLine c =
      parse({"run", "--set", "a.b=1", "a b.toml", "-o", "out dir", "--set", "c.d=2 mm", "-j", "3", "-q"});
  EXPECT_EQ(c.command, "run");
  EXPECT_EQ(c.file, "a b.toml");
  EXPECT_EQ(c.output, "out dir");
  EXPECT_EQ(c.overrides, (std::vector<std::string>{"a.b=1", "c.d=2 mm"}));
  EXPECT_EQ(c.threads, 3);
  EXPECT_TRUE(c.quiet);
}

TEST(command_line, run_and_rerun_take_what_they_go_on_from) {
  EXPECT_TRUE(parse({"run", "a.toml", "--resume"}).resume);
  EXPECT_EQ(parse({"run", "a.toml", "--from-stage", "load[2]"}).from_stage, "load[2]");
  EXPECT_THROW(parse({"run", "a.toml", "--resume", "--from-stage", "load[2]"}), InputError);
  const CommandLine r = parse({"rerun", "runs/a", "-o", "b", "-j", "2"});
  EXPECT_EQ(r.file, "runs/a");
  EXPECT_EQ(r.output, "b");
  EXPECT_EQ(r.threads, 2);
}

TEST(command_line, compare_takes_arms_at_a_time_beside_the_options_of_run) {
  const CommandLine c =
      parse({"compare", "arms.toml", "-o", "out", "-j", "8", "--jobs", "4", "--set", "a.b=1", "--resume"});
  EXPECT_EQ(c.command, "compare");
  EXPECT_EQ(c.file, "arms.toml");
  EXPECT_EQ(c.threads, 8);
  EXPECT_EQ(c.jobs, 4);
  EXPECT_TRUE(c.resume);
  EXPECT_FALSE(parse({"compare", "arms.toml"}).jobs);
  EXPECT_THAT(message_of({"compare", "arms.toml", "--jobs", "0"}), HasSubstr("--jobs"));
}

TEST(command_line, render_takes_view_stage_and_picture) {
  const CommandLine c = parse({"render", "runs/a", "--view", "axial", "--stage", "load[2]", "out.png"});
  EXPECT_EQ(c.file, "runs/a");
  EXPECT_EQ(c.output, "out.png");
  EXPECT_EQ(c.view, "axial");
  EXPECT_EQ(c.stage, "load[2]");
}

TEST(command_line, convert_takes_two_files) {
  const CommandLine c = parse({"convert", "a.inp", "b.feb"});
  EXPECT_EQ(c.command, "convert");
  EXPECT_EQ(c.file, "a.inp");
  EXPECT_EQ(c.output, "b.feb");
}

TEST(command_line, bench_takes_suites_with_lists_of_numbers_and_compares_two_files) {
  const BenchArguments b = parse({"bench", "solver", "--against", "peers", "--threads", "1,2", "--sizes",
                                  "24000,109000", "--memory-limit", "2GB"})
                               .bench;
  EXPECT_EQ(b.suites, std::vector<std::string>{"solver"});
  EXPECT_EQ(b.against, "peers");
  EXPECT_EQ(b.threads, (std::vector<int>{1, 2}));
  EXPECT_EQ(b.sizes, (std::vector<int>{24000, 109000}));
  EXPECT_EQ(b.memory_limit, 2ull << 30);
  EXPECT_EQ(b.repeat, 3);
  EXPECT_FALSE(b.compare);
  const CommandLine c = parse({"bench", "compare", "base.json", "head.json"});
  EXPECT_EQ(c.command, "bench");
  EXPECT_TRUE(c.bench.compare);
  EXPECT_EQ(c.bench.base, "base.json");
  EXPECT_EQ(c.bench.head, "head.json");
  EXPECT_THAT(message_of({"bench", "solver", "--against", "all"}), HasSubstr("peers"));
  EXPECT_THAT(message_of({"bench", "solver", "--repeat", "0"}), HasSubstr("--repeat"));
}

TEST(command_line, what_is_not_understood_is_refused) {
  EXPECT_THAT(message_of({"rum", "a.toml"}), HasSubstr("unknown command 'rum'"));
  EXPECT_THAT(message_of({"run"}), HasSubstr("FILE is required"));
  EXPECT_THAT(message_of({"run", "a.toml", "--sett", "x"}), HasSubstr("--sett"));
  EXPECT_THAT(message_of({"run", "a.toml", "-j", "0"}), HasSubstr("range 1 to 1024"));
  EXPECT_THAT(message_of({"run", "a.toml", "-q", "-v"}), HasSubstr("excludes"));
  EXPECT_THAT(message_of({"view", "a", "b"}), HasSubstr("not expected"));
}

TEST(threads, j_wins_over_the_own_variable_and_that_over_openmp) {
  setenv("KYPHOSIM_THREADS", "5", 1);
  setenv("OMP_NUM_THREADS", "7,2", 1);
  EXPECT_EQ(thread_count(3), 3);
  EXPECT_EQ(thread_count(std::nullopt), 5);
  unsetenv("KYPHOSIM_THREADS");
  EXPECT_EQ(thread_count(std::nullopt), 7);
  setenv("OMP_NUM_THREADS", "many", 1);
  EXPECT_THROW(thread_count(std::nullopt), InputError);
  unsetenv("OMP_NUM_THREADS");
  EXPECT_GE(thread_count(std::nullopt), 1);
}

// The command from its options to the files that it writes.
#include "benchmarks/bench/bench_command.hpp"
#include "core/base/errors.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace kypho;
using namespace kypho::bench;
using testing::AllOf;
using testing::HasSubstr;

namespace {

/// A file that goes with its owner.
class File {
public:
  explicit File(const std::string& ending)
      : name_((std::filesystem::temp_directory_path() / ("kyphosim_bench_test_" + std::to_string(getpid()) + ending))
                  .string()) {}
  ~File() { std::filesystem::remove(name_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const std::string& name() const { return name_; }
  std::string text() const {
    std::ifstream stream(name_);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

private:
  std::string name_;
};

Options tiny() {
  Options options;
  options.suites = {"solver"};
  options.backends = {"multigrid", "eigen_cg"};
  options.sizes = {2000};
  options.threads = {1, 2};
  options.repeat = 2;
  options.orders = {1};
  options.cases = {"plain"};
  return options;
}

std::string message_of(const Options& options) {
  try {
    bench_command(options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

} // namespace

TEST(bench_command, a_run_gives_rows_with_all_keys_and_a_section_of_the_page) {
  const File json(".json"), page(".md");
  std::ofstream(page.name()) << "# Performance\n\n## Assembly\n\nkept\n";
  Options options = tiny();
  options.json = json.name();
  options.page = page.name();
  EXPECT_EQ(bench_command(options), 0);
  const auto rows = nlohmann::json::parse(json.text());
  ASSERT_EQ(rows.size(), 4u) << "two backends, two numbers of threads";
  for (const auto& row : rows) {
    for (const char* key : {"suite",          "case",
                            "order",          "dof",
                            "backend",        "threads",
                            "setup_s",        "solve_s",
                            "iterations",     "relative_residual",
                            "peak_memory_mb", "cpu_s",
                            "wall_s",         "bytes_per_dof",
                            "dof_per_s",      "ceiling_fraction",
                            "over_best_peer", "machine",
                            "date",           "version",
                            "environment"})
      EXPECT_TRUE(row.contains(key)) << key;
    EXPECT_EQ(row.at("status"), "ok") << row;
    EXPECT_LE(row.at("relative_residual"), 2e-8) << row;
    EXPECT_GT(row.at("peak_memory_mb"), 1.0) << row;
    EXPECT_EQ(row.at("solve_all_s").size(), 2u) << row;
    EXPECT_GT(row.at("solve_s"), 0.0) << row;
  }
  EXPECT_THAT(page.text(), HasSubstr("# Performance\n\n## Assembly\n\nkept\n\n## Linear solvers\n"));
}

TEST(bench_command, a_file_compared_with_itself_has_nothing_slower) {
  const File json(".json");
  Options options = tiny();
  options.backends = {"eigen_cg"};
  options.threads = {1};
  options.json = json.name();
  EXPECT_EQ(bench_command(options), 0);
  EXPECT_EQ(compare_command(json.name(), json.name()), 0);
  EXPECT_THROW(compare_command(json.name(), json.name() + ".none"), InputError);
}

TEST(bench_command, the_cylinder_takes_the_same_force_from_newton_and_from_calculix) {
  const File json(".json");
  Options options = tiny();
  options.suites = {"cylinder"};
  options.cases = {};
  options.backends = {"multigrid", "calculix"};
  options.threads = {1};
  options.orders = {1, 2};
  options.repeat = 1;
  options.json = json.name();
  EXPECT_EQ(bench_command(options), 0) << "a force that is not the same would be an error";
  const auto rows = nlohmann::json::parse(json.text());
  if (rows.size() == 2) GTEST_SKIP() << "ccx is not installed (package calculix-ccx): nothing was compared";
  ASSERT_EQ(rows.size(), 4u);
  for (const auto& row : rows) EXPECT_TRUE(row.at("over_best_peer").is_number()) << row;
}

TEST(bench_command, scaling_takes_the_path_of_each_order_and_tells_its_speed_up) {
  const File json(".json");
  Options options = tiny();
  options.suites = {"scaling"};
  options.backends = {};
  options.threads = {2};
  options.orders = {1, 2};
  options.json = json.name();
  EXPECT_EQ(bench_command(options), 0);
  const auto rows = nlohmann::json::parse(json.text());
  ASSERT_EQ(rows.size(), 4u) << "two orders on one and two threads";
  for (const auto& row : rows) {
    EXPECT_EQ(row.at("suite"), "scaling");
    EXPECT_EQ(row.at("backend"), row.at("order") == 1 ? "multigrid" : "multigrid_products");
    EXPECT_GT(row.at("speed_up_of_triad"), 0.0);
    if (row.at("threads") == 1) EXPECT_DOUBLE_EQ(row.at("speed_up"), 1.0);
  }
}

TEST(bench_command, unknown_names_are_refused_with_the_nearest) {
  Options options = tiny();
  options.suites = {"solvr"};
  EXPECT_THAT(message_of(options),
              AllOf(HasSubstr("unknown suite 'solvr'; allowed solver"), HasSubstr("did you mean 'solver'?")));
  options = tiny();
  options.backends = {"multigird"};
  EXPECT_THAT(message_of(options), HasSubstr("did you mean 'multigrid'?"));
  options = tiny();
  options.cases = {"disc"};
  EXPECT_THAT(message_of(options), HasSubstr("did you mean 'discs'?"));
}

TEST(bench_command, what_leaves_nothing_to_run_is_refused) {
  Options options = tiny();
  options.backends = {"multigrid_products"};
  EXPECT_THAT(message_of(options), HasSubstr("no case is left")) << "quadratic elements only";
}

TEST(bench_command, a_file_that_cannot_be_written_is_refused_before_anything_runs) {
  Options options = tiny();
  options.json = "/nowhere/rows.json";
  EXPECT_THAT(message_of(options), HasSubstr("/nowhere/rows.json: cannot be written"));
}

TEST(bench_command, too_little_memory_is_told_before_anything_runs) {
  Options options = tiny();
  options.memory_limit_mb = 10;
  EXPECT_THROW(bench_command(options), LimitReached);
}

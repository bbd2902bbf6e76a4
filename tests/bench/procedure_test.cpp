// The suite of whole procedures, on a coarse body that is only loaded and laid prone.
#include "benchmarks/bench/bench_command.hpp"
#include "core/base/errors.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace kypho;
using namespace kypho::bench;
using testing::HasSubstr;

namespace {

class procedure : public testing::Test {
protected:
  procedure()
      : folder_(std::filesystem::temp_directory_path() / ("kyphosim_procedure_test_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "two.toml") << "title = \"two stages\"\n"
                                           "[anatomy]\nlevel = \"L1\"\nbmd = \"75 mg/cm3\"\n"
                                           "[mesh]\nedge_length = \"6 mm\"\nposterior_edge_length = \"7 mm\"\n"
                                           "[solver]\nsteps = 200\nhold_steps = 2000\nincrements = 4\n"
                                           "[[stage]]\nkind = \"load\"\nmax_compression = \"1 %\"\n"
                                           "[[stage]]\nkind = \"posture\"\n";
    options_.suites = {"procedure"};
    options_.cases = {(folder_ / "two.toml").string()};
    options_.threads = {1};
    options_.repeat = 1;
    options_.json = (folder_ / "rows.json").string();
  }
  ~procedure() override { std::filesystem::remove_all(folder_); }

  nlohmann::json rows_of_run() {
    EXPECT_EQ(bench_command(options_), 0);
    std::ifstream stream(options_.json);
    return nlohmann::json::parse(stream);
  }

  std::filesystem::path folder_;
  Options options_;
};

std::string case_of(const nlohmann::json& row) { return row.at("case"); }

} // namespace

TEST_F(procedure, every_engine_has_a_row_for_each_stage_and_one_for_all) {
  const nlohmann::json rows = rows_of_run();
  ASSERT_EQ(rows.size(), 9u) << "three ways to solve two stages";
  for (std::size_t first = 0; first < rows.size(); first += 3) {
    EXPECT_EQ(case_of(rows[first]), "1 load");
    EXPECT_EQ(case_of(rows[first + 1]), "2 posture");
    EXPECT_EQ(case_of(rows[first + 2]), "all stages");
    for (const char* key : {"solve_s", "linear_s", "assembly_s", "iterations", "krylov_iterations", "increments",
                            "cutbacks", "rescued", "explicit_steps"}) {
      const double one = rows[first].at(key), two = rows[first + 1].at(key), all = rows[first + 2].at(key);
      EXPECT_NEAR(all, one + two, 1e-9 * all) << key;
    }
  }
}

TEST_F(procedure, the_rows_tell_who_took_steps_and_who_solved_systems) {
  for (const nlohmann::json& row : rows_of_run()) {
    const std::string backend = row.at("backend");
    if (backend == "auto") EXPECT_GT(row.at("increments"), 0) << row;
    if (backend != "auto") EXPECT_GE(row.at("explicit_steps"), 20) << row;
    if (backend == "explicit_steps") EXPECT_EQ(row.at("iterations"), 0) << row;
    if (backend == "auto" || (backend == "explicit" && case_of(row) == "2 posture")) {
      EXPECT_GT(row.at("iterations"), 0) << row;
      EXPECT_GT(row.at("linear_s"), 0.0) << row;
      EXPECT_GT(row.at("assembly_s"), 0.0) << row;
    }
    EXPECT_LE(row.at("linear_s").get<double>() + row.at("assembly_s").get<double>(), row.at("solve_s").get<double>());
  }
}

TEST_F(procedure, a_run_that_takes_too_long_has_no_row) {
  options_.backends = {"explicit_steps"};
  options_.time_limit_s = 0.01;
  EXPECT_EQ(rows_of_run().size(), 0u);
}

TEST_F(procedure, an_unknown_engine_is_refused_with_the_nearest) {
  options_.backends = {"explict"};
  try {
    bench_command(options_);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'explicit'?"));
  }
}

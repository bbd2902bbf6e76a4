// Gains, fractions and ratios of the arms follow from the figures that their runs left.
#include "scenarios/comparison_results.hpp"
#include "tests/scenarios/scratch.hpp"
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

using namespace kypho;
using namespace kypho::test;
using nlohmann::json;
using testing::HasSubstr;

namespace {

json station(double anterior, double middle, double wedge) {
  return {{"anterior_height_mm", anterior},
          {"middle_height_mm", middle},
          {"posterior_height_mm", 25.0},
          {"wedge_angle_deg", wedge},
          {"axial_load_n", 110.0}};
}

json strength(double stiffness, double load) {
  return {{"stiffness_n_per_mm", stiffness}, {"failure_load_n", load}, {"yield_load_n", load / 2}};
}

/// A folder with what a fracture, an arm that lifts half of it, one that does nothing and one that failed leave behind.
class Example {
public:
  Example() {
    scratch_.write("case.toml", "[[stage]]\nkind = \"fracture\"\n[[stage]]\nkind = \"posture\"\n");
    const auto file = scratch_.write("arms.toml", "title = \"t\"\ncase = \"case.toml\"\n[[arm]]\nname = \"lifted\"\n"
                                                  "[[arm]]\nname = \"left alone\"\n[[arm]]\nname = \"fai,led\"\n");
    comparison = Comparison::read(file);
    json common{
        {"run", {{"wall_s", 100.0}}},
        {"stations",
         {{"intact", station(24, 24, 3)}, {"fractured", station(20.5, 22, 10)}, {"prone", station(20, 22, 11)}}},
        {"strength", {{"intact", strength(1000, 4000)}, {"fractured", strength(250, 3000)}}}};
    write("common", common);
    write("left_alone", common);
    common["run"]["wall_s"] = 160.0;
    common["stations"]["inflated"] = station(23, 23, 5);
    write("fai_led", common);
    common["stations"]["deflated"] = station(22.5, 23, 6);
    common["stations"]["treated"] = station(22, 23.5, 7);
    common["strength"]["treated"] = strength(800, 5000);
    common["balloons"] = {{{"volume_ml", 2.0}, {"pressure_mpa", 1.0}}, {{"volume_ml", 2.5}, {"pressure_mpa", 0.9}}};
    common["cement"] = {{"injected_ml", 4.5}, {"leaked_ml", 0.1}};
    write("lifted", common);
    results = results_of(comparison, scratch_.dir(), {0, ""}, {{0, ""}, {0, ""}, {3, "inflate: \"burst\""}});
    all = json::parse(results.json);
  }
  Comparison comparison;
  ComparisonResults results;
  json all;

private:
  void write(const std::string& folder, const json& measures) {
    scratch_.write(folder + "/measures.json", measures.dump());
  }
  Scratch scratch_;
};

} // namespace

TEST(comparison_results, gains_are_taken_against_the_last_shared_station) {
  const Example example;
  EXPECT_EQ(example.all["reference"]["station"], "prone");
  const json& arm = example.all["arms"][0];
  EXPECT_EQ(arm["end"]["station"], "treated");
  EXPECT_DOUBLE_EQ(arm["gain"]["anterior_height_mm"], 2);
  EXPECT_DOUBLE_EQ(arm["gain"]["wedge_angle_deg"], -4);
  EXPECT_DOUBLE_EQ(arm["restored_fraction"], 0.5);
  EXPECT_DOUBLE_EQ(arm["restored_middle_fraction"], 0.75);
  EXPECT_DOUBLE_EQ(arm["strength"]["of_intact"]["stiffness"], 0.8);
  EXPECT_DOUBLE_EQ(arm["strength"]["of_intact"]["failure_load"], 1.25);
  EXPECT_DOUBLE_EQ(arm["lift"]["volume_ml"], 4.5);
  EXPECT_DOUBLE_EQ(arm["lift"]["highest_pressure_mpa"], 1.0);
  EXPECT_DOUBLE_EQ(arm["cost"]["wall_s"], 60);
}

TEST(comparison_results, an_arm_that_does_nothing_gains_nothing) {
  const Example example;
  const json& arm = example.all["arms"][1];
  EXPECT_EQ(arm["end"]["station"], "prone");
  EXPECT_EQ(arm["gain"]["anterior_height_mm"], 0.0);
  EXPECT_EQ(arm["restored_fraction"], 0.0);
  EXPECT_DOUBLE_EQ(arm["strength"]["of_intact"]["stiffness"], 0.25);
  EXPECT_TRUE(arm["lift"].is_null());
}

TEST(comparison_results, an_arm_that_failed_keeps_its_stations_and_its_reason_and_has_no_gain) {
  const Example example;
  const json& arm = example.all["arms"][2];
  EXPECT_EQ(arm["exit_code"], 3);
  EXPECT_TRUE(arm["stations"].contains("inflated"));
  EXPECT_TRUE(arm["gain"].is_null());
  EXPECT_THAT(example.results.table, HasSubstr("fai,led"));
  EXPECT_THAT(example.results.table, HasSubstr("exit code 3: inflate: \"burst\""));
}

TEST(comparison_results, the_table_of_numbers_has_one_row_per_arm_and_as_many_cells_as_columns) {
  const Example example;
  std::istringstream rows(example.results.csv);
  std::string header, lifted, alone, failed, more;
  std::getline(rows, header);
  std::getline(rows, lifted);
  std::getline(rows, alone);
  std::getline(rows, failed);
  EXPECT_FALSE(std::getline(rows, more));
  EXPECT_THAT(header, testing::StartsWith("arm,exit_code,end_station,anterior_height_mm,"));
  EXPECT_THAT(lifted, testing::StartsWith("\"lifted\",0,\"treated\",22.0,23.5,"));
  EXPECT_THAT(failed, testing::StartsWith("\"fai,led\",3,,"));
  EXPECT_THAT(failed, testing::EndsWith("\"inflate: \"\"burst\"\"\""));
  const auto commas = [](const std::string& row) { return std::count(row.begin(), row.end(), ','); };
  EXPECT_EQ(commas(lifted), commas(header));
  EXPECT_EQ(commas(alone), commas(header));
  EXPECT_EQ(commas(failed), commas(header) + 1); // of its name
}

TEST(comparison_results, figures_that_no_run_has_left_are_absent_and_nothing_breaks) {
  const Example example;
  const Scratch nothing;
  const ComparisonResults results = results_of(example.comparison, nothing.dir(), {}, {{}, {}, {}});
  const json all = json::parse(results.json);
  EXPECT_TRUE(all["arms"][0]["gain"].is_null());
  EXPECT_TRUE(all["common"]["stations"].is_null());
  EXPECT_EQ(all["arms"][0]["exit_code"], 130);
}

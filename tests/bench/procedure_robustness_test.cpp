// The series of drawn procedures: what it draws, and how it judges what a run has left.
#include "benchmarks/robustness/procedure_series.hpp"
#include "scenarios/check.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <unistd.h>

using namespace kypho;
using namespace kypho::robustness;
using testing::HasSubstr;

namespace {

class procedure_robustness : public testing::Test {
protected:
  procedure_robustness()
      : folder_(std::filesystem::temp_directory_path() / ("kyphosim_robustness_test_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~procedure_robustness() override { std::filesystem::remove_all(folder_); }

  /// @param fractured anterior height of that station, as JSON
  void write_measures(const std::string& fractured) {
    const auto station = [](const std::string& anterior) {
      return R"({"anterior_height_mm": )" + anterior + R"(, "middle_height_mm": 20, "posterior_height_mm": 20})";
    };
    std::ofstream(folder_ / "measures.json")
        << R"({"run": {"stages": [{"stage": "fracture"}, {"stage": "posture"}]}, "warnings": [], "stations": {"intact": )"
        << station("21") << R"(, "fractured": )" << station(fractured) << R"(, "inflated": )" << station("19")
        << R"(, "deflated": )" << station("18")
        << R"(}, "fracture": {}, "restoration": {"restored_fraction": 0.2}, "balloons": [], "pressure_volume": []})";
  }
  ProcedureTrial judged(int exit_code, const std::string& errors = "") {
    return read_trial(draw_procedure(1, 0), folder_, errors, exit_code);
  }

  std::filesystem::path folder_;
};

ProcedureTrial ended(Ending ending) {
  ProcedureTrial trial;
  trial.ending = ending;
  return trial;
}

} // namespace

TEST_F(procedure_robustness, a_number_of_a_seed_is_the_same_case_in_any_series) {
  EXPECT_EQ(draw_procedure(3, 17).overrides, draw_procedure(3, 17).overrides);
  EXPECT_NE(draw_procedure(3, 17).overrides, draw_procedure(3, 18).overrides);
  EXPECT_NE(draw_procedure(3, 17).overrides, draw_procedure(4, 17).overrides);
}

TEST_F(procedure_robustness, every_drawn_case_is_one_that_the_program_accepts) {
  for (int number = 0; number < 60; ++number) {
    const DrawnProcedure drawn = draw_procedure(1, number);
    EXPECT_NO_THROW(check_case(Scenario::read(procedure_file(drawn), drawn.overrides))) << drawn.words;
  }
}

TEST_F(procedure_robustness, the_line_that_repeats_a_case_holds_all_that_was_drawn) {
  const DrawnProcedure drawn = draw_procedure(1, 5);
  const std::string line = run_line(drawn, "runs/x");
  for (const std::string& key : drawn.overrides) EXPECT_THAT(line, HasSubstr("--set '" + key + "'"));
}

TEST_F(procedure_robustness, exit_code_3_with_a_reason_is_giving_up_and_without_one_a_defect) {
  write_measures("17");
  const ProcedureTrial trial = judged(3, "warning: something\nkyphosim: no equilibrium\n");
  EXPECT_EQ(trial.ending, Ending::gave_up);
  EXPECT_EQ(trial.reason, "kyphosim: no equilibrium");
  EXPECT_EQ(trial.stage, "posture");
  EXPECT_EQ(judged(3).ending, Ending::defect);
  EXPECT_EQ(judged(2, "kyphosim: case.toml:3: unknown key\n").ending, Ending::defect);
  EXPECT_EQ(judged(2, "kyphosim: case.toml:20: stage.access: the left and the right channel meet\n").ending,
            Ending::refused);
  EXPECT_EQ(judged(1, "internal error\n").ending, Ending::defect);
  EXPECT_EQ(judged(139).ending, Ending::defect) << "a signal";
}

TEST_F(procedure_robustness, a_figure_that_is_not_finite_is_a_defect_of_a_run_that_claims_to_be_complete) {
  write_measures("null");
  const ProcedureTrial trial = judged(0);
  EXPECT_EQ(trial.ending, Ending::defect);
  EXPECT_EQ(trial.reason, "not finite: stations/fractured/anterior_height_mm");
}

TEST_F(procedure_robustness, a_complete_run_without_the_meshes_to_look_at_is_a_defect) {
  write_measures("17");
  const ProcedureTrial trial = judged(0);
  EXPECT_EQ(trial.ending, Ending::defect);
  EXPECT_THAT(trial.reason, HasSubstr("unreadable result"));
}

TEST_F(procedure_robustness, rows_of_an_interrupted_series_come_back) {
  ProcedureTrial trial = ended(Ending::gave_up);
  trial.drawn = draw_procedure(1, 2);
  trial.reason = "why";
  trial.least_volume_ratio = 0.25;
  ProcedureRows(folder_).add(trial);
  const auto found = ProcedureRows(folder_).find(draw_procedure(1, 2));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->ending, Ending::gave_up);
  EXPECT_EQ(found->reason, "why");
  EXPECT_EQ(found->least_volume_ratio, 0.25);
  EXPECT_FALSE(ProcedureRows(folder_).find(draw_procedure(1, 3)));
  EXPECT_FALSE(ProcedureRows(folder_).find(draw_procedure(2, 2)));
}

TEST_F(procedure_robustness, a_series_holds_with_19_of_20_complete_and_no_defect) {
  std::vector<ProcedureTrial> trials(19, ended(Ending::completed));
  trials.push_back(ended(Ending::gave_up));
  EXPECT_TRUE(holds(trials));
  trials.push_back(ended(Ending::refused));
  EXPECT_TRUE(holds(trials)) << "a way that no surgeon could go says nothing of the mechanics";
  trials.pop_back();
  trials.back() = ended(Ending::defect);
  EXPECT_FALSE(holds(trials));
  trials.back() = ended(Ending::gave_up);
  trials.front() = ended(Ending::gave_up);
  EXPECT_FALSE(holds(trials));
}

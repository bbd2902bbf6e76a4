#include "scenarios/progress.hpp"
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace kypho;
using testing::HasSubstr;

namespace {

Progress inflating(double t) {
  Progress p;
  p.stage = "inflate";
  p.ordinal = 2;
  p.index = 4;
  p.stages = 9;
  p.pseudo_time = t;
  p.steps = 1200;
  p.pressure_mpa = 0.84;
  p.height_mm = 21.3;
  p.fraction = 0.25;
  return p;
}

long lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

} // namespace

TEST(progress, the_line_tells_stage_steps_figures_and_time_left) {
  const std::string text = progress_text(inflating(0.42), 60);
  EXPECT_EQ(text, "[5/9] inflate[2]  42 %  step 1200  0.84 MPa  height 21.30 mm  3 min 0 s left");
}

TEST(progress, no_time_left_is_guessed_at_the_start) {
  Progress p = inflating(0.42);
  p.fraction = 0.001;
  EXPECT_EQ(progress_text(p, 60).find("left"), std::string::npos);
}

TEST(progress, without_a_terminal_a_stage_prints_its_beginning_and_end_only) {
  std::ostringstream out;
  ProgressLine line(out, ProgressStyle::lines);
  for (int i = 0; i <= 1000; ++i) line.report(inflating(i / 1000.0));
  EXPECT_EQ(lines(out.str()), 2);
}

TEST(progress, a_live_line_overwrites_itself_and_can_step_aside) {
  std::ostringstream out;
  ProgressLine line(out, ProgressStyle::live);
  line.report(inflating(0.1));
  line.report(inflating(1));
  EXPECT_EQ(lines(out.str()), 0);
  line.clear();
  EXPECT_TRUE(out.str().ends_with("\r\033[K"));
}

TEST(progress, programs_get_one_json_object_per_line) {
  std::ostringstream out;
  ProgressLine line(out, ProgressStyle::json);
  line.report(inflating(0.5));
  const auto json = nlohmann::json::parse(out.str());
  EXPECT_EQ(json["event"], "progress");
  EXPECT_EQ(json["stage"], "inflate");
  EXPECT_EQ(json["pressure_mpa"], 0.84);
  EXPECT_FALSE(json.contains("axial_load_n"));
}

TEST(progress, quiet_is_quiet) {
  std::ostringstream out;
  ProgressLine line(out, ProgressStyle::none);
  line.announce("meshing");
  line.report(inflating(0.5));
  EXPECT_EQ(out.str(), "");
}

TEST(progress, a_line_for_programs_reads_back_to_what_it_tells) {
  std::ostringstream out;
  ProgressLine(out, ProgressStyle::json).report(inflating(0.42));
  const auto known = progress_of(out.str());
  ASSERT_TRUE(known);
  EXPECT_EQ(progress_text(*known, 60), progress_text(inflating(0.42), 60));
  EXPECT_FALSE(progress_of("{\"event\": \"phase\", \"phase\": \"reading\"}"));
  EXPECT_FALSE(progress_of("kyphosim: out of memory"));
}

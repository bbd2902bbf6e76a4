// What several runs tell on the terminal.
#include "scenarios/run_together.hpp"
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace kypho;
using testing::HasSubstr;
using testing::Not;

namespace {

std::string line_of(const std::string& stage, double fraction) {
  Progress p;
  p.stage = stage;
  p.stages = 2;
  p.fraction = fraction;
  p.pseudo_time = 0.5;
  std::ostringstream out;
  ProgressLine(out, ProgressStyle::json).report(p);
  std::string line = out.str();
  line.pop_back();
  return line;
}

} // namespace

TEST(progress_board, without_a_terminal_each_run_tells_the_begin_of_its_stages_and_its_end) {
  std::ostringstream out;
  ProgressBoard board(out, ProgressStyle::lines, false);
  board.begin("a");
  board.begin("b");
  for (const char* run : {"a", "b"})
    for (double fraction : {0.5, 0.6}) board.line(run, line_of("inflate", fraction));
  board.line("a", R"({"event": "log", "level": "info", "message": "no news"})");
  board.line("a", R"({"event": "log", "level": "warning", "message": "thin wall"})");
  board.end("a", {3, "inflate: burst"});
  board.end("b", {0, ""});
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5) << text;
  EXPECT_THAT(text, HasSubstr("a: [1/2] inflate"));
  EXPECT_THAT(text, HasSubstr("a: warning: thin wall\n"));
  EXPECT_THAT(text, HasSubstr("a: ended with exit code 3: inflate: burst\n"));
  EXPECT_THAT(text, HasSubstr("b: done after"));
}

TEST(progress_board, a_live_line_of_each_run_is_taken_off_before_the_next_is_drawn) {
  std::ostringstream out;
  ProgressBoard board(out, ProgressStyle::live, false);
  board.begin("a");
  board.begin("b");
  board.line("b", line_of("inflate", 0.5));
  long lines = 0, taken_off = 0;
  const std::string text = out.str(), off = "\033[A\r\033[K";
  lines = std::count(text.begin(), text.end(), '\n');
  for (std::size_t at = text.find(off); at != text.npos; at = text.find(off, at + 1)) ++taken_off;
  EXPECT_EQ(lines - taken_off, 2);
}

TEST(progress_board, programs_are_told_which_run_speaks) {
  std::ostringstream out;
  ProgressBoard board(out, ProgressStyle::json, false);
  board.begin("a");
  board.line("a", line_of("inflate", 0.5));
  board.line("a", "no JSON");
  const auto told = nlohmann::json::parse(out.str());
  EXPECT_EQ(told["run"], "a");
  EXPECT_EQ(told["stage"], "inflate");
}

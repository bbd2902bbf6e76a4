#pragma once
// Several runs at once, each a process of this program with its share of the threads.
#include "scenarios/progress.hpp"
#include <filesystem>
#include <map>
#include <vector>

namespace kypho {

struct PlannedRun {
  std::string name; ///< on the terminal
  std::filesystem::path case_file, run_dir;
  bool resume = false; ///< goes on with what the folder holds
};

struct RunEnding {
  int exit_code = 130; ///< also of a run that was never begun
  std::string reason;  ///< what it said when it failed
};

/// What several runs tell while they go on: a live line for each on a terminal, else a line as a stage begins.
class ProgressBoard {
public:
  ProgressBoard(std::ostream& out, ProgressStyle style, bool verbose) : out_(out), style_(style), verbose_(verbose) {}
  void begin(const std::string& run);
  /// One line of what the run says with --log-json.
  void line(const std::string& run, const std::string& line);
  void end(const std::string& run, const RunEnding& ending);

private:
  struct State {
    std::string text, stage;
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    std::optional<double> fraction_at_start; ///< of the work that was done before it was taken up
  };
  void progress(const std::string& run, Progress progress);
  void say(const std::string& run, const std::string& text);
  void clear();
  void draw();

  std::ostream& out_;
  ProgressStyle style_;
  bool verbose_;
  std::map<std::string, State> running_;
  std::size_t drawn_ = 0; ///< live lines on the screen
};

/// Runs all, @p together at a time; the threads of those that have ended go to those that begin. After an interrupt the
/// running ones are asked to stop, and their ends are awaited. @return endings in the order of the runs
std::vector<RunEnding> run_together(const std::vector<PlannedRun>& runs, int threads, int together, bool verbose,
                                    ProgressBoard& board);

} // namespace kypho

#pragma once
// What a run tells while it goes on: one live line on a terminal, a line now and then elsewhere, JSON for programs.
#include <chrono>
#include <iosfwd>
#include <optional>
#include <string>

namespace kypho {

/// Where a run stands.
struct Progress {
  std::string stage;                                     ///< stage kind
  int ordinal = 1;                                       ///< of its kind
  int index = 0, stages = 1;                             ///< place in the scenario, and how many there are
  double pseudo_time = 0;                                ///< 0..1 within the stage
  long steps = 0;                                        ///< of the solver, in this stage
  std::optional<double> pressure_mpa, height_mm, load_n; ///< balloon pressure, anterior height, axial load
  double fraction = 0; ///< 0..1 of the work of the whole run, as far as can be foreseen
};

enum class ProgressStyle { none, live, lines, json };

/// live for a terminal, lines otherwise; none if @p quiet, json if @p json.
ProgressStyle progress_style(bool quiet, bool json, int file_descriptor);

class ProgressLine {
public:
  ProgressLine(std::ostream& out, ProgressStyle style) : out_(out), style_(style) {}
  /// Prints if enough time has gone by or a stage begins or ends; cheap otherwise.
  void report(const Progress& progress);
  /// A phase without figures, "reading the anatomy"; the next report takes its place.
  void announce(const std::string& phase);
  /// Takes the live line off the screen, before something else is printed.
  void clear();

private:
  std::ostream& out_;
  ProgressStyle style_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now(), last_{};
  std::string last_stage_;
  double last_pseudo_time_ = 0;
  bool shown_ = false;
};

/// "[3/8] inflate 42 %  step 1200  0.84 MPa  21.3 mm  300 N  2 min 10 s left". @param elapsed_s since the start
std::string progress_text(const Progress& progress, double elapsed_s);

/// Reads a line that ProgressLine has written in the style json; nothing if it is of another event.
std::optional<Progress> progress_of(const std::string& json_line);

} // namespace kypho

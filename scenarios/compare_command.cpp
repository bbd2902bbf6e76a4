#include "scenarios/compare_command.hpp"
#include "core/base/errors.hpp"
#include "core/base/interrupt.hpp"
#include "scenarios/check.hpp"
#include "scenarios/checkpoint.hpp"
#include "scenarios/comparison_results.hpp"
#include "scenarios/logging.hpp"
#include "scenarios/run.hpp"
#include "scenarios/run_folder.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <unistd.h>

namespace kypho {
namespace {

namespace fs = std::filesystem;

std::string stage_names(const Scenario& scenario, int from) {
  std::string names;
  for (auto k = static_cast<std::size_t>(from); k < scenario.stages.size(); ++k)
    names += (names.empty() ? "" : ", ") + stage_name(scenario.stages[k]);
  return names.empty() ? "nothing" : names;
}

/// What depends on the anatomy, before anything is run.
void check_anatomy(const Comparison& comparison) {
  const Scenario& common = comparison.common;
  const auto anatomy = [&] {
    try {
      return make_anatomy(common.anatomy, static_cast<unsigned>(common.seed));
    } catch (const InputError& error) {
      throw located(error, common);
    }
  }();
  for (const Arm& arm : comparison.arms) {
    try {
      check_fit(arm.scenario, anatomy->landmarks());
    } catch (const InputError& error) {
      throw of_arm(error, arm.place, comparison.file);
    }
  }
}

void print_plan(const Comparison& comparison) {
  const RunEstimate mesh = estimate(comparison.common);
  std::cout << fmt::format("{}: {}; {} nodes, {} tetrahedra, about {:.0f} MB for each arm\n  {:<24} {:5.1f} min  {}\n",
                           comparison.file.string(), comparison.title, mesh.nodes, mesh.elements, mesh.memory_mb,
                           "shared by all", mesh.minutes, stage_names(comparison.common, 0));
  for (const Arm& arm : comparison.arms)
    std::cout << fmt::format("  {:<24} {:5.1f} min  {}\n", arm.name,
                             expected_minutes(arm.scenario, mesh.elements) - mesh.minutes,
                             stage_names(arm.scenario, comparison.shared_stages()));
  for (const std::string& warning : mesh.warnings) std::cout << "  warning: " << warning << '\n';
}

/// Refuses what is not ours before anything is touched.
void check_folders(const Comparison& comparison, const fs::path& dir) {
  std::error_code error;
  const fs::file_status status = fs::status(dir, error);
  if (fs::exists(status) && !fs::is_directory(status))
    throw InputError("-o " + dir.string() + ": is a file, not a folder");
  if (fs::exists(status) && !fs::is_empty(dir, error) && !fs::exists(dir / "compare.json"))
    throw InputError("-o " + dir.string() +
                     ": is not empty and holds no earlier comparison (no compare.json); choose another folder");
  const RunFolder common(dir / "common", comparison.common);
  for (const Arm& arm : comparison.arms) const RunFolder folder(dir / arm.folder, arm.scenario);
}

fs::path case_path(const fs::path& dir, const std::string& name) { return dir / "cases" / (name + ".toml"); }

void write_cases(const Comparison& comparison, const fs::path& dir) {
  std::error_code told_by_the_writing;
  fs::create_directories(dir / "cases", told_by_the_writing);
  replace_file(case_path(dir, "common"), comparison.common.echo());
  for (const Arm& arm : comparison.arms) replace_file(case_path(dir, arm.folder), arm.scenario.echo());
}

void write_results(const ComparisonResults& results, const fs::path& dir) {
  replace_file(dir / "compare.json", results.json);
  replace_file(dir / "compare.csv", results.csv);
}

/// The files of a folder also in another one. Runs replace their files whole, so they may share them on disk.
void share_files(const fs::path& from, const fs::path& to) {
  try {
    fs::create_directories(to);
    for (const auto& entry : fs::directory_iterator(from)) {
      std::error_code no_link;
      fs::create_hard_link(entry.path(), to / entry.path().filename(), no_link);
      if (no_link) fs::copy_file(entry.path(), to / entry.path().filename());
    }
  } catch (const fs::filesystem_error& error) {
    throw LimitReached("cannot write '" + to.string() + "': " + error.code().message());
  }
}

/// Whether the arm has got beyond the shared stages before.
bool is_begun(const fs::path& run_dir, const Arm& arm, int shared_stages) {
  try {
    return Checkpoints(run_dir, arm.scenario).stages_held() >= shared_stages;
  } catch (const InputError&) { // of another case or version: begins anew
    return false;
  }
}

/// A run folder as if the arm's run had been broken off after the shared stages.
void begin_after_common(const fs::path& dir, const Arm& arm) {
  RunFolder folder(dir / arm.folder, arm.scenario);
  folder.begin();
  for (const char* part : {"checkpoint", "frames"}) share_files(dir / "common" / part, dir / arm.folder / part);
}

[[noreturn]] void fail_like(const RunEnding& common) {
  const std::string what = "the stages that all arms share: " + common.reason;
  switch (common.exit_code) {
  case 2: throw InputError(what);
  case 3: throw NotConverged(what);
  case 4: throw LimitReached(what);
  default: throw BackendError(what);
  }
}

class Comparing {
public:
  Comparing(const Comparison& comparison, const CommandLine& command, fs::path dir)
      : comparison_(comparison), command_(command), dir_(std::move(dir)), threads_(thread_count(command.threads)),
        board_(std::cerr, progress_style(command.quiet, command.log_json, STDERR_FILENO), command.verbose),
        arm_endings_(comparison.arms.size()) {}

  void run() {
    write_cases(comparison_, dir_);
    note(); // what was there before is replaced from here on
    common_ = run_together({{"common", case_path(dir_, "common"), dir_ / "common", command_.resume}}, threads_, 1,
                           command_.verbose, board_)[0];
    if (common_.exit_code == 0) run_arms();
    note();
    if (interrupt_requested())
      throw Interrupted("interrupted; what was done is in " + dir_.string() + "; --resume goes on with it");
    if (common_.exit_code != 0) fail_like(common_);
  }
  int failed_arms() const {
    return static_cast<int>(std::count_if(arm_endings_.begin(), arm_endings_.end(),
                                          [](const RunEnding& ending) { return ending.exit_code != 0; }));
  }
  ComparisonResults results() const { return results_of(comparison_, dir_, common_, arm_endings_); }

private:
  void note() const { write_results(results(), dir_); }

  void run_arms() {
    std::vector<PlannedRun> runs;
    for (const Arm& arm : comparison_.arms) {
      const fs::path run_dir = dir_ / arm.folder;
      if (!command_.resume || !is_begun(run_dir, arm, comparison_.shared_stages())) begin_after_common(dir_, arm);
      runs.push_back({arm.name, case_path(dir_, arm.folder), run_dir, true});
    }
    const int most = std::min(threads_, static_cast<int>(runs.size()));
    arm_endings_ = run_together(runs, threads_, command_.jobs.value_or(most), command_.verbose, board_);
  }

  const Comparison& comparison_;
  const CommandLine& command_;
  fs::path dir_;
  int threads_;
  ProgressBoard board_;
  RunEnding common_;
  std::vector<RunEnding> arm_endings_;
};

} // namespace

void compare_command(const CommandLine& command, const Pictures& pictures) {
  const Comparison comparison = Comparison::read(command.file, command.overrides);
  if (!command.quiet)
    for (const std::string& note : comparison.notes) std::cerr << "note: " << note << std::endl;
  check_anatomy(comparison);
  if (command.dry_run) return print_plan(comparison);
  const fs::path dir = command.output.empty() ? fs::path("runs") / command.file.stem() : command.output;
  check_folders(comparison, dir);
  catch_interrupts();
  const Logging logging({command.quiet ? LogLevel::error : LogLevel::warning, command.log_json}, nullptr);
  Comparing comparing(comparison, command, dir);
  comparing.run();
  try {
    pictures.comparison(dir);
  } catch (const std::exception& error) {
    log(LogLevel::warning, std::string("no page: ") + error.what());
  }
  if (!command.quiet)
    std::cout << comparison.title << '\n'
              << comparing.results().table << "  page: " << (dir / "compare.html").string() << '\n';
  const int failed = comparing.failed_arms();
  if (failed > 0)
    throw NotConverged(fmt::format("{} of {} arms failed; their reasons stand in {}", failed, comparison.arms.size(),
                                   (dir / "compare.json").string()));
}

} // namespace kypho

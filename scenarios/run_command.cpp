#include "scenarios/run_command.hpp"
#include "core/base/interrupt.hpp"
#include "scenarios/check.hpp"
#include "scenarios/checkpoint.hpp"
#include "scenarios/logging.hpp"
#include "scenarios/measures_json.hpp"
#include "scenarios/run.hpp"
#include "scenarios/run_folder.hpp"
#include "scenarios/summary.hpp"
#include <fmt/format.h>
#include <iostream>
#include <sys/resource.h>
#include <unistd.h>

namespace kypho {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double peak_memory_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024; // Linux counts in KiB
}

/// Hands each frame to the files of the folder. Nothing is touched before begin().
class FolderSink : public ResultSink {
public:
  /// @param stages_done before this run, which goes on with what the folder holds
  FolderSink(RunFolder& folder, Logging& logging, const Pictures& pictures, int stages_done)
      : folder_(folder), logging_(logging), pictures_(pictures), history_(folder.dir() / "history.csv"),
        stages_before_(stages_done), stages_done_(stages_done) {}
  KYPHO_STATE(history_, files_)

  void begin() {
    if (folder_.begun()) return;
    if (interrupt_requested()) throw Interrupted("interrupted before the first stage");
    const bool go_on = stages_before_ > 0;
    folder_.begin(go_on);
    logging_.open(folder_.dir() / "log.txt", go_on);
    frames_ = pictures_.frame_writer(folder_.dir(), stages_before_);
    for (const auto& [name, text] : files_) replace_file(folder_.dir() / name, text);
    if (go_on) history_.flush();
  }
  void frame(const Frame& frame) override {
    begin();
    frames_->frame(frame);
    history_.frame(frame);
    if (!frame.last_of_stage) return;
    ++stages_done_;
    log(LogLevel::info, done_text(frame));
  }
  int stages_done() const { return stages_done_; }
  void file(const std::string& name, const std::string& text) {
    files_[name] = text;
    if (folder_.begun()) replace_file(folder_.dir() / name, text);
  }
  void close() {
    frames_.reset();
    if (folder_.begun()) history_.flush();
  }
  void abandon() { frames_.reset(); }

private:
  static std::string done_text(const Frame& frame) {
    std::string text = fmt::format("{}[{}] done", frame.stage, frame.stage_ordinal);
    for (const auto& [name, value] : frame.scalars) text += fmt::format(", {} {:.4g}", name, value);
    return text;
  }

  RunFolder& folder_;
  Logging& logging_;
  const Pictures& pictures_;
  HistoryWriter history_;
  std::unique_ptr<ResultSink> frames_;
  int stages_before_, stages_done_;
  std::map<std::string, std::string> files_; ///< small files; those that came before begin() wait for it
};

/// The report is worth having but not worth losing a run for.
void try_report(const Pictures& pictures, const std::filesystem::path& dir) {
  try {
    pictures.report(dir);
  } catch (const std::exception& error) {
    log(LogLevel::warning, std::string("no report: ") + error.what());
  }
}

std::string minutes_text(double seconds) {
  return fmt::format("{} min {:.0f} s", static_cast<int>(seconds) / 60,
                     seconds - 60 * (static_cast<int>(seconds) / 60));
}

void print_estimate(const Scenario& scenario, int threads) {
  const RunEstimate e = [&] {
    try {
      return estimate(scenario);
    } catch (const InputError& error) {
      throw located(error, scenario);
    }
  }();
  std::cout << fmt::format(
      "{}: {} nodes, {} tetrahedra, {} degrees of freedom; about {:.0f} MB and {:.1f} min on {} thread(s)\n",
      scenario.file.string(), e.nodes, e.elements, e.dof, e.memory_mb, e.minutes, threads);
  for (const std::string& warning : e.warnings) std::cout << "  warning: " << warning << '\n';
}

std::filesystem::path output_folder(const CommandLine& command) {
  return command.output.empty() ? std::filesystem::path("runs") / command.file.stem() : command.output;
}

Scenario checked_scenario(const CommandLine& command) {
  Scenario scenario = Scenario::read(command.file, command.overrides);
  check_case(scenario);
  return scenario;
}

LogOptions log_options(const CommandLine& c) {
  return {c.verbose ? LogLevel::debug : c.quiet ? LogLevel::error : LogLevel::warning, c.log_json};
}

/// How many stages of the run in the folder are used again.
int stages_to_keep(const CommandLine& command, const Scenario& scenario, const Checkpoints& checkpoints) {
  if (!command.from_stage.empty()) return find_stage_place(scenario, command.from_stage);
  return command.resume ? checkpoints.stages_held() : 0;
}

std::string kept_text(const Scenario& scenario, int kept) {
  const auto k = static_cast<std::size_t>(kept);
  const std::size_t stages = scenario.stages.size();
  if (kept == 0) return "nothing to go on from; starts with " + stage_name(scenario.stages.front());
  if (k == stages) return fmt::format("all {} stages are done; writes the figures", stages);
  return fmt::format("goes on after {}, {} of {} stages; first one computed anew: {}",
                     stage_name(scenario.stages[k - 1]), kept, stages, stage_name(scenario.stages[k]));
}

/// Runs into the folder and closes it, whatever happens.
void run_into(RunFolder& folder, FolderSink& sink, ProgressLine& line, const Checkpoints& checkpoints,
              std::optional<Restart>& restart, int threads, Measures& measures) {
  const auto start = Clock::now();
  double earlier = 0;
  const auto finish = [&](const std::string& ending) {
    measures.run.threads = threads;
    measures.run.wall_s = earlier + seconds_since(start);
    measures.run.peak_memory_mb = peak_memory_mb();
    sink.close();
    folder.finish(measures, ending);
  };
  RunHooks hooks;
  hooks.begin = [&] {
    sink.begin();
    checkpoints.remove_beyond(restart ? restart->stages_done : 0);
  };
  hooks.progress = [&](const Progress& progress) { line.report(progress); };
  hooks.file = [&](const std::string& name, const std::string& text) { sink.file(name, text); };
  hooks.checkpoint = [&](int stages_done, Archive& state) {
    state.members("measures, sink", measures, sink);
    checkpoints.write(stages_done, state);
  };
  try {
    log(LogLevel::info,
        fmt::format("kyphosim {}, {}, {} thread(s)", version(), folder.scenario().file.filename().string(), threads));
    if (restart) restart->state.members("measures, sink", measures, sink);
    earlier = measures.run.wall_s;
    line.announce(restart ? "reading the checkpoint" : "reading the anatomy and meshing it");
    run(folder.scenario(), sink, hooks, threads, measures, restart ? &*restart : nullptr);
  } catch (const InputError& error) {
    line.clear();
    if (folder.begun() && sink.stages_done() > 0) {
      finish(error.what());
    } else {
      sink.abandon();
      folder.discard();
    }
    throw located(error, folder.scenario());
  } catch (const std::exception& error) {
    line.clear();
    log(LogLevel::debug, error.what());
    try {
      if (folder.begun()) finish(error.what());
    } catch (const std::exception& second) {
      log(LogLevel::debug, second.what()); // the first error is the one to tell
    }
    throw;
  }
  line.clear();
  finish("complete");
}

} // namespace

InputError located(const InputError& error, const Scenario& scenario) {
  const std::string what = error.what(), file = scenario.file.string();
  return InputError(what.rfind(file, 0) == 0 ? what : file + ": " + what);
}

void run_command(const CommandLine& command, const Pictures& pictures) {
  const int threads = thread_count(command.threads);
  const Scenario scenario = checked_scenario(command);
  if (command.dry_run) return print_estimate(scenario, threads);

  const std::filesystem::path dir = output_folder(command);
  const bool go_on = command.resume || !command.from_stage.empty();
  if (command.resume && command.from_stage.empty() && is_complete(dir, scenario)) {
    if (!command.quiet) std::cout << dir.string() << ": the run is complete, nothing is left to do\n";
    return;
  }
  Checkpoints checkpoints(dir, scenario);
  const int kept = stages_to_keep(command, scenario, checkpoints);
  std::optional<Restart> restart;
  if (kept > 0) {
    Archive state = checkpoints.read(kept, !command.from_stage.empty());
    restart.emplace(kept, std::move(state), checkpoints.solved_otherwise(), checkpoints.switched());
  }
  if (go_on && !command.quiet) std::cout << dir.string() << ": " << kept_text(scenario, kept) << std::endl;

  catch_interrupts();
  ProgressLine line(std::cerr, progress_style(command.quiet, command.log_json, STDERR_FILENO));
  Logging logging(log_options(command), [&] { line.clear(); });
  RunFolder folder(dir, scenario);
  FolderSink sink(folder, logging, pictures, kept);
  if (go_on) log(LogLevel::info, kept_text(scenario, kept));
  Measures measures;
  const auto told_where = [&](const std::exception& error) {
    return std::string(error.what()) + (folder.begun() ? "; what was done is in " + folder.dir().string() : "");
  };
  try {
    run_into(folder, sink, line, checkpoints, restart, threads, measures);
  } catch (const NotConverged& error) {
    if (folder.begun()) try_report(pictures, folder.dir());
    throw NotConverged(told_where(error));
  } catch (const Interrupted& error) {
    const bool same_again = restart && restart->switched && sink.stages_done() == kept;
    throw Interrupted(told_where(error) + (same_again               ? "; the same command goes on with it"
                                           : sink.stages_done() > 0 ? "; --resume goes on with it"
                                                                    : ""));
  }
  try_report(pictures, folder.dir());
  if (command.quiet) return;
  std::cout << fmt::format("{}: {} degrees of freedom, {} on {} thread(s), {:.0f} MB\n", scenario.file.stem().string(),
                           measures.run.dof, minutes_text(measures.run.wall_s), threads, measures.run.peak_memory_mb)
            << summary_text(measures) << "  report: " << (folder.dir() / "report.html").string() << '\n';
}

void validate_command(const CommandLine& command) {
  const Scenario scenario = checked_scenario(command);
  std::string stages;
  for (const StageSpec& stage : scenario.stages) stages += (stages.empty() ? "" : ", ") + stage.kind;
  std::cout << fmt::format("{}: valid; {}; stages: {}\n", command.file.string(), scenario.title, stages);
}

} // namespace kypho

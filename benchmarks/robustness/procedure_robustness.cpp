// Does the procedure come to an end for any patient and any hand, and with a sound result?
//   procedure_robustness [--count 60] [--seed 1] [--first 0] [--at-once 2] [--limit 1800] [-o DIR] [--keep]
// Draws procedures (level, density, fracture, preload, where and how the channels go, balloon, volume), runs each by
// `kyphosim run` in a process of its own, from the fracture to the empty cavity, and keeps a row per procedure in
// DIR/procedures.jsonl; rows that are there already are not computed again, so a DIR belongs to the program that began it.
// Writes DIR/procedures.json and DIR/procedures.md. Ends with 0 if at least 95 of 100 complete and the others gave up with
// a reason, else with 3.
#include "benchmarks/robustness/procedure_series.hpp"
#include "core/base/errors.hpp"
#include "core/base/interrupt.hpp"
#include "scenarios/run_folder.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {

using namespace kypho;
using namespace kypho::robustness;
using Clock = std::chrono::steady_clock;

struct Options {
  int count = 60, first = 0, at_once = 2;
  unsigned seed = 1;
  double limit_s = 1800;
  std::filesystem::path dir = "runs/procedures";
  bool keep = false;
};

struct Running {
  DrawnProcedure drawn;
  std::filesystem::path dir, errors;
  Clock::time_point start;
  bool over_time = false;
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start).count(); }
};

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

class Series {
public:
  explicit Series(const Options& options) : options_(options), rows_(options.dir) {}

  std::vector<ProcedureTrial> run() {
    for (int number = options_.first; number < options_.first + options_.count; ++number) {
      const DrawnProcedure drawn = draw_procedure(options_.seed, number);
      if (const auto known = rows_.find(drawn)) {
        take(*known);
        continue;
      }
      while (static_cast<int>(running_.size()) >= options_.at_once) wait_for_one();
      start(drawn);
    }
    while (!running_.empty()) wait_for_one();
    std::sort(trials_.begin(), trials_.end(),
              [](const auto& a, const auto& b) { return a.drawn.number < b.drawn.number; });
    return trials_;
  }

private:
  void start(const DrawnProcedure& drawn) {
    const std::filesystem::path dir = options_.dir / case_name(drawn);
    Running run{drawn, dir, options_.dir / (case_name(drawn) + ".txt"), Clock::now()};
    std::filesystem::remove_all(dir);
    std::vector<std::string> words{KYPHOSIM_BINARY, "run", procedure_file(drawn), "-o", dir.string(), "-j", "1", "-q"};
    for (const std::string& key : drawn.overrides) words.insert(words.end(), {"--set", key});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child < 0) throw LimitReached("no process could be started");
    if (child == 0) {
      const int out = open("/dev/null", O_WRONLY), err = open(run.errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
      if (out >= 0 && err >= 0 && dup2(out, 1) >= 0 && dup2(err, 2) >= 0) execv(arguments[0], arguments.data());
      _exit(127);
    }
    running_[child] = std::move(run);
  }

  void wait_for_one() {
    for (;;) {
      int status = 0;
      rusage usage{};
      const pid_t ended = wait4(-1, &status, WNOHANG, &usage);
      if (ended > 0) return finish(ended, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), usage);
      if (interrupt_requested()) {
        for (const auto& [child, run] : running_) kill(child, SIGTERM);
        throw Interrupted("interrupted");
      }
      for (auto& [child, run] : running_) {
        if (run.over_time || run.seconds() < options_.limit_s) continue;
        run.over_time = true;
        kill(child, SIGTERM);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  }

  void finish(pid_t child, int exit_code, const rusage& usage) {
    const Running run = std::move(running_.at(child));
    running_.erase(child);
    ProcedureTrial trial = read_trial(run.drawn, run.dir, text_of(run.errors), exit_code);
    trial.wall_s = run.seconds();
    trial.cpu_s = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                  1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    if (run.over_time) trial.reason = "stopped after the limit of time";
    rows_.add(trial);
    take(trial);
    if (options_.keep || trial.ending != Ending::completed) return;
    std::filesystem::remove_all(run.dir);
    std::filesystem::remove(run.errors);
  }

  void take(const ProcedureTrial& trial) {
    std::cout << line(trial) << std::flush;
    trials_.push_back(trial);
    replace_file(options_.dir / "procedures.json", summary_json(trials_, options_.seed));
    replace_file(options_.dir / "procedures.md", summary_page(trials_, options_.seed));
  }

  const Options& options_;
  ProcedureRows rows_;
  std::map<pid_t, Running> running_;
  std::vector<ProcedureTrial> trials_;
};

} // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Procedures drawn at random: how many come to an end, and with what figures");
  app.add_option("--count", options.count, "procedures")->check(CLI::Range(1, 100000));
  app.add_option("--seed", options.seed, "of the draw");
  app.add_option("--first", options.first, "number of the first one")->check(CLI::NonNegativeNumber);
  app.add_option("--at-once", options.at_once, "processes")->check(CLI::Range(1, 1024));
  app.add_option("--limit", options.limit_s, "seconds that one may take")->check(CLI::PositiveNumber);
  app.add_option("-o,--output", options.dir, "folder of runs and rows; runs/procedures if not given");
  app.add_flag("--keep", options.keep, "also the folders of runs that completed");
  CLI11_PARSE(app, argc, argv);
  try {
    catch_interrupts();
    const std::vector<ProcedureTrial> trials = Series(options).run();
    replace_file(options.dir / "procedures.json", summary_json(trials, options.seed));
    const std::string page = summary_page(trials, options.seed);
    replace_file(options.dir / "procedures.md", page);
    std::cout << '\n' << page.substr(0, page.find("\n## ")) << '\n';
    return holds(trials) ? 0 : 3;
  } catch (const Interrupted& error) {
    std::cerr << "procedure_robustness: " << error.what() << "; the rows so far are kept\n";
    return 130;
  } catch (const std::exception& error) {
    std::cerr << "procedure_robustness: " << error.what() << '\n';
    return 1;
  }
}

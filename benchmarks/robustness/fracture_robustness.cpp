// Does the fracture stage come to an end for any vertebra, without tuning by hand, and with a sound result?
//   fracture_robustness [--count 100] [--seed 1] [--first 0] [-j 1] [-o DIR] [--json FILE] [-v]
// Draws vertebrae (level, size, heights, arch, density and its pattern, kind of fracture, asked loss), writes each as a
// case file to DIR, runs its fracture and keeps a row per vertebra in DIR/trials.jsonl; rows that are there already are
// not computed again, so a DIR belongs to the program that began it. Ends with 0 if at least 97 of 100 complete and no
// run hands out an unsound result, else with 3.
#include "benchmarks/robustness/series.hpp"
#include "core/base/errors.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/log.hpp"
#include "scenarios/run_folder.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

namespace {

using namespace kypho;

struct Options {
  int count = 100, first = 0, threads = 1;
  unsigned seed = 1;
  std::filesystem::path dir = "runs/robustness", json;
  bool verbose = false;
};

std::vector<robustness::Trial> run_series(const Options& options) {
  robustness::Rows rows(options.dir);
  std::vector<robustness::Trial> trials;
  std::cout << robustness::heading() << std::flush;
  for (int number = options.first; number < options.first + options.count; ++number) {
    const robustness::DrawnVertebra vertebra = robustness::draw_vertebra(options.seed, number);
    const std::filesystem::path file = options.dir / (robustness::case_name(vertebra) + ".toml");
    replace_file(file, robustness::case_text(vertebra));
    const Scenario scenario = Scenario::read(file);
    std::optional<robustness::Trial> trial = rows.find(vertebra, scenario.sha256);
    if (!trial) rows.add(trial.emplace(robustness::try_fracture(vertebra, scenario, options.threads)));
    std::cout << robustness::line(*trial) << std::flush;
    trials.push_back(*trial);
  }
  return trials;
}

} // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Fractures of vertebrae drawn at random: how many come to an end, and with what figures");
  app.add_option("--count", options.count, "vertebrae")->check(CLI::Range(1, 100000));
  app.add_option("--seed", options.seed, "of the draw");
  app.add_option("--first", options.first, "number of the first one")->check(CLI::NonNegativeNumber);
  app.add_option("-j,--threads", options.threads, "threads")->check(CLI::Range(1, 1024));
  app.add_option("-o,--output", options.dir, "folder of cases and rows; runs/robustness if not given");
  app.add_option("--json", options.json, "file for figures and rows");
  app.add_flag("-v,--verbose", options.verbose, "also what the program logs");
  CLI11_PARSE(app, argc, argv);
  try {
    catch_interrupts();
    if (options.verbose)
      set_log_receiver([](LogLevel, std::string_view message) { std::cout << "       " << message << std::endl; });
    const std::vector<robustness::Trial> trials = run_series(options);
    std::cout << robustness::summary_text(trials);
    if (!options.json.empty()) replace_file(options.json, robustness::summary_json(trials, options.seed));
    return robustness::holds(trials) ? 0 : 3;
  } catch (const Interrupted& error) {
    std::cerr << "fracture_robustness: " << error.what() << "; the rows so far are kept\n";
    return 130;
  } catch (const std::exception& error) {
    std::cerr << "fracture_robustness: " << error.what() << '\n';
    return 1;
  }
}

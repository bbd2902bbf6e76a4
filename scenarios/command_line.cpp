#include "scenarios/command_line.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include "scenarios/measures_json.hpp"
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <thread>

namespace kypho {
namespace {

constexpr int most_threads = 1024;

void add_threads_and_messages(CLI::App& command, CommandLine& c) {
  command.add_option("-j,--threads", c.threads, "threads; wins over KYPHOSIM_THREADS and OMP_NUM_THREADS")
      ->check(CLI::Range(1, most_threads));
  auto* quiet = command.add_flag("-q,--quiet", c.quiet, "print errors only");
  command.add_flag("-v,--verbose", c.verbose, "print everything that goes to log.txt")->excludes(quiet);
  command.add_flag("--log-json", c.log_json, "progress and messages as one JSON object per line on standard error");
}

void add_run(CLI::App& app, CommandLine& c) {
  CLI::App* run = app.add_subcommand("run", "Run a case: mesh it, do its stages, write figures, frames and a report");
  run->add_option("FILE", c.file, "case file (TOML)")->required();
  run->add_option("-o,--output", c.output, "run folder; runs/<case name> if not given");
  add_threads_and_messages(*run, c);
  run->add_option("--set", c.overrides, "PATH=VALUE overrides a key, as in stage.posture.preload=\"250 N\"")
      ->allow_extra_args(false);
  run->add_flag("--dry-run", c.dry_run, "check the case, mesh it, tell its size, memory and time; write nothing");
  CLI::Option* resume =
      run->add_flag("--resume", c.resume,
                    "go on with the run in the folder after its last stage that this case shares, bit for bit; what "
                    "comes later there is replaced");
  run->add_option(
         "--from-stage", c.from_stage,
         "compute anew from this stage on, as in inflate or load[2]; the folder must hold what precedes it, if need be "
         "with another engine or accuracy ([solver]), and what comes later is replaced")
      ->excludes(resume);

  CLI::App* rerun = app.add_subcommand("rerun", "Repeat a run from its echo.toml and compare the figures");
  rerun->add_option("RUN", c.file, "run folder")->required();
  rerun->add_option("-o,--output", c.output, "folder of the repetition; RUN-rerun if not given");
  add_threads_and_messages(*rerun, c);
}

void add_compare(CLI::App& app, CommandLine& c) {
  CLI::App* compare = app.add_subcommand(
      "compare", "Run several treatments of one fractured vertebra and put their figures and pictures side by side");
  compare->add_option("FILE", c.file, "comparison file (TOML)")->required();
  compare->add_option("-o,--output", c.output, "folder; runs/<file name> if not given");
  compare
      ->add_option("--jobs", c.jobs,
                   "arms at a time, which share the threads; as many as there are threads if not given")
      ->check(CLI::Range(1, most_threads));
  add_threads_and_messages(*compare, c);
  compare->add_option("--set", c.overrides, "PATH=VALUE overrides a key in the shared stages and all arms that have it")
      ->allow_extra_args(false);
  compare->add_flag("--resume", c.resume,
                    "go on with the comparison in the folder: what is complete there stays, what has changed or is new "
                    "is computed");
  compare->add_flag("--dry-run", c.dry_run, "check all arms, tell their stages, memory and time; write nothing");
}

void add_others(CLI::App& app, CommandLine& c) {
  CLI::App* validate = app.add_subcommand("validate", "Check a case file without running it");
  validate->add_option("FILE", c.file, "case file (TOML)")->required();
  validate->add_option("--set", c.overrides, "PATH=VALUE overrides a key")->allow_extra_args(false);

  app.add_subcommand("schema", "Print the JSON Schema of case files, for editors");

  CLI::App* list = app.add_subcommand("list", "Print what a case file can name, with keys, units, ranges, defaults");
  list->add_option(
      "TOPIC", c.topic,
      "tissues, laws, density_laws, conditions, parts, devices, cements, stages, solvers, cases, anatomy, mesh");
  list->add_flag("--markdown", c.markdown, "the reference of all keys, docs/keys.md");

  CLI::App* convert = app.add_subcommand(
      "convert", "Write a finite-element model in another program's format; the files' endings tell which");
  convert->add_option("IN", c.file, ".inp (Abaqus, CalculiX), .msh (Gmsh), .vtu (VTK; also a frame of a run)")
      ->required();
  convert->add_option("OUT", c.output, ".inp, .feb (FEBio), .msh, .vtu")->required();

  CLI::App* verify =
      app.add_subcommand("verify", "Run problems whose answer is known and tell how far off the answers are");
  verify->add_option("CASE", c.cases, "cases by name; all if not given");
  verify->add_flag("--quick", c.quick, "only those that take seconds");
  verify->add_option("--json", c.json, "write the rows to this file");
  verify->add_option(
      "-o,--output", c.page,
      "write the table as a page (Markdown); after a run of all cases docs/verification.md if not given");
  verify->add_option("-j,--threads", c.threads, "threads")->check(CLI::Range(1, most_threads));

  CLI::App* rows =
      app.add_subcommand("validate-model", "Run experiments of the literature and tell how the model compares");
  rows->add_option("ROW", c.cases, "rows by number or name; all if not given");
  rows->add_flag("--quick", c.quick, "only those that need no mechanics and take seconds");
  rows->add_option("--json", c.json, "write the rows to this file");
  rows->add_option(
      "-o,--output", c.page,
      "write the rows as a page (Markdown) with figures; after a run of all rows docs/validation.md if not given");
  rows->add_option("-j,--threads", c.threads, "threads")->check(CLI::Range(1, most_threads));

  CLI::App* view = app.add_subcommand("view", "Open a window on a run");
  view->add_option("RUN", c.file, "run folder")->required();

  CLI::App* render = app.add_subcommand("render", "Draw a moment of a run into a PNG file");
  render->add_option("RUN", c.file, "run folder")->required();
  render->add_option("OUT", c.output, "picture (.png)")->required();
  render->add_option("--view", c.view, "lateral, frontal or axial")->default_str("lateral");
  render->add_option("--stage", c.stage, "stage, as in inflate or load[2]; first, last")->default_str("last");
  render->add_option("--field", c.field, "field to colour by; the materials if not given");
  render->add_flag("--whole", c.whole, "not cut open");
}

void add_bench(CLI::App& app, CommandLine& c) {
  CLI::App* bench =
      app.add_subcommand("bench", "Measure time and memory, here and of other programs; lists what can be "
                                  "measured if no SUITE is given");
  BenchArguments& b = c.bench;
  bench->add_option("SUITE", b.suites, "suites by name; list: print them and what they need, as without any");
  bench->add_option("--against", b.against, "peers: other programs' solvers as well")->check(CLI::IsMember({"peers"}));
  bench->add_option("--backends", b.backends, "these only, by name")->delimiter(',');
  bench
      ->add_option("--cases", b.cases,
                   "solver: plain, discs, l1; procedure: cases by name or file; those of the suite if not given")
      ->delimiter(',');
  bench->add_option("--orders", b.orders, "of the elements: 1, 2; both if not given")
      ->delimiter(',')
      ->check(CLI::Range(1, 2));
  bench->add_option("-j,--threads", b.threads, "numbers of threads, as in 1,2; one per processor if not given")
      ->delimiter(',')
      ->check(CLI::Range(1, most_threads));
  bench->add_option("--sizes", b.sizes, "unknowns, as in 24000,109000; those of the suite if not given")
      ->delimiter(',')
      ->check(CLI::Range(500, 50'000'000));
  bench->add_flag("--large", b.large, "the suite's large sizes too");
  bench->add_option("--repeat", b.repeat, "rounds")->check(CLI::Range(1, 1000))->capture_default_str();
  bench->add_option("--memory-limit", b.memory_limit, "of a run, as in 8GB; what is free if not given")
      ->transform(CLI::AsSizeValue(false));
  bench->add_option("--time-limit", b.time_limit_s, "of a run, s; slower solvers are left out")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  bench->add_option("--json", c.json, "write the rows to this file");
  bench->add_option("--page", c.page,
                    "write the table into this page (Markdown), as docs/performance.md, in place of the "
                    "section with the same heading");
  CLI::App* compare =
      bench->add_subcommand("compare", "Tell what is slower in HEAD than in BASE; exit code 1 if anything is");
  compare->add_option("BASE", b.base, "file of bench --json")->required();
  compare->add_option("HEAD", b.head, "file of bench --json")->required();
  bench->require_subcommand(0, 1);
  compare->callback([&b] { b.compare = true; });
}

int parse_threads(const char* name, std::string_view text) {
  int threads = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
  if (error != std::errc{} || end != text.data() + text.size() || threads < 1 || threads > most_threads)
    throw InputError(std::string(name) + "='" + std::string(text) + "': must be a whole number from 1 to " +
                     std::to_string(most_threads));
  return threads;
}

} // namespace

CommandLine read_command_line(int argc, const char* const* argv) {
  CommandLine c;
  c.view = "lateral";
  c.stage = "last";
  CLI::App app("KyphoSim: finite-element simulator of balloon kyphoplasty. Not for clinical use.", "kyphosim");
  app.set_version_flag("--version", std::string("kyphosim ") + version());
  app.require_subcommand(0, 1);
  add_run(app, c);
  add_compare(app, c);
  add_others(app, c);
  add_bench(app, c);
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands(nullptr)) commands.push_back(command->get_name());
  if (argc > 1 && argv[1][0] != '-' && std::find(commands.begin(), commands.end(), argv[1]) == commands.end())
    throw InputError(unknown_name("command", argv[1], commands));
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {
    app.exit(request, std::cout, std::cout);
    return c;
  } catch (const CLI::ParseError& error) {
    std::string what = error.what();
    std::replace(what.begin(), what.end(), '\n', ' ');
    throw InputError(what + "; try kyphosim --help");
  }
  if (app.get_subcommands().empty())
    std::cout << app.help();
  else
    c.command = app.get_subcommands().front()->get_name();
  return c;
}

int thread_count(const std::optional<int>& asked) {
  if (asked) return *asked;
  if (const char* own = std::getenv("KYPHOSIM_THREADS"); own && *own) return parse_threads("KYPHOSIM_THREADS", own);
  if (const char* omp = std::getenv("OMP_NUM_THREADS"); omp && *omp) {
    // OpenMP allows one number per nesting level; the first is the outer one.
    const std::string_view list = omp;
    return parse_threads("OMP_NUM_THREADS", list.substr(0, list.find(',')));
  }
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

} // namespace kypho

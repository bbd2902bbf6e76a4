#include "benchmarks/bench/bench_command.hpp"
#include "benchmarks/bench/compare.hpp"
#include "benchmarks/bench/machine.hpp"
#include "benchmarks/bench/table.hpp"
#include "core/base/errors.hpp"
#include "core/base/interrupt.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <sstream>

namespace kypho::bench {
namespace {

Need sum(const std::vector<Need>& needs) {
  Need all;
  for (const Need& need : needs) {
    all.memory_mb = std::max(all.memory_mb, need.memory_mb);
    all.most_mb = std::max(all.most_mb, need.most_mb);
    all.seconds += need.seconds;
  }
  return all;
}

std::string memory_text(double mb) {
  return mb < 1000 ? fmt::format("{:.0f} MB", mb) : fmt::format("{:.1f} GB", mb / 1024);
}

std::string describe(const Need& need) {
  const double s = std::max(1.0, need.seconds);
  return fmt::format("{}{}, {}", memory_text(need.memory_mb),
                     need.most_mb > need.memory_mb ? " (largest peer " + memory_text(need.most_mb) + ")" : "",
                     s < 90 ? fmt::format("{:.0f} s", s) : fmt::format("{:.0f} min", s / 60));
}

void list(Options options) {
  for (const Suite& suite : suites()) {
    options.against_peers = false;
    const std::string alone = describe(sum(suite.needs(options)));
    options.against_peers = true;
    std::cout << fmt::format("{:<10} {}: about {}; against peers {}\n", suite.name, suite.meaning, alone,
                             describe(sum(suite.needs(options))));
  }
}

/// Tells what is needed. @throws LimitReached if there is less
void require(const std::vector<const Suite*>& chosen, const Options& options) {
  const double budget = memory_budget_mb(options);
  std::vector<Need> all;
  for (const Suite* suite : chosen)
    for (const Need& need : suite->needs(options)) {
      all.push_back(need);
      std::cerr << fmt::format("{}: {}: about {}\n", suite->name, need.what, describe(need));
    }
  if (all.empty()) throw InputError("no case is left to run");
  std::cerr << fmt::format("together about {}; {} may be used\n", describe(sum(all)), memory_text(budget));
  const auto largest =
      std::max_element(all.begin(), all.end(), [](const Need& a, const Need& b) { return a.memory_mb < b.memory_mb; });
  if (largest->memory_mb > budget)
    throw LimitReached(fmt::format("{} needs about {} and {} may be used; smaller --sizes fit", largest->what,
                                   memory_text(largest->memory_mb), memory_text(budget)));
}

std::string read(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

void save(const std::string& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  if (!stream.flush()) throw LimitReached("cannot write " + file);
  std::cout << "written: " << file << '\n';
}

/// Hours of measuring are not to end at a name that cannot be written.
void require_writable(const std::string& file) {
  if (!file.empty() && !std::ofstream(file, std::ios::app)) throw InputError(file + ": cannot be written");
}

} // namespace

int bench_command(const Options& options) {
  if (options.suites.empty() || options.suites == std::vector<std::string>{"list"}) {
    list(options);
    return 0;
  }
  std::vector<const Suite*> chosen;
  for (const std::string& name : options.suites) chosen.push_back(&find_suite(name));
  for (const std::string& file : {options.json, options.page}) require_writable(file);
  Machine machine = this_machine();
  require(chosen, options);
  catch_interrupts();
  std::vector<Row> rows;
  bool interrupted = false;
  for (const Suite* suite : chosen) {
    std::vector<Row> own;
    try {
      suite->run(options, machine, own);
    } catch (const Interrupted&) {
      interrupted = true;
    }
    std::cout << fmt::format("\n{}: {}, {}, version {}; {}\n{}", suite->name, machine.processor, machine.date,
                             machine.version, machine.environment, printed_table(own));
    if (!options.page.empty() && !interrupted)
      save(options.page, with_section(read(options.page), suite->heading, section_of(*suite, machine, own)));
    rows.insert(rows.end(), own.begin(), own.end());
    if (interrupted) break;
  }
  if (!options.json.empty()) save(options.json, json_of(machine, rows));
  if (interrupted) {
    std::cerr << "kyphosim: interrupted; what was measured is told\n";
    return 130;
  }
  return std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.bad(); }) ? 1 : 0;
}

} // namespace kypho::bench

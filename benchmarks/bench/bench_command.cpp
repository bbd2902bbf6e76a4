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
    all.seconds += need.seconds;
  }
  return all;
}

std::string describe(const Need& need) {
  const std::string memory = need.memory_mb < 1024 ? fmt::format("{:.0f} MB", need.memory_mb)
                                                   : fmt::format("{:.1f} GB", need.memory_mb / 1024);
  return fmt::format("{} and {}", memory,
                     need.seconds < 60 ? fmt::format("{:.0f} s", std::max(1.0, need.seconds))
                                       : fmt::format("{:.0f} min", need.seconds / 60));
}

void list(Options options) {
  for (const Suite& suite : suites()) {
    options.against_peers = false;
    const Need alone = sum(suite.needs(options));
    options.against_peers = true;
    std::cout << fmt::format("{:<10} {}; about {}, {} against peers\n", suite.name, suite.meaning, describe(alone),
                             describe(sum(suite.needs(options))));
  }
}

/// Tells what is needed. @throws LimitReached if there is less
void require(const std::vector<const Suite*>& chosen, const Options& options) {
  const double available = available_memory_mb();
  const double allowed = options.memory_limit_mb > 0 ? std::min(options.memory_limit_mb, available) : available;
  std::vector<Need> all;
  for (const Suite* suite : chosen)
    for (const Need& need : suite->needs(options)) {
      all.push_back(need);
      std::cerr << fmt::format("{}: {}: about {}\n", suite->name, need.what, describe(need));
    }
  if (all.empty()) throw InputError("no case is left to run");
  const Need needed = sum(all);
  std::cerr << fmt::format("together about {}; {:.1f} GB are free\n", describe(needed), allowed / 1024);
  const auto largest =
      std::max_element(all.begin(), all.end(), [](const Need& a, const Need& b) { return a.memory_mb < b.memory_mb; });
  if (largest->memory_mb > allowed)
    throw LimitReached(fmt::format("{} needs about {:.1f} GB and {:.1f} GB are free; smaller --sizes fit",
                                   largest->what, largest->memory_mb / 1024, allowed / 1024));
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
  std::vector<const Suite*> chosen;
  for (const std::string& name : options.suites) chosen.push_back(&find_suite(name));
  if (chosen.empty()) {
    list(options);
    return 0;
  }
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

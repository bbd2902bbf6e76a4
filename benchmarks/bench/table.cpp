#include "benchmarks/bench/table.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace kypho::bench {
namespace {

using Cells = std::vector<std::string>;

/// "linear_s" as "linear, s", "explicit_steps" as "explicit steps".
std::string title(std::string key) {
  if (key.ends_with("_s")) key.replace(key.size() - 2, 2, ", s");
  std::replace(key.begin(), key.end(), '_', ' ');
  return key;
}

/// @param rows of one suite
Cells titles_of(const std::vector<Row>& rows) {
  Cells all{"case",   "order",      "unknowns", "backend", "threads",   "set-up, s", "solve, s", "spread",
            "CPU, s", "iterations", "residual", "MB",      "B/unknown", "1e3/s",     "of triad", "over best peer"};
  for (const Row& row : rows)
    if (!row.effort.empty()) {
      for (const auto& [key, figure] : row.effort) all.push_back(title(key));
      break;
    }
  return all;
}

std::string seconds(double s) { return fmt::format("{:.{}f}", s, s < 0.1 ? 4 : s < 10 ? 3 : 1); }

/// Half the range of the repeats' sums over their median.
std::string spread(const Row& row) {
  std::vector<double> sums;
  for (std::size_t k = 0; k < row.solve_s.size(); ++k) sums.push_back(row.setup_s[k] + row.solve_s[k]);
  const auto [low, high] = std::minmax_element(sums.begin(), sums.end());
  return fmt::format("{:.0f} %", 50 * (*high - *low) / std::max(median(sums), 1e-9));
}

Cells cells_of(const Row& row, std::size_t columns) {
  Cells c{row.case_name, std::to_string(row.order), std::to_string(row.dof), row.backend, std::to_string(row.threads)};
  if (!row.measured()) {
    c.push_back(row.status);
    c.resize(columns);
    return c;
  }
  const auto optional = [](const std::optional<double>& x) { return x ? fmt::format("{:.2f}", *x) : ""; };
  c.insert(c.end(), {seconds(median(row.setup_s)), seconds(median(row.solve_s)), spread(row),
                     median(row.cpu_s) > 0 ? seconds(median(row.cpu_s)) : "",
                     row.iterations || !row.effort.empty() ? std::to_string(row.iterations) : "direct",
                     fmt::format("{:.1e}", row.relative_residual), fmt::format("{:.0f}", row.peak_memory_mb),
                     fmt::format("{:.0f}", row.bytes_per_dof),
                     fmt::format("{:.0f}", 1e-3 * row.dof / std::max(total_s(row), 1e-9)),
                     optional(row.ceiling_fraction), optional(row.over_best_peer)});
  for (const auto& [key, figure] : row.effort)
    c.push_back(key.ends_with("_s") ? seconds(figure)
                                    : fmt::format("{:.{}f}", figure, key.starts_with("speed") ? 2 : 0));
  return c;
}

/// "multigrid: wrong: why", each reason once.
std::vector<std::string> remarks(const std::vector<Row>& rows) {
  std::vector<std::string> all;
  for (const Row& row : rows) {
    if (row.remark.empty()) continue;
    const std::string where =
        fmt::format("{} on {}, order {}, {} unknowns", row.backend, row.case_name, row.order, row.dof);
    const std::string line = row.status == "ok"       ? row.backend + ": " + row.remark
                             : row.status == "absent" ? row.backend + ": absent: " + row.remark
                                                      : where + ": " + row.status + ": " + row.remark;
    if (std::find(all.begin(), all.end(), line) == all.end()) all.push_back(line);
  }
  return all;
}

std::string rates_line(const Machine& machine) {
  std::string text;
  for (const Machine::Rate& rate : machine.rates)
    text += fmt::format("{}{} thread{}: triad {:.1f} GB/s, multiply-add {:.1f} Gflop/s", text.empty() ? "" : "; ",
                        rate.threads, rate.threads == 1 ? "" : "s", 1e-9 * rate.bytes, 1e-9 * rate.flops);
  return text;
}

} // namespace

std::string printed_table(const std::vector<Row>& rows) {
  const Cells titles = titles_of(rows);
  std::vector<Cells> lines{titles};
  for (const Row& row : rows) lines.push_back(cells_of(row, titles.size()));
  std::vector<std::size_t> width(titles.size(), 0);
  for (const Cells& line : lines)
    for (std::size_t k = 0; k < line.size(); ++k) width[k] = std::max(width[k], line[k].size());
  std::string text;
  for (const Cells& line : lines) {
    for (std::size_t k = 0; k < line.size(); ++k)
      text +=
          k == 0 || k == 3 ? fmt::format("{:<{}}  ", line[k], width[k]) : fmt::format("{:>{}}  ", line[k], width[k]);
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  for (const std::string& remark : remarks(rows)) text += remark + '\n';
  return text;
}

std::string section_of(const Suite& suite, const Machine& machine, const std::vector<Row>& rows) {
  std::string text = fmt::format("{}\n\nWritten by `kyphosim bench {}` of version {} on {}, {}; {}.\n{}.\n\n{}\n\n",
                                 suite.heading, suite.name, machine.version, machine.processor, machine.date,
                                 machine.environment, rates_line(machine), suite.introduction);
  const auto line = [&](const Cells& cells) {
    text += '|';
    for (const std::string& cell : cells) text += fmt::format(" {} |", cell);
    text += '\n';
  };
  const Cells titles = titles_of(rows);
  line(titles);
  line(Cells(titles.size(), "---"));
  for (const Row& row : rows) line(cells_of(row, titles.size()));
  text += '\n';
  for (const std::string& remark : remarks(rows)) text += "* " + remark + '\n';
  return text;
}

std::string json_of(const Machine& machine, const std::vector<Row>& rows) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  const auto optional = [](const std::optional<double>& x) {
    return x ? nlohmann::ordered_json(*x) : nlohmann::ordered_json();
  };
  for (const Row& row : rows) {
    if (!row.measured() && !row.bad()) continue;
    nlohmann::ordered_json j = {{"suite", row.suite},
                                {"case", row.case_name},
                                {"order", row.order},
                                {"dof", row.dof},
                                {"backend", row.backend},
                                {"threads", row.threads},
                                {"setup_s", median(row.setup_s)},
                                {"solve_s", median(row.solve_s)},
                                {"iterations", row.iterations},
                                {"relative_residual", row.relative_residual},
                                {"peak_memory_mb", row.peak_memory_mb},
                                {"added_memory_mb", row.added_memory_mb},
                                {"bytes_per_dof", row.bytes_per_dof},
                                {"cpu_s", median(row.cpu_s)},
                                {"wall_s", median(row.wall_s)},
                                {"dof_per_s", row.measured() ? row.dof / std::max(total_s(row), 1e-9) : 0},
                                {"ceiling_fraction", optional(row.ceiling_fraction)},
                                {"over_best_peer", optional(row.over_best_peer)},
                                {"status", row.status},
                                {"remark", row.remark},
                                {"setup_all_s", row.setup_s},
                                {"solve_all_s", row.solve_s},
                                {"cpu_all_s", row.cpu_s},
                                {"wall_all_s", row.wall_s},
                                {"machine", machine.processor},
                                {"date", machine.date},
                                {"version", machine.version},
                                {"environment", machine.environment}};
    for (const auto& [key, figure] : row.effort) j[key] = figure;
    for (const Machine::Rate& rate : machine.rates)
      if (rate.threads == row.threads) j["triad_gb_per_s"] = 1e-9 * rate.bytes;
    all.push_back(std::move(j));
  }
  return all.dump(2) + '\n';
}

std::string with_section(const std::string& page, const std::string& heading, const std::string& section) {
  std::size_t begin = page.starts_with(heading + '\n') ? 0 : page.find('\n' + heading + '\n');
  if (begin == std::string::npos)
    return page + (page.empty() || page.ends_with("\n\n") ? "" : page.ends_with('\n') ? "\n" : "\n\n") + section;
  if (page[begin] == '\n') ++begin;
  const std::size_t end = page.find("\n## ", begin + heading.size());
  return page.substr(0, begin) + section + (end == std::string::npos ? "" : page.substr(end));
}

} // namespace kypho::bench

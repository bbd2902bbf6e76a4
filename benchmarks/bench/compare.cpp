#include "benchmarks/bench/compare.hpp"
#include "benchmarks/bench/bench_command.hpp"
#include "core/base/errors.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

namespace kypho::bench {
namespace {

using Json = nlohmann::json;
constexpr double noise = 0.10, clock_s = 0.002;

struct Figure {
  double middle, low, high;
};

Figure figure(const Json& row, const std::string& part) {
  const double middle = row.at(part + "_s").get<double>();
  const auto all = row.value(part + "_all_s", std::vector<double>{middle});
  if (all.empty()) return {middle, middle, middle};
  const auto [low, high] = std::minmax_element(all.begin(), all.end());
  return {middle, *low, *high};
}

std::map<std::string, Json> rows_of(const std::string& text, const std::string& name) {
  std::map<std::string, Json> rows;
  try {
    const Json list = Json::parse(text);
    if (!list.is_array()) throw InputError(name + ": is not a list of rows");
    for (const Json& row : list) {
      figure(row, "setup");
      figure(row, "solve");
      rows[fmt::format("{} {}, order {}, {} unknowns, {}, {} threads", row.at("suite").get<std::string>(),
                       row.at("case").get<std::string>(), row.at("order").get<int>(), row.at("dof").get<int>(),
                       row.at("backend").get<std::string>(), row.at("threads").get<int>())] = row;
    }
  } catch (const Json::exception& error) {
    throw InputError(name + ": is not what kyphosim bench --json writes: " + error.what());
  }
  return rows;
}

bool grew(const Figure& from, const Figure& to) {
  return to.middle > (1 + noise) * from.middle && to.middle > from.middle + clock_s && to.low > from.high;
}

} // namespace

Comparison compare(const std::string& base, const std::string& head, const std::string& base_name,
                   const std::string& head_name) {
  const std::map<std::string, Json> old_rows = rows_of(base, base_name), new_rows = rows_of(head, head_name);
  Comparison result;
  int matched = 0, faster = 0;
  bool other_machine = false;
  for (const auto& [key, row] : new_rows) {
    const auto found = old_rows.find(key);
    if (found == old_rows.end()) {
      result.text += fmt::format("{}: only in {}\n", key, head_name);
      continue;
    }
    ++matched;
    const Json& old_row = found->second;
    other_machine = other_machine || row.value("machine", "") != old_row.value("machine", "");
    const std::string status = row.value("status", "ok");
    if (status != "ok" && status != old_row.value("status", "ok")) {
      ++result.slower;
      result.text += fmt::format("{}: {}: {}\n", key, status, row.value("remark", ""));
      continue;
    }
    for (const std::string part : {"setup", "solve"}) {
      const Figure from = figure(old_row, part), to = figure(row, part);
      const bool slow = grew(from, to), fast = grew(to, from);
      result.slower += slow;
      faster += fast;
      if (slow || fast)
        result.text +=
            fmt::format("{}: {} {}: {:.4f} s to {:.4f} s, {:+.0f} %\n", key, part == "setup" ? "set-up" : "solve",
                        slow ? "SLOWER" : "faster", from.middle, to.middle, 100 * (to.middle / from.middle - 1));
    }
  }
  for (const auto& [key, row] : old_rows)
    if (!new_rows.contains(key)) result.text += fmt::format("{}: only in {}\n", key, base_name);
  if (matched == 0) throw InputError(base_name + " and " + head_name + " have no row in common");
  if (other_machine) result.text += "the two were measured on different processors\n";
  result.text +=
      fmt::format("{} rows compared: {} slower, {} faster (by more than 10 % and the spread of the repeats)\n", matched,
                  result.slower, faster);
  return result;
}

int compare_command(const std::string& base, const std::string& head) {
  const auto read = [](const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw InputError(file + ": cannot be read");
    std::stringstream text;
    text << stream.rdbuf();
    return text.str();
  };
  const Comparison result = compare(read(base), read(head), base, head);
  std::cout << result.text;
  return result.slower == 0 ? 0 : 1;
}

} // namespace kypho::bench

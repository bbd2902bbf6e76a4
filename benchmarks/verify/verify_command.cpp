#include "benchmarks/verify/verify_command.hpp"
#include "benchmarks/verify/ladder.hpp"
#include "core/base/errors.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

namespace kypho::verify {
namespace {

std::string order_text(const Row& row) { return row.order ? fmt::format("{:.2f}", *row.order) : ""; }

void print(const CaseInfo& info, const Rows& rows, double seconds) {
  std::cout << fmt::format("\n{}: {} ({:.1f} s)\n", info.name, info.meaning, seconds);
  if (!rows.skipped().empty()) std::cout << "  SKIPPED: " << rows.skipped() << '\n';
  for (const Row& row : rows.rows())
    std::cout << fmt::format("  {:<58} reference {:>12.6g}  computed {:>12.6g}  error {:>9.2e} (<= {:.0e}){}  {}\n",
                             row.quantity, row.reference, row.computed, row.error, row.tolerance,
                             row.order ? "  order " + order_text(row) : "", row.passed ? "pass" : "FAIL");
  std::cout << std::flush;
}

void save(const std::string& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  if (!stream.flush()) throw LimitReached("cannot write " + file);
}

std::string json_of(const std::vector<Row>& rows) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    nlohmann::ordered_json j = {{"case", row.case_name},    {"quantity", row.quantity}, {"reference", row.reference},
                                {"computed", row.computed}, {"error", row.error},       {"tolerance", row.tolerance},
                                {"order", nullptr},         {"passed", row.passed}};
    if (row.order) j["order"] = *row.order;
    all.push_back(std::move(j));
  }
  return all.dump(1) + "\n";
}

std::string page_of(const std::vector<Row>& rows) {
  std::string text =
      "# Verification\n\nWritten by `kyphosim verify`. Each case computes figures whose true value is known from "
      "elsewhere. `error` is relative to the reference, or absolute where the reference is 0; `order` is the "
      "order of convergence over the last two of a series of meshes.\n";
  std::string group;
  for (const CaseInfo& info : catalog()) {
    if (info.group != group) text += fmt::format("\n## {}\n", group = info.group);
    text += fmt::format(
        "\n### {}\n\n{}. Reference: {}.\n\n| quantity | reference | computed | error | tolerance | order | |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n",
        info.name, info.meaning, info.source);
    for (const Row& row : rows)
      if (row.case_name == info.name)
        text += fmt::format("| {} | {:.6g} | {:.6g} | {:.1e} | {:.0e} | {} | {} |\n", row.quantity, row.reference,
                            row.computed, row.error, row.tolerance, order_text(row), row.passed ? "pass" : "**fail**");
  }
  return text;
}

} // namespace

int verify_command(const Options& options) {
  const std::vector<Row> rows = run_ladder(options.cases, options.quick, print);
  std::size_t failed = 0;
  for (const Row& row : rows) failed += !row.passed;
  std::cout << fmt::format("\n{} of {} rows passed\n", rows.size() - failed, rows.size());
  if (!options.json.empty()) save(options.json, json_of(rows));
  std::string page = options.page;
  const bool all = options.cases.empty() && !options.quick;
  if (page.empty() && all && std::filesystem::is_directory(KYPHOSIM_SOURCE_DIR "/docs"))
    page = KYPHOSIM_SOURCE_DIR "/docs/verification.md";
  if (!page.empty()) {
    save(page, page_of(rows));
    std::cout << "written: " << page << '\n';
  }
  return failed == 0 ? 0 : 3;
}

} // namespace kypho::verify

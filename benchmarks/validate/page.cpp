#include "benchmarks/validate/page.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace kypho::validate {
namespace {

using Json = nlohmann::ordered_json;

std::string judged_text(const Finding& f) {
  const auto passed = f.passed();
  return !passed ? "" : *passed ? "pass" : "**fail**";
}

std::string band_text(const Finding& f) {
  return f.low && f.high ? fmt::format("{:.4g} to {:.4g}", *f.low, *f.high) : "";
}

/// What is judged, in a few words.
std::string short_result(const Result& r) {
  std::string text;
  for (const Finding& f : r.outcome.findings)
    if (f.passed())
      text += fmt::format("{}{:.3g}{}{}", text.empty() ? "" : "; ", f.computed, f.unit.empty() ? "" : " ", f.unit);
  return text;
}

std::string overview(const std::vector<Result>& results) {
  std::string text = "| # | target | band | source | use | computed | |\n| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const Result& r : results) {
    const std::string word = verdict(r);
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", r.info->number, r.info->target, r.info->band,
                        r.info->source, name_of(r.info->use), short_result(r), word == "fail" ? "**fail**" : word);
  }
  return text;
}

std::string section(const Result& r, const std::string& folder) {
  std::string text =
      fmt::format("\n### {}. {}\n\n{}. Band: {}. Source: {}. Use: {}.\n\nCompared: {}.\n", r.info->number, r.info->name,
                  r.info->target, r.info->band, r.info->source, name_of(r.info->use), r.info->compared);
  if (!r.info->missing.empty()) return text + fmt::format("\nNot yet runnable: {}.\n", r.info->missing);
  if (!r.outcome.broken.empty()) text += fmt::format("\n**No result**: {}\n", r.outcome.broken);
  if (!r.outcome.findings.empty()) {
    text += "\n| quantity | computed | unit | band | |\n| --- | --- | --- | --- | --- |\n";
    for (const Finding& f : r.outcome.findings)
      text +=
          fmt::format("| {} | {:.4g} | {} | {} | {} |\n", f.quantity, f.computed, f.unit, band_text(f), judged_text(f));
  }
  for (const std::string& remark : r.outcome.remarks) text += fmt::format("\n{}\n", remark);
  for (const Figure& f : r.outcome.figures) text += fmt::format("\n![{}]({}/{})\n", f.plot.title, folder, f.file);
  return text;
}

} // namespace

std::string verdict(const Result& r) {
  if (!r.info->missing.empty()) return "not yet runnable";
  if (!r.outcome.broken.empty()) return "no result";
  const auto passed = r.outcome.passed();
  return !passed ? "not judged" : *passed ? "pass" : "fail";
}

std::string page_of(const std::vector<Result>& results, const std::string& folder) {
  std::string text =
      "# Validation\n\nWritten by `kyphosim validate-model`. Each row of the literature that the program can run is "
      "run "
      "with one set of material parameters, the defaults, on the coarse mesh and with the few steps of "
      "`scenarios/cases/l1_quick.toml`; `check` rows are blind predictions, reported as they come. Rows marked "
      "`calibrated` may be used to choose parameters. Bands are mean +- 1 SD unless stated. Numbers that are left out "
      "have "
      "no target in the project's list.\n\n## Overview\n\n";
  text += overview(results) + "\n## Rows\n";
  for (const Result& r : results) text += section(r, folder);
  return text;
}

std::string json_of(const std::vector<Result>& results) {
  Json all = Json::array();
  for (const Result& r : results) {
    Json findings = Json::array();
    for (const Finding& f : r.outcome.findings) {
      const auto passed = f.passed();
      findings.push_back({{"quantity", f.quantity},
                          {"unit", f.unit},
                          {"computed", f.computed},
                          {"low", f.low ? Json(*f.low) : Json()},
                          {"high", f.high ? Json(*f.high) : Json()},
                          {"passed", passed ? Json(*passed) : Json()}});
    }
    all.push_back({{"number", r.info->number},
                   {"name", r.info->name},
                   {"target", r.info->target},
                   {"band", r.info->band},
                   {"source", r.info->source},
                   {"compared", r.info->compared},
                   {"use", name_of(r.info->use)},
                   {"verdict", verdict(r)},
                   {"missing", r.info->missing},
                   {"broken", r.outcome.broken},
                   {"findings", std::move(findings)},
                   {"remarks", r.outcome.remarks}});
  }
  return all.dump(1) + "\n";
}

} // namespace kypho::validate

#include "scenarios/comparison_results.hpp"
#include "scenarios/measures_json.hpp"
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>

namespace kypho {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::array heights{"anterior_height_mm", "middle_height_mm", "posterior_height_mm", "wedge_angle_deg"};

/// An empty object if the run left no figures.
Json measures_in(const fs::path& run_dir) {
  std::ifstream stream(run_dir / "measures.json");
  Json measures = Json::parse(stream, nullptr, false);
  return measures.is_object() ? measures : Json::object();
}

/// Null where there is nothing.
Json at(const Json& object, const std::string& pointer) {
  return object.is_object() ? object.value(Json::json_pointer(pointer), Json()) : Json();
}

Json stages_json(const Scenario& scenario, int from) {
  Json names = Json::array();
  for (auto k = static_cast<std::size_t>(from); k < scenario.stages.size(); ++k)
    names.push_back(stage_name(scenario.stages[k]));
  return names;
}

/// Where the treatment ended.
std::string end_station(const Json& stations) {
  for (const char* name : {"treated", "deflated", "inflated"})
    if (stations.contains(name)) return name;
  return std::prev(stations.end()).key(); // others stand behind
}

Json named(const std::string& name, const Json& station) {
  Json out{{"station", name}};
  if (station.is_object()) out.update(station);
  return out;
}

Json gain_json(const Json& end, const Json& reference) {
  Json gain = Json::object();
  for (const char* key : heights) gain[key] = end.at(key).get<double>() - reference.at(key).get<double>();
  return gain;
}

/// Gain over loss; nothing where nothing was lost.
Json restored(const Json& gain, const Json& reference, const Json& intact, const char* height) {
  const double lost = intact.at(height).get<double>() - reference.at(height).get<double>();
  return lost > 1e-9 ? Json(gain.at(height).get<double>() / lost) : Json();
}

/// The last test: of the treated body, else of the fractured one.
Json strength_json(const Json& measures) {
  Json last = at(measures, "/strength/treated");
  if (last.is_null()) last = at(measures, "/strength/fractured");
  if (last.is_null()) return last;
  Json out{{"at_the_end", last}, {"of_intact", Json::object()}};
  for (const auto& [key, value] : last.items()) {
    const Json before = at(measures, "/strength/intact/" + key);
    if (before.is_number() && before.get<double>() > 0)
      out["of_intact"][key.substr(0, key.find("_n"))] = value.get<double>() / before.get<double>();
  }
  return out;
}

Json lift_json(const Json& balloons) {
  if (!balloons.is_array() || balloons.empty()) return {};
  double volume = 0, pressure = 0;
  for (const Json& b : balloons) {
    volume += b.value("volume_ml", 0.0);
    pressure = std::max(pressure, b.value("pressure_mpa", 0.0));
  }
  return {{"volume_ml", volume}, {"highest_pressure_mpa", pressure}};
}

Json cost_json(const Json& measures, double before_s) {
  if (!measures.contains("run")) return {};
  const Json& run = measures.at("run");
  return {{"wall_s", std::max(0.0, run.value("wall_s", 0.0) - before_s)},
          {"threads", at(run, "/threads")},
          {"peak_memory_mb", at(run, "/peak_memory_mb")},
          {"elements", at(run, "/elements")},
          {"dof", at(run, "/dof")}};
}

Json arm_json(const Arm& arm, const Comparison& comparison, const fs::path& dir, const RunEnding& ending,
              const Json& common) {
  const Json measures = measures_in(dir / arm.folder);
  Json out{{"name", arm.name},
           {"folder", arm.folder},
           {"stages", stages_json(arm.scenario, comparison.shared_stages())},
           {"exit_code", ending.exit_code},
           {"reason", ending.reason},
           {"end", {}},
           {"gain", {}},
           {"restored_fraction", {}},
           {"restored_middle_fraction", {}},
           {"lift", lift_json(at(measures, "/balloons"))},
           {"strength", {}}};
  const std::string name = comparison.reference_station();
  const Json reference = at(common, "/stations/" + name), intact = at(common, "/stations/intact");
  if (ending.exit_code == 0 && !reference.is_null() && measures.contains("stations")) {
    const std::string last = end_station(measures.at("stations"));
    out["end"] = named(last, measures.at("stations").at(last));
    out["gain"] = gain_json(out["end"], reference);
    out["restored_fraction"] = restored(out["gain"], reference, intact, "anterior_height_mm");
    out["restored_middle_fraction"] = restored(out["gain"], reference, intact, "middle_height_mm");
    out["strength"] = strength_json(measures);
  }
  out["cost"] =
      cost_json(measures, at(common, "/run/wall_s").is_number() ? at(common, "/run/wall_s").get<double>() : 0);
  for (const char* key : {"stations", "restoration", "balloons", "cement", "warnings"})
    out[key] = at(measures, std::string("/") + key);
  return out;
}

std::string cell(const Json& value) {
  if (value.is_null()) return "";
  if (!value.is_string()) return value.dump();
  std::string quoted(1, '"');
  for (const char c : value.get<std::string>()) quoted.append(c == '"' ? 2 : 1, c);
  return quoted.append(1, '"');
}

std::string csv_of(const Json& all) {
  static const std::vector<std::pair<const char*, const char*>> columns = {
      {"arm", "/name"},
      {"exit_code", "/exit_code"},
      {"end_station", "/end/station"},
      {"anterior_height_mm", "/end/anterior_height_mm"},
      {"middle_height_mm", "/end/middle_height_mm"},
      {"posterior_height_mm", "/end/posterior_height_mm"},
      {"wedge_angle_deg", "/end/wedge_angle_deg"},
      {"anterior_gain_mm", "/gain/anterior_height_mm"},
      {"middle_gain_mm", "/gain/middle_height_mm"},
      {"posterior_gain_mm", "/gain/posterior_height_mm"},
      {"wedge_change_deg", "/gain/wedge_angle_deg"},
      {"restored_fraction", "/restored_fraction"},
      {"restored_middle_fraction", "/restored_middle_fraction"},
      {"lost_on_deflation_fraction", "/restoration/lost_on_deflation_fraction"},
      {"balloon_volume_ml", "/lift/volume_ml"},
      {"balloon_pressure_mpa", "/lift/highest_pressure_mpa"},
      {"cement_injected_ml", "/cement/injected_ml"},
      {"cement_leaked_ml", "/cement/leaked_ml"},
      {"stiffness_n_per_mm", "/strength/at_the_end/stiffness_n_per_mm"},
      {"failure_load_n", "/strength/at_the_end/failure_load_n"},
      {"yield_load_n", "/strength/at_the_end/yield_load_n"},
      {"stiffness_of_intact", "/strength/of_intact/stiffness"},
      {"failure_load_of_intact", "/strength/of_intact/failure_load"},
      {"wall_s", "/cost/wall_s"},
      {"reason", "/reason"}};
  std::string out;
  const auto add = [&](const std::string& text, bool first, const char* before_first) {
    out += first ? before_first : ",";
    out += text;
  };
  for (const auto& column : columns) add(column.first, &column == &columns.front(), "");
  for (const Json& arm : all.at("arms"))
    for (const auto& column : columns) add(cell(at(arm, column.second)), &column == &columns.front(), "\n");
  return out + "\n";
}

std::string figure(const Json& value, int digits, double factor = 1) {
  return value.is_number() ? fmt::format("{:.{}f}", factor * value.get<double>(), digits) : "-";
}

std::string table_row(const std::string& name, std::size_t width, const std::vector<std::string>& figures) {
  std::string row = fmt::format("  {:<{}}", name, width);
  for (const std::string& text : figures) row += fmt::format(" {:>9}", text);
  return row + "\n";
}

std::string table_of(const Json& all) {
  std::size_t width = 24;
  for (const Json& arm : all.at("arms")) width = std::max(width, arm.at("name").get<std::string>().size());
  std::string out =
      table_row("arm", width, {"anterior", "middle", "wedge", "restored", "stiffness", "strength", "cement"});
  out += table_row("", width, {"gain mm", "gain mm", "deg", "%", "% intact", "% intact", "mL"});
  const Json& common = all.at("common");
  const auto tested = [&](const Json& measured, const char* key) {
    return figure(at(measured, std::string("/") + key), 0, 100);
  };
  out += table_row("intact", width,
                   {"-", "-", figure(at(common, "/stations/intact/wedge_angle_deg"), 1), "-", "100", "100", "-"});
  const std::string reference = at(all, "/reference/station");
  out += table_row("fractured (" + reference + ")", width,
                   {"0.00", "0.00", figure(at(all, "/reference/wedge_angle_deg"), 1), "0",
                    tested(common.at("fractured_of_intact"), "stiffness"),
                    tested(common.at("fractured_of_intact"), "failure_load"), "-"});
  for (const Json& arm : all.at("arms")) {
    if (arm.at("exit_code") != 0) {
      out += fmt::format("  {:<{}} exit code {}: {}\n", arm.at("name").get<std::string>(), width,
                         arm.at("exit_code").get<int>(), arm.at("reason").get<std::string>());
      continue;
    }
    const Json of_intact = at(arm, "/strength/of_intact");
    out += table_row(arm.at("name"), width,
                     {figure(at(arm, "/gain/anterior_height_mm"), 2), figure(at(arm, "/gain/middle_height_mm"), 2),
                      figure(at(arm, "/end/wedge_angle_deg"), 1), figure(arm.at("restored_fraction"), 0, 100),
                      tested(of_intact, "stiffness"), tested(of_intact, "failure_load"),
                      figure(at(arm, "/cement/injected_ml"), 1)});
  }
  return out;
}

} // namespace

ComparisonResults results_of(const Comparison& comparison, const fs::path& dir, const RunEnding& common,
                             const std::vector<RunEnding>& arms) {
  const Json measures = measures_in(dir / "common");
  const std::string reference = comparison.reference_station();
  const Json strength = strength_json(measures);
  Json all{{"title", comparison.title},
           {"version", version()},
           {"file", comparison.file.filename().string()},
           {"case", comparison.common.file.filename().string()},
           {"reference", named(reference, at(measures, "/stations/" + reference))},
           {"common",
            {{"folder", "common"},
             {"stages", stages_json(comparison.common, 0)},
             {"exit_code", common.exit_code},
             {"reason", common.reason},
             {"stations", at(measures, "/stations")},
             {"fracture", at(measures, "/fracture")},
             {"strength", at(measures, "/strength")},
             {"fractured_of_intact", measures.contains("strength") && !at(measures, "/strength/fractured").is_null()
                                         ? at(strength, "/of_intact")
                                         : Json::object()},
             {"cost", cost_json(measures, 0)},
             {"warnings", at(measures, "/warnings")}}},
           {"arms", Json::array()},
           {"notes", comparison.notes}};
  for (std::size_t k = 0; k < arms.size(); ++k)
    all["arms"].push_back(arm_json(comparison.arms[k], comparison, dir, arms[k], measures));
  return {all.dump(2) + "\n", csv_of(all), table_of(all)};
}

} // namespace kypho

#include "scenarios/measures_json.hpp"
#include "mesh/anatomy.hpp"
#include "scenarios/digest.hpp"
#include <CLI/Version.hpp>
#include <algorithm>
#include <fmt/core.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <spdlog/version.h>
#include <toml++/toml.h>

namespace kypho {
namespace {

using Json = nlohmann::ordered_json;

Json stage_cost_json(const StageCost& s) {
  return {{"stage", s.stage},
          {"ordinal", s.ordinal},
          {"wall_s", s.wall_s},
          {"linear_s", s.linear_s},
          {"assembly_s", s.assembly_s},
          {"newton_iterations", s.newton_iterations},
          {"krylov_iterations", s.krylov_iterations},
          {"increments", s.increments},
          {"cutbacks", s.cutbacks},
          {"rescued", s.rescued},
          {"explicit_steps", s.explicit_steps}};
}

Json cost_json(const RunCost& run, const Scenario& scenario) {
  Json stages = Json::array();
  for (const StageCost& stage : run.stages) stages.push_back(stage_cost_json(stage));
  return {{"dof", run.dof},
          {"nodes", run.nodes},
          {"elements", run.elements},
          {"threads", run.threads},
          {"wall_s", run.wall_s},
          {"peak_memory_mb", run.peak_memory_mb},
          {"newton_iterations", run.newton_iterations},
          {"cutbacks", run.cutbacks},
          {"explicit_steps", run.explicit_steps},
          {"stages", stages},
          {"version", version()},
          {"scenario_sha256", scenario.sha256}};
}

Json station_json(const Station& s) {
  return {{"anterior_height_mm", s.anterior_height_mm},
          {"middle_height_mm", s.middle_height_mm},
          {"posterior_height_mm", s.posterior_height_mm},
          {"wedge_angle_deg", s.wedge_angle_deg},
          {"axial_load_n", s.axial_load_n}};
}

Json maybe(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json energy_json(const EnergyMeasure& e) {
  return {{"phase", e.phase},
          {"work_mj", e.work_mj},
          {"stored_mj", e.stored_mj},
          {"dissipated_mj", e.dissipated_mj},
          {"damping_mj", e.damping_mj},
          {"kinetic_mj", e.kinetic_mj},
          {"balance_error", e.balance_error},
          {"hold_drift", maybe(e.hold_drift)}};
}

Json rest_json(const RestMeasure& r) {
  Json energy = Json::array();
  for (const EnergyMeasure& e : r.energy) energy.push_back(energy_json(e));
  return {{"stage", r.stage},
          {"ordinal", r.ordinal},
          {"imbalance", maybe(r.imbalance)},
          {"top_to_bottom", r.top_to_bottom},
          {"energy", energy}};
}

Json balloon_json(const BalloonMeasure& b) {
  return {{"device", b.device},
          {"side", b.side},
          {"volume_ml", b.volume_ml},
          {"pressure_mpa", b.pressure_mpa},
          {"peak_pressure_mpa", b.peak_pressure_mpa},
          {"stopped_by", b.stopped_by},
          {"stop_detail", b.stop_detail},
          {"seated_ml", maybe(b.seated_ml)},
          {"push_up_n", b.push_up_n},
          {"length_mm", b.length_mm},
          {"width_mm", b.width_mm},
          {"height_mm", b.height_mm},
          {"bone_left_mm", b.bone_left_mm}};
}

Json inflation_json(const InflationMeasure& i) {
  return {{"fluid_mj", i.fluid_mj},
          {"membrane_mj", i.membrane_mj},
          {"lifted_mj", i.lifted_mj},
          {"elastic_mj", maybe(i.elastic_mj)},
          {"plastic_mj", maybe(i.plastic_mj)},
          {"compaction_thickness_mm", i.compaction_thickness_mm},
          {"compaction_density_ratio", i.compaction_density_ratio},
          {"compaction_density_mg_cm3", i.compaction_density_mg_cm3},
          {"breaches_mm2", i.breaches_mm2}};
}

Json expander_json(const ExpanderMeasure& e) {
  return {{"device", e.device},
          {"side", e.side},
          {"height_mm", e.height_mm},
          {"force_n", e.force_n},
          {"stopped_by", e.stopped_by},
          {"stop_detail", e.stop_detail},
          {"bone_left_mm", e.bone_left_mm}};
}

Json cement_json(const CementMeasure& c) {
  return {{"injected_ml", c.injected_ml},
          {"in_cavity_ml", c.in_cavity_ml},
          {"permeated_ml", c.permeated_ml},
          {"leaked_ml", c.leaked_ml},
          {"leaks", c.leaks},
          {"min_conversion", maybe(c.min_conversion)},
          {"setting_time_min", maybe(c.setting_time_min)},
          {"peak_temperature_c", c.peak_temperature_c},
          {"cem43_max_min", maybe(c.cem43_max_min)}};
}

/// Stations and tests in the order of the procedure; others behind, by name.
template <class T, class ToJson>
Json in_order(const std::map<std::string, T>& values, const std::vector<std::string>& order, ToJson&& to_json) {
  Json out = Json::object();
  for (const std::string& name : order)
    if (const auto it = values.find(name); it != values.end()) out[name] = to_json(it->second);
  for (const auto& [name, value] : values)
    if (!out.contains(name)) out[name] = to_json(value);
  return out;
}

Json library_versions() {
  return {{"eigen", fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
          {"cgal", KYPHOSIM_CGAL_VERSION},
          {"vtk", KYPHOSIM_VTK_VERSION},
          {"cli11", CLI11_VERSION},
          {"hdf5", KYPHOSIM_HDF5_VERSION},
          {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
          {"nlohmann_json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                                        NLOHMANN_JSON_VERSION_PATCH)},
          {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
          {"spdlog", fmt::format("{}.{}.{}", SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH)},
          {"tomlplusplus", fmt::format("{}.{}.{}", TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH)}};
}

Json inputs_json(const Scenario& scenario) {
  Json inputs = Json::array();
  for (const InputFile& file : input_files(scenario))
    inputs.push_back({{"key", file.key}, {"file", file.name}, {"sha256", file.sha256}});
  return inputs;
}

Json output_files(const std::filesystem::path& run_dir) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(run_dir))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  Json outputs = Json::array();
  for (const fs::path& file : files) {
    const std::string name = file.lexically_relative(run_dir).generic_string();
    // The log still grows, and a manifest cannot hold its own hash.
    if (name == "log.txt" || name == "manifest.json") continue;
    outputs.push_back({{"file", name}, {"bytes", fs::file_size(file)}, {"sha256", sha256_of_file(file)}});
  }
  return outputs;
}

} // namespace

const char* version() { return KYPHOSIM_VERSION; }

std::vector<InputFile> input_files(const Scenario& scenario) {
  std::vector<InputFile> files;
  for (const ParamSpec& spec : anatomy_specs())
    if (spec.kind == ParamKind::path && scenario.anatomy.has(spec.name)) {
      const std::filesystem::path file = scenario.anatomy.text(spec.name);
      files.push_back({"anatomy." + spec.name, file.filename().string(), sha256_of_file(file)});
    }
  return files;
}

std::string measures_json(const Measures& m, const Scenario& scenario) {
  Json balloons = Json::array(), curve = Json::array(), inflations = Json::array();
  for (const BalloonMeasure& b : m.balloons) balloons.push_back(balloon_json(b));
  for (const InflationMeasure& i : m.inflations) inflations.push_back(inflation_json(i));
  for (const PressureVolumePoint& p : m.pressure_volume)
    curve.push_back({{"side", p.side},
                     {"volume_ml", p.volume_ml},
                     {"pressure_mpa", p.pressure_mpa},
                     {"peak_pressure_mpa", p.peak_pressure_mpa}});
  Json expanders = Json::array(), opening = Json::array();
  for (const ExpanderMeasure& e : m.expanders) expanders.push_back(expander_json(e));
  for (const ForceOpeningPoint& p : m.force_opening)
    opening.push_back({{"side", p.side}, {"height_mm", p.height_mm}, {"force_n", p.force_n}});
  Json rests = Json::array();
  for (const RestMeasure& r : m.rests) rests.push_back(rest_json(r));
  Json fracture, restoration, discretisation;
  if (m.discretisation)
    discretisation = {{"edge_length_mm", m.discretisation->edge_length_mm},
                      {"relative_error", m.discretisation->relative_error},
                      {"source", "docs/convergence.md"}};
  if (m.fracture)
    fracture = {{"peak_anterior_loss", m.fracture->peak_anterior_loss},
                {"residual_anterior_loss", m.fracture->residual_anterior_loss},
                {"peak_middle_loss", m.fracture->peak_middle_loss},
                {"residual_middle_loss", m.fracture->residual_middle_loss}};
  if (m.restoration)
    restoration = {{"reference", m.restoration->reference},
                   {"state", m.restoration->state},
                   {"restored_fraction", maybe(m.restoration->restored_fraction)},
                   {"lost_on_deflation_fraction", m.restoration->lost_on_deflation_fraction},
                   {"restored_middle_fraction", maybe(m.restoration->restored_middle_fraction)},
                   {"lost_middle_on_deflation_fraction", m.restoration->lost_middle_on_deflation_fraction}};
  Json all{{"run", cost_json(m.run, scenario)},
           {"stations",
            in_order(m.stations, {"intact", "fractured", "prone", "inflated", "deflated", "treated"}, station_json)},
           {"fracture", fracture},
           {"restoration", restoration},
           {"balloons", balloons},
           {"pressure_volume", curve},
           {"inflations", inflations},
           {"cement", m.cement ? cement_json(*m.cement) : Json()},
           {"strength", in_order(m.strength, {"intact", "fractured", "treated"},
                                 [](const Strength& s) {
                                   return Json{{"stiffness_n_per_mm", s.stiffness_n_per_mm},
                                               {"failure_load_n", s.failure_load_n},
                                               {"yield_load_n", s.yield_load_n}};
                                 })},
           {"rests", rests},
           {"discretisation", discretisation},
           {"warnings", m.warnings}};
  for (const RemeshMeasure& r : m.remeshings)
    all["remeshings"].push_back({{"stage", r.stage},
                                 {"ordinal", r.ordinal},
                                 {"mass_error", r.mass_error},
                                 {"stored_before_mj", r.stored_before_mj},
                                 {"stored_after_mj", r.stored_after_mj}});
  for (const CuretteMeasure& c : m.curettes)
    all["curettes"].push_back({{"device", c.device}, {"side", c.side}, {"cut_ml", c.cut_ml}});
  if (!m.expanders.empty()) {
    all["expanders"] = expanders;
    all["force_opening"] = opening;
  }
  if (!m.solved_otherwise.empty()) all["solved_otherwise"] = m.solved_otherwise;
  return all.dump(2) + "\n";
}

std::string manifest_json(const Scenario& scenario, const std::filesystem::path& run_dir, const std::string& ending) {
  const Json all{
      {"program", "kyphosim"},
      {"version", version()},
      {"ending", ending},
      {"scenario",
       {{"title", scenario.title}, {"file", scenario.file.filename().string()}, {"sha256", scenario.sha256}}},
      {"inputs", inputs_json(scenario)},
      {"outputs", output_files(run_dir)},
      {"compiler", __VERSION__},
      {"libraries", library_versions()}};
  return all.dump(2) + "\n";
}

bool is_complete(const std::filesystem::path& run_dir, const Scenario& scenario) {
  std::ifstream stream(run_dir / "manifest.json");
  const Json manifest = Json::parse(stream, nullptr, false);
  return manifest.is_object() && manifest.value("version", "") == version() &&
         manifest.value("ending", "") == "complete" &&
         manifest.value("/scenario/sha256"_json_pointer, "") == scenario.sha256 &&
         manifest.value("inputs", Json()) == inputs_json(scenario);
}

} // namespace kypho

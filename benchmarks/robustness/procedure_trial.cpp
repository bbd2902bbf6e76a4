#include "benchmarks/robustness/procedure_trial.hpp"

#include "core/base/errors.hpp"
#include "core/fem/tet_mesh.hpp"
#include "scenarios/checkpoint.hpp"

#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

namespace kypho::robustness {
namespace {

using Json = nlohmann::json;

constexpr int after_posture = 2, after_access = 3;

/// A number that is not finite is written as null. @return place of the first one, empty if there is none
std::string not_finite(const Json& value, const std::string& place) {
  if (value.is_null()) return place;
  if (value.is_number() && !std::isfinite(value.get<double>())) return place;
  if (!value.is_structured()) return "";
  for (const auto& [key, inner] : value.items())
    if (const std::string found = not_finite(inner, place + "/" + key); !found.empty()) return found;
  return "";
}

/// Mesh and unknowns of a checkpoint, without the laws.
struct Shape {
  TetMesh mesh;
  VectorX u;
  explicit Shape(const State& tables) {
    const auto& nodes = std::get<Rows<double>>(tables.at("model/mesh/nodes")).values;
    const auto& tets = std::get<Rows<std::int64_t>>(tables.at("model/mesh/tets")).values;
    const auto& regions = std::get<Rows<std::int64_t>>(tables.at("model/mesh/region")).values;
    const auto& unknowns = std::get<Rows<double>>(tables.at("model/state/unknowns")).values;
    for (std::size_t n = 0; n + 2 < nodes.size(); n += 3) mesh.nodes.emplace_back(nodes[n], nodes[n + 1], nodes[n + 2]);
    for (std::size_t t = 0; t + 3 < tets.size(); t += 4)
      mesh.tets.push_back({static_cast<int>(tets[t]), static_cast<int>(tets[t + 1]), static_cast<int>(tets[t + 2]),
                           static_cast<int>(tets[t + 3])});
    for (const std::int64_t region : regions) mesh.region.push_back(static_cast<Region>(region));
    u = Eigen::Map<const VectorX>(unknowns.data(), static_cast<Eigen::Index>(unknowns.size()));
  }
  double present_volume(std::size_t t) const {
    Vec3 x[4];
    for (int c = 0; c < 4; ++c) x[c] = mesh.nodes[mesh.tets[t][c]] + u.segment<3>(3 * mesh.tets[t][c]);
    return tet_volume(x[0], x[1], x[2], x[3]);
  }
  std::map<Region, double> present_volumes() const {
    std::map<Region, double> sum;
    for (std::size_t t = 0; t < mesh.tets.size(); ++t) sum[mesh.region[t]] += present_volume(t);
    return sum;
  }
  double least_volume_ratio() const {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
      const auto& [a, b, c, d] = mesh.tets[t];
      const auto& X = mesh.nodes;
      const double ratio = present_volume(t) / tet_volume(X[a], X[b], X[c], X[d]);
      if (!(ratio >= least)) least = ratio; // NaN too
    }
    return least;
  }
};

/// @return what is wrong; empty if nothing
std::string look_at_meshes(ProcedureTrial& trial, const std::filesystem::path& dir) {
  const Scenario scenario = Scenario::read(procedure_file(trial.drawn), trial.drawn.overrides);
  Checkpoints checkpoints(dir, scenario);
  const Shape before(checkpoints.read(after_posture).tables()), meshed(checkpoints.read(after_access).tables()),
      end(checkpoints.read(static_cast<int>(scenario.stages.size())).tables());
  trial.elements = static_cast<int>(end.mesh.tets.size());
  trial.least_volume_ratio = end.least_volume_ratio();
  if (!end.u.allFinite()) return "unknowns that are not finite";
  if (!(trial.least_volume_ratio > 0)) return fmt::format("inverted element, {:.2g}", trial.least_volume_ratio);
  auto left = meshed.present_volumes();
  for (const auto& [region, volume] : before.present_volumes()) {
    const double lost = 1 - left[region] / volume;
    if (region == Region::body) trial.bone_lost = lost;
    // A channel of 3.8 mm takes 2 % of the smallest body; half of the pedicles is what two of them take.
    if (lost > (region == Region::body ? 0.08 : 0.5))
      return fmt::format("region {} lost {:.0f} % of its volume in meshing anew", static_cast<int>(region), 100 * lost);
  }
  return "";
}

std::string look_at_figures(ProcedureTrial& trial, const Json& measures) {
  for (const char* part : {"stations", "fracture", "restoration", "balloons", "pressure_volume"}) {
    if (!measures.contains(part)) return std::string("no ") + part;
    if (const std::string place = not_finite(measures[part], part); !place.empty()) return "not finite: " + place;
  }
  for (const char* part : {"expanders", "force_opening", "curettes"})
    if (measures.contains(part))
      if (const std::string place = not_finite(measures[part], part); !place.empty()) return "not finite: " + place;
  for (const char* station : {"intact", "fractured", "inflated", "deflated"}) {
    if (!measures["stations"].contains(station)) return std::string("no station ") + station;
    for (const char* height : {"anterior_height_mm", "middle_height_mm", "posterior_height_mm"})
      if (!(measures["stations"][station][height].get<double>() > 0)) return std::string("no height when ") + station;
  }
  for (const Json& balloon : measures["balloons"]) {
    if (balloon["pressure_mpa"] < trial.pressure_mpa) continue;
    trial.pressure_mpa = balloon["pressure_mpa"];
    trial.volume_ml = balloon["volume_ml"];
  }
  trial.restored = measures["restoration"]["restored_fraction"];
  return "";
}

Json read_measures(const std::filesystem::path& dir) {
  std::ifstream stream(dir / "measures.json");
  return stream ? Json::parse(stream, nullptr, false) : Json();
}

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of("\n ");
  if (end == std::string::npos) return "";
  const auto begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? -1 : begin));
}

} // namespace

const char* name_of(Ending ending) {
  switch (ending) {
  case Ending::completed: return "completed";
  case Ending::gave_up: return "gave up";
  case Ending::refused: return "refused";
  case Ending::defect: return "defect";
  }
  return "";
}

ProcedureTrial read_trial(const DrawnProcedure& drawn, const std::filesystem::path& dir, const std::string& errors,
                          int exit_code) {
  ProcedureTrial trial;
  trial.drawn = drawn;
  trial.exit_code = exit_code;
  const Json measures = read_measures(dir);
  if (measures.is_object() && measures.contains("warnings")) trial.warnings = measures["warnings"];
  if (exit_code != 0) {
    trial.reason = last_line(errors);
    if (measures.is_object() && !measures["run"]["stages"].empty())
      trial.stage = measures["run"]["stages"].back()["stage"];
    if (exit_code == 3 && !trial.reason.empty()) trial.ending = Ending::gave_up;
    if (exit_code == 2 && trial.reason.find("stage.access") != std::string::npos) trial.ending = Ending::refused;
    return trial;
  }
  if (!measures.is_object()) {
    trial.reason = "no measures.json";
    return trial;
  }
  try {
    trial.reason = look_at_figures(trial, measures);
    if (trial.reason.empty()) trial.reason = look_at_meshes(trial, dir);
  } catch (const std::exception& error) {
    trial.reason = std::string("unreadable result: ") + error.what();
  }
  if (trial.reason.empty()) trial.ending = Ending::completed;
  return trial;
}

} // namespace kypho::robustness

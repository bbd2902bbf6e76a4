#include "viz/run_folder.hpp"
#include "core/base/errors.hpp"
#include "viz/files.hpp"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

namespace fs = std::filesystem;
using nlohmann::json;

namespace kypho {
namespace {

json read_json(const fs::path& path) {
  try {
    return json::parse(read_whole_file(path));
  } catch (const json::exception& error) {
    throw InputError(fmt::format("'{}' is no valid JSON: {}", path.string(), error.what()));
  }
}

std::vector<FieldInfo> fields_of(const json& list) {
  std::vector<FieldInfo> fields;
  for (const auto& f : list) fields.push_back({f.at("name"), f.at("unit"), f.at("components")});
  return fields;
}

/// JSON has no NaN: a scalar that was not a number is null.
std::map<std::string, double> numbers_of(const json& object) {
  std::map<std::string, double> numbers;
  for (const auto& [key, value] : object.items())
    if (value.is_number()) numbers[key] = value.get<double>();
  return numbers;
}

double number(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number() ? it->get<double>() : 0.0;
}

std::optional<double> maybe(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number() ? std::optional<double>(it->get<double>()) : std::nullopt;
}

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> cells;
  while (true) {
    const std::size_t comma = line.find(',');
    cells.emplace_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

/// NaN for an empty or unreadable cell; the flag tells whether the cell may stand in a column of numbers.
std::pair<double, bool> cell_number(const std::string& cell) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (cell.empty() || cell == "nan" || cell == "-nan") return {nan, true};
  double value = 0;
  const char* end = cell.data() + cell.size();
  const auto [stop, error] = std::from_chars(cell.data(), end, value);
  return error == std::errc() && stop == end ? std::pair{value, true} : std::pair{nan, false};
}

CementMeasure cement_of(const json& j) {
  CementMeasure c;
  c.injected_ml = number(j, "injected_ml");
  c.in_cavity_ml = number(j, "in_cavity_ml");
  c.permeated_ml = number(j, "permeated_ml");
  c.leaked_ml = number(j, "leaked_ml");
  if (j.contains("leaks")) c.leaks = numbers_of(j.at("leaks"));
  c.min_conversion = maybe(j, "min_conversion");
  c.setting_time_min = maybe(j, "setting_time_min");
  c.cem43_max_min = maybe(j, "cem43_max_min");
  if (j.contains("peak_temperature_c")) c.peak_temperature_c = numbers_of(j.at("peak_temperature_c"));
  return c;
}

RunCost cost_of(const json& j) {
  RunCost cost;
  cost.dof = static_cast<int>(number(j, "dof"));
  cost.nodes = static_cast<int>(number(j, "nodes"));
  cost.elements = static_cast<int>(number(j, "elements"));
  cost.threads = static_cast<int>(number(j, "threads"));
  cost.wall_s = number(j, "wall_s");
  cost.peak_memory_mb = number(j, "peak_memory_mb");
  cost.newton_iterations = static_cast<long>(number(j, "newton_iterations"));
  cost.cutbacks = static_cast<long>(number(j, "cutbacks"));
  cost.explicit_steps = static_cast<long>(number(j, "explicit_steps"));
  return cost;
}

Measures measures_of(const json& j) {
  const json none = json::object(), empty = json::array();
  const auto part = [&](const char* key, const json& otherwise) -> const json& {
    const auto it = j.find(key);
    return it == j.end() || it->is_null() ? otherwise : *it;
  };
  Measures m;
  m.run = cost_of(part("run", none));
  for (const auto& [name, s] : part("stations", none).items())
    m.stations[name] = {number(s, "anterior_height_mm"), number(s, "middle_height_mm"),
                        number(s, "posterior_height_mm"), number(s, "wedge_angle_deg"), number(s, "axial_load_n")};
  if (const json& f = part("fracture", none); !f.empty())
    m.fracture = FractureMeasure{number(f, "peak_anterior_loss"), number(f, "residual_anterior_loss"),
                                 number(f, "peak_middle_loss"), number(f, "residual_middle_loss")};
  if (const json& r = part("restoration", none); !r.empty())
    m.restoration = RestorationMeasure{r.value("reference", ""),
                                       r.value("state", ""),
                                       number(r, "lost_on_deflation_fraction"),
                                       number(r, "lost_middle_on_deflation_fraction"),
                                       maybe(r, "restored_fraction"),
                                       maybe(r, "restored_middle_fraction")};
  for (const auto& b : part("balloons", empty))
    m.balloons.push_back({b.value("device", ""), b.value("side", ""), number(b, "volume_ml"), number(b, "pressure_mpa"),
                          number(b, "peak_pressure_mpa"), b.value("stopped_by", ""), b.value("stop_detail", ""),
                          maybe(b, "seated_ml"), number(b, "push_up_n"), number(b, "length_mm"), number(b, "width_mm"),
                          number(b, "height_mm"), b.value("bone_left_mm", std::map<std::string, double>{})});
  for (const auto& e : part("expanders", empty))
    m.expanders.push_back({e.value("device", ""), e.value("side", ""), number(e, "height_mm"), number(e, "force_n"),
                           e.value("stopped_by", ""), e.value("stop_detail", ""),
                           e.value("bone_left_mm", std::map<std::string, double>{})});
  for (const auto& r : part("remeshings", empty))
    m.remeshings.push_back({r.value("stage", ""), r.value("ordinal", 1), number(r, "mass_error"),
                            number(r, "stored_before_mj"), number(r, "stored_after_mj")});
  for (const auto& c : part("curettes", empty))
    m.curettes.push_back({c.value("device", ""), c.value("side", ""), number(c, "cut_ml")});
  for (const auto& p : part("force_opening", empty))
    m.force_opening.push_back({p.value("side", ""), number(p, "height_mm"), number(p, "force_n")});
  for (const auto& i : part("inflations", empty))
    m.inflations.push_back({number(i, "fluid_mj"), number(i, "membrane_mj"), number(i, "lifted_mj"),
                            maybe(i, "elastic_mj"), maybe(i, "plastic_mj"), number(i, "compaction_thickness_mm"),
                            number(i, "compaction_density_ratio"), number(i, "compaction_density_mg_cm3"),
                            i.value("breaches_mm2", std::map<std::string, double>{})});
  for (const auto& p : part("pressure_volume", empty))
    m.pressure_volume.push_back(
        {p.value("side", ""), number(p, "volume_ml"), number(p, "pressure_mpa"), number(p, "peak_pressure_mpa")});
  if (const json& c = part("cement", none); !c.empty()) m.cement = cement_of(c);
  for (const auto& [name, s] : part("strength", none).items())
    m.strength[name] = {number(s, "stiffness_n_per_mm"), number(s, "failure_load_n"), number(s, "yield_load_n")};
  for (const auto& r : part("rests", empty))
    m.rests.push_back({r.value("stage", ""), r.value("ordinal", 1), maybe(r, "imbalance"), number(r, "top_to_bottom")});
  for (const auto& w : part("warnings", empty)) m.warnings.push_back(w.get<std::string>());
  return m;
}

std::string kind_title(const std::string& kind) {
  static const std::map<std::string, std::string> titles = {
      {"fracture", "Fracture"}, {"posture", "Posture (prone)"},   {"access", "Access"},
      {"curette", "Curettage"}, {"inflate", "Balloon inflation"}, {"expand", "Expansion"},
      {"deflate", "Deflation"}, {"inject", "Cement injection"},   {"cure", "Cement cure"},
      {"load", "Load test"}};
  const auto it = titles.find(kind);
  return it == titles.end() ? kind : it->second;
}

} // namespace

std::string FieldInfo::array_name() const { return unit.empty() || unit == "1" ? name : name + " [" + unit + "]"; }

std::vector<FrameInfo> read_frames(const fs::path& run_dir) {
  const fs::path folder = run_dir / "frames", index = folder / "index.json";
  if (!fs::exists(index)) throw InputError("'" + run_dir.string() + "' holds no frames (no frames/index.json)");
  std::vector<FrameInfo> frames;
  try {
    const json document = read_json(index);
    for (const auto& f : document.at("frames")) {
      FrameInfo info;
      info.stage = f.at("stage");
      info.ordinal = f.at("ordinal");
      info.stage_index = f.at("stage_index");
      info.pseudo_time = number(f, "pseudo_time");
      info.last_of_stage = f.at("last_of_stage");
      info.volume = folder / f.at("volume").get<std::string>();
      info.surface = folder / f.at("surface").get<std::string>();
      info.node_fields = fields_of(f.at("node_fields"));
      info.tet_fields = fields_of(f.at("tet_fields"));
      info.facet_fields = fields_of(f.at("facet_fields"));
      info.scalars = numbers_of(f.at("scalars"));
      frames.push_back(std::move(info));
    }
  } catch (const json::exception& error) {
    throw InputError(fmt::format("'{}' is no list of frames: {}", index.string(), error.what()));
  }
  if (frames.empty()) throw InputError("'" + run_dir.string() + "' holds no frames yet");
  return frames;
}

const FrameInfo& find_stage_frame(const std::vector<FrameInfo>& frames, const std::string& stage) {
  if (stage == "first") return frames.front();
  if (stage == "last") return frames.back();
  const FrameInfo* found = nullptr;
  std::vector<std::string> names;
  for (const FrameInfo& f : frames) {
    const std::string addressed = fmt::format("{}[{}]", f.stage, f.ordinal);
    if (stage == f.stage || stage == addressed || stage == std::to_string(f.stage_index)) found = &f;
    if (std::find(names.begin(), names.end(), addressed) == names.end()) names.push_back(addressed);
  }
  if (!found) throw InputError(fmt::format("no stage '{}' in this run; there are: {}", stage, fmt::join(names, ", ")));
  return *found;
}

std::string stage_title(const std::vector<FrameInfo>& frames, const FrameInfo& frame) {
  const bool several = std::any_of(frames.begin(), frames.end(), [&](const FrameInfo& f) {
    return f.stage == frame.stage && f.ordinal != frame.ordinal;
  });
  return several ? fmt::format("{} {}", kind_title(frame.stage), frame.ordinal) : kind_title(frame.stage);
}

std::string stage_titles(const std::vector<FrameInfo>& frames) {
  std::string titles;
  std::set<int> seen;
  for (const FrameInfo& f : frames)
    if (seen.insert(f.stage_index).second) titles += (titles.empty() ? "" : " \u2192 ") + stage_title(frames, f);
  return titles;
}

Table read_table(const fs::path& csv) {
  const std::string text = read_whole_file(csv);
  std::vector<std::vector<std::string>> rows;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.empty()) rows.push_back(split(line));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  if (rows.empty()) throw InputError("'" + csv.string() + "' is empty");
  Table table;
  table.rows = rows.size() - 1;
  for (std::size_t c = 0; c < rows[0].size(); ++c) {
    std::vector<double> numbers;
    std::vector<std::string> texts;
    bool numeric = true;
    for (std::size_t r = 1; r < rows.size(); ++r) {
      const std::string cell = c < rows[r].size() ? rows[r][c] : "";
      const auto [value, fits] = cell_number(cell);
      numeric = numeric && fits;
      numbers.push_back(value);
      texts.push_back(cell);
    }
    if (numeric)
      table.numbers[rows[0][c]] = std::move(numbers);
    else
      table.texts[rows[0][c]] = std::move(texts);
  }
  return table;
}

Measures read_measures(const fs::path& run_dir) {
  const fs::path path = run_dir / "measures.json";
  if (!fs::exists(path)) throw InputError("'" + run_dir.string() + "' holds no measures.json");
  try {
    return measures_of(read_json(path));
  } catch (const json::exception& error) {
    throw InputError(fmt::format("'{}': {}", path.string(), error.what()));
  }
}

std::map<std::string, Vec3> read_landmarks(const fs::path& run_dir) {
  std::map<std::string, Vec3> points;
  const fs::path path = run_dir / "landmarks.json";
  if (!fs::exists(path)) return points;
  const json document = read_json(path);
  for (const auto& [name, p] : document.items())
    if (p.is_array() && p.size() == 3 && p[0].is_number() && p[1].is_number() && p[2].is_number())
      points[name] = Vec3(p[0], p[1], p[2]);
  return points;
}

} // namespace kypho

#include "viz/detail/figures.hpp"
#include "viz/scene.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace kypho::detail {
namespace {

using Figures = std::vector<Figure>;

const Station* station(const Measures& m, const char* name) {
  const auto found = m.stations.find(name);
  return found == m.stations.end() ? nullptr : &found->second;
}

void fracture_figures(const Measures& m, Figures& out) {
  if (!m.fracture) return;
  const auto& f = *m.fracture;
  const bool middle = f.deepest_in_the_middle();
  const std::string height = middle ? "middle height" : "anterior height";
  const double peak = middle ? f.peak_middle_loss : f.peak_anterior_loss;
  const double residual = middle ? f.residual_middle_loss : f.residual_anterior_loss;
  out.push_back({"Fracture", "fracture.peak_loss", "Peak loss of " + height,
                 "1 - " + height + " under the load that crushes / intact " + height, peak, "fraction"});
  out.push_back({"Fracture", "fracture.residual_loss", "Residual loss of " + height,
                 "1 - " + height + " after unloading / intact " + height, residual, "fraction"});
  if (peak > 0)
    out.push_back({"Fracture", "fracture.recovered", "Height taken back on unloading", "(peak - residual) / peak loss",
                   1 - residual / peak, "fraction"});
  if (const Station* intact = station(m, "intact"), *s = station(m, "fractured"); intact && s)
    out.push_back({"Fracture", "fracture.wedge", "Wedge angle of the fracture",
                   "change of the angle between the endplates, intact to fractured",
                   s->wedge_angle_deg - intact->wedge_angle_deg, "deg"});
}

std::string stop_text(const std::string& why, const std::string& detail) {
  if (why.empty()) return "";
  return "; stopped by: " + why + (detail.empty() ? "" : ", " + detail);
}

std::optional<std::pair<std::string, double>> nearest_wall(const std::map<std::string, double>& left) {
  const auto least =
      std::min_element(left.begin(), left.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (least == left.end()) return std::nullopt;
  return *least;
}

void balloon_figures(const Measures& m, Figures& out) {
  for (const BalloonMeasure& b : m.balloons) {
    const std::string who = b.device + (b.side.empty() ? "" : ", " + b.side);
    const std::string stop = stop_text(b.stopped_by, b.stop_detail);
    out.push_back({"Balloons", "balloon.volume", "Volume, " + who, "filled volume at the end of inflation" + stop,
                   b.volume_ml, "mL"});
    out.push_back({"Balloons", "balloon.pressure", "Pressure, " + who, "in the balloon at the end of inflation",
                   b.pressure_mpa, "MPa"});
    if (b.push_up_n > 0)
      out.push_back({"Balloons", "balloon.push_up", "Force towards the upper endplate, " + who,
                     "pressure on the area of the cavity seen from above", b.push_up_n, "N"});
    if (const auto near = nearest_wall(b.bone_left_mm))
      out.push_back({"Balloons", "balloon.bone_left", "Bone left, " + who, "to the nearest wall: " + near->first,
                     near->second, "mm"});
  }
  for (const ExpanderMeasure& e : m.expanders) {
    const std::string who = e.device + (e.side.empty() ? "" : ", " + e.side);
    out.push_back({"Expanders", "expander.height", "Opened height, " + who,
                   "of the device itself" + stop_text(e.stopped_by, e.stop_detail), e.height_mm, "mm"});
    out.push_back({"Expanders", "expander.force", "Force, " + who, "towards an endplate at the end of the opening",
                   e.force_n, "N"});
  }
}

void inflation_figures(const Measures& m, Figures& out) {
  for (const InflationMeasure& i : m.inflations) {
    const auto work = [&](const char* id, const char* name, const char* meaning, double value) {
      out.push_back({"Bone around the device", id, name, meaning, value, "mJ"});
    };
    out.push_back({"Bone around the device", "inflation.rim", "Thickness of the compaction zone",
                   "bone more than a tenth denser than before, within 6 mm, over the area of the cavities",
                   i.compaction_thickness_mm, "mm"});
    out.push_back({"Bone around the device", "inflation.rim_density", "Density of the compaction zone",
                   fmt::format("{:.2f} of that before", i.compaction_density_ratio), i.compaction_density_mg_cm3,
                   "mg/cm3"});
    if (i.fluid_mj > 0) {
      work("inflation.fluid", "Work of the fluid", "int p dV of all balloons", i.fluid_mj);
      work("inflation.membrane", "of it in the balloons' walls", "stored by their stretch", i.membrane_mj);
      work("inflation.lifted", "of it in what was lifted", "preload times rise", i.lifted_mj);
    }
    if (i.elastic_mj) work("inflation.elastic", "stored in the bone", "elastic", *i.elastic_mj);
    if (i.plastic_mj) work("inflation.plastic", "dissipated by the bone", "crushed, torn, damaged", *i.plastic_mj);
  }
}

void restoration_figures(const Measures& m, Figures& out) {
  if (m.restoration) {
    const auto& r = *m.restoration;
    if (r.restored_fraction)
      out.push_back({"Restoration", "restoration.restored", "Restored fraction of lost anterior height",
                     "part of the lost height that the " + r.state + " vertebra has again; reference: " + r.reference,
                     *r.restored_fraction, "fraction"});
    if (r.restored_middle_fraction)
      out.push_back({"Restoration", "restoration.restored_middle", "Restored fraction of lost middle height",
                     "the same at the middle of the body", *r.restored_middle_fraction, "fraction"});
    out.push_back({"Restoration", "restoration.lost", "Lost on deflation",
                   "part of the height gained by inflation that is lost when the balloon is emptied",
                   r.lost_on_deflation_fraction, "fraction"});
    out.push_back({"Restoration", "restoration.lost_middle", "Lost on deflation, middle height",
                   "the same at the middle of the body", r.lost_middle_on_deflation_fraction, "fraction"});
  }
  const Station *before = station(m, "fractured"), *after = station(m, "treated");
  if (!before || !after) return;
  out.push_back({"Restoration", "restoration.anterior_gain", "Gain of anterior height", "treated - fractured",
                 after->anterior_height_mm - before->anterior_height_mm, "mm"});
  out.push_back({"Restoration", "restoration.middle_gain", "Gain of middle height", "treated - fractured",
                 after->middle_height_mm - before->middle_height_mm, "mm"});
  out.push_back({"Restoration", "restoration.wedge_change", "Change of the wedge angle", "treated - fractured",
                 after->wedge_angle_deg - before->wedge_angle_deg, "deg"});
}

void cement_figures(const Measures& m, Figures& out) {
  if (!m.cement) return;
  const CementMeasure& c = *m.cement;
  const std::string g = "Cement";
  out.push_back({g, "cement.injected", "Injected", "volume that left the cannulae", c.injected_ml, "mL"});
  out.push_back({g, "cement.in_cavity", "In the cavities", "", c.in_cavity_ml, "mL"});
  out.push_back(
      {g, "cement.permeated", "In the pores", "cement in the pores of bone round the cavities", c.permeated_ml, "mL"});
  out.push_back({g, "cement.leaked", "Leaked", "left the vertebra", c.leaked_ml, "mL"});
  for (const auto& [path, volume] : c.leaks)
    out.push_back({g, "", "Leaked: " + field_title(path), "by this path", volume, "mL"});
  if (c.setting_time_min)
    out.push_back(
        {g, "cement.setting_time", "Setting time", "from mixing until the cement is set", *c.setting_time_min, "min"});
  if (c.min_conversion)
    out.push_back({g, "cement.conversion", "Conversion", "smallest share of monomer that has reacted, anywhere",
                   *c.min_conversion, "fraction"});
  for (const auto& [where, value] : c.peak_temperature_c)
    out.push_back({g, "cement." + where + "_temperature", "Peak temperature: " + field_title(where),
                   "over place and time", value, "degC"});
  if (c.cem43_max_min)
    out.push_back({g, "cement.cem43", "Thermal dose in bone", "largest CEM43, minutes at 43 \u00b0C of the same effect",
                   *c.cem43_max_min, "min"});
}

void strength_figures(const Measures& m, Figures& out) {
  for (const char* state : {"intact", "fractured", "treated"}) {
    const auto s = m.strength.find(state);
    if (s == m.strength.end()) continue;
    out.push_back({"Strength", fmt::format("strength.{}_stiffness", state), fmt::format("Stiffness, {}", state),
                   "slope of force over platen displacement in the load test", s->second.stiffness_n_per_mm, "N/mm"});
    out.push_back({"Strength", fmt::format("strength.{}_load", state), fmt::format("Failure load, {}", state),
                   "largest force of the load test", s->second.failure_load_n, "N"});
    out.push_back({"Strength", fmt::format("strength.{}_yield", state), fmt::format("Yield load, {}", state),
                   "where the curve leaves its straight part by 0.2 % of the height", s->second.yield_load_n, "N"});
  }
  const auto before = m.strength.find("intact"), after = m.strength.find("treated");
  if (before == m.strength.end() || after == m.strength.end() || before->second.stiffness_n_per_mm <= 0) return;
  out.push_back({"Strength", "strength.stiffness_ratio", "Stiffness, treated to intact", "ratio of the two",
                 after->second.stiffness_n_per_mm / before->second.stiffness_n_per_mm, "1"});
}

} // namespace

std::string Figure::shown() const {
  if (unit == "fraction") return fmt::format("{:.1f} %", 100 * value);
  if (unit == "MPa") return fmt::format("{:.2f} MPa ({:.0f} psi)", value, value * 145.0377);
  if (unit == "deg") return fmt::format("{:.1f}\u00b0", value);
  if (unit == "degC") return fmt::format("{:.1f} \u00b0C", value);
  if (unit == "N/mm" || unit == "N") return fmt::format("{:.0f} {}", value, unit);
  if (unit == "1") return fmt::format("{:.2f}", value);
  if (std::abs(value) >= 1000) return fmt::format("over 1000 {}", unit);
  return fmt::format("{:.2f} {}", value, unit);
}

std::vector<Figure> figures_of(const Measures& measures) {
  Figures figures;
  fracture_figures(measures, figures);
  balloon_figures(measures, figures);
  inflation_figures(measures, figures);
  restoration_figures(measures, figures);
  cement_figures(measures, figures);
  strength_figures(measures, figures);
  return figures;
}

} // namespace kypho::detail

#include "scenarios/summary.hpp"
#include "core/base/units.hpp"
#include <array>
#include <fmt/format.h>

namespace kypho {
namespace {

constexpr std::array stations{"intact", "fractured", "prone", "inflated", "deflated", "treated"};

std::string station_line(const std::string& name, const Station& s) {
  return fmt::format("  {:<10} {:>8.2f} {:>8.2f} {:>9.2f} {:>8.2f} {:>8.0f}\n", name, s.anterior_height_mm,
                     s.middle_height_mm, s.posterior_height_mm, s.wedge_angle_deg, s.axial_load_n);
}

std::string station_table(const Measures& m) {
  std::string out = fmt::format("  {:<10} {:>8} {:>8} {:>9} {:>8} {:>8}\n", "station", "anterior", "middle",
                                "posterior", "wedge", "load");
  out += fmt::format("  {:<10} {:>8} {:>8} {:>9} {:>8} {:>8}\n", "", "mm", "mm", "mm", "deg", "N");
  std::map<std::string, Station> others = m.stations;
  for (const char* name : stations)
    if (const auto it = others.find(name); it != others.end()) {
      out += station_line(name, it->second);
      others.erase(it);
    }
  for (const auto& [name, station] : others) out += station_line(name, station);
  return out;
}

std::string cement_lines(const CementMeasure& c) {
  std::string out =
      fmt::format("  cement: {:.2f} mL injected, {:.2f} mL in the cavity, {:.2f} mL in the pores, {:.2f} mL leaked\n",
                  c.injected_ml, c.in_cavity_ml, c.permeated_ml, c.leaked_ml);
  if (c.min_conversion) out += fmt::format("  cure: conversion at least {:.0f} %", 100 * *c.min_conversion);
  if (c.min_conversion && c.setting_time_min) out += fmt::format(", set after {:.1f} min", *c.setting_time_min);
  for (const auto& [place, peak] : c.peak_temperature_c) out += fmt::format(", {} {:.0f} degC", place, peak);
  return out + (c.min_conversion ? "\n" : "");
}

} // namespace

std::string summary_text(const Measures& m) {
  std::string out = m.stations.empty() ? "" : station_table(m);
  if (m.fracture) {
    const FractureMeasure& f = *m.fracture;
    const bool middle = f.deepest_in_the_middle();
    out += fmt::format("  fracture: loss of {} height {:.1f} % at the peak, {:.1f} % left after unloading\n",
                       middle ? "middle" : "anterior", 100 * (middle ? f.peak_middle_loss : f.peak_anterior_loss),
                       100 * (middle ? f.residual_middle_loss : f.residual_anterior_loss));
  }
  for (const CuretteMeasure& c : m.curettes)
    out += fmt::format("  {} {}: {:.2f} mL of bone cut\n", c.device, c.side, c.cut_ml);
  for (const BalloonMeasure& b : m.balloons)
    out += fmt::format("  balloon {} {}: {:.2f} mL at {:.2f} MPa ({:.0f} psi; peak {:.2f}), stopped by {}{}\n", b.side,
                       b.device, b.volume_ml, b.pressure_mpa, b.pressure_mpa / find_unit("psi").factor,
                       b.peak_pressure_mpa, b.stopped_by, b.stop_detail.empty() ? "" : ": " + b.stop_detail);
  for (const ExpanderMeasure& e : m.expanders)
    out += fmt::format("  {} {}: {:.1f} mm at {:.0f} N, stopped by {}{}\n", e.side, e.device, e.height_mm, e.force_n,
                       e.stopped_by, e.stop_detail.empty() ? "" : ": " + e.stop_detail);
  if (m.restoration) {
    const RestorationMeasure& r = *m.restoration;
    if (r.restored_fraction && r.restored_middle_fraction)
      out += fmt::format(
          "  restoration: {:.0f} % of the lost anterior and {:.0f} % of the middle height regained (against {})\n",
          100 * *r.restored_fraction, 100 * *r.restored_middle_fraction, r.reference);
    out += fmt::format("  deflation: {:.0f} % of the anterior and {:.0f} % of the middle lift lost\n",
                       100 * r.lost_on_deflation_fraction, 100 * r.lost_middle_on_deflation_fraction);
  }
  if (m.cement) out += cement_lines(*m.cement);
  for (const char* state : {"intact", "fractured", "treated"})
    if (const auto s = m.strength.find(state); s != m.strength.end())
      out += fmt::format("  {}: stiffness {:.0f} N/mm, yield at {:.0f} N, largest force {:.0f} N\n", state,
                         s->second.stiffness_n_per_mm, s->second.yield_load_n, s->second.failure_load_n);
  for (const std::string& warning : m.warnings) out += "  warning: " + warning + "\n";
  return out;
}

} // namespace kypho

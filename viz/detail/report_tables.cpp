// The tables of the report: stations, figures beside the literature, figures at a glance.
#include "viz/detail/figures.hpp"
#include "viz/detail/report_parts.hpp"
#include "viz/literature.hpp"
#include "viz/svg_plot.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace kypho::detail {
namespace {

/// Band as a bar, the run's value as a dot, on one scale that starts at zero or below.
std::string band_bar(const LiteratureBand& band, double value) {
  const double low = std::min({0.0, band.low, value}) * 1.1, high = std::max({band.high, value, 1e-12}) * 1.15;
  const auto x = [&](double v) { return 2 + 116 * (v - low) / (high - low); };
  const double wide = std::max(2.0, x(band.high) - x(band.low));
  return fmt::format(
      "<svg width=\"120\" height=\"14\" aria-hidden=\"true\"><line x1=\"2\" y1=\"7\" x2=\"118\" y2=\"7\" "
      "stroke=\"#c9d1da\"/><rect x=\"{:.1f}\" y=\"3\" width=\"{:.1f}\" height=\"8\" fill=\"#e69f00\" "
      "fill-opacity=\"{}\"/><circle cx=\"{:.1f}\" cy=\"7\" r=\"4\" fill=\"#0b5c8f\"/></svg>",
      x(band.low), wide, band.limit ? "0.25" : "0.55", x(value));
}

std::string bands_cell(const Figure& figure) {
  std::string cell;
  for (const LiteratureBand& band : literature_of(figure.key))
    cell +=
        fmt::format("<div class=\"band\">{}<span>{} <small>{} ({})</small></span></div>", band_bar(band, figure.value),
                    escaped(band.text), escaped(band.condition), escaped(band.source));
  return cell;
}

std::string of_intact(double height, double intact) {
  return intact > 0 ? fmt::format(" <small>{:.0f} %</small>", 100 * height / intact) : "";
}

} // namespace

std::string stations_section(const ReportData& data) {
  const auto& stations = data.measures.stations;
  if (stations.empty()) return "";
  const auto intact = stations.find("intact");
  const Station reference = intact == stations.end() ? Station{} : intact->second;
  std::string rows;
  for (const char* name : {"intact", "fractured", "prone", "inflated", "deflated", "treated"}) {
    const auto found = stations.find(name);
    if (found == stations.end()) continue;
    const Station& s = found->second;
    rows += fmt::format("<tr><td>{}</td>", name);
    for (const auto& [h, h0] : {std::pair{s.anterior_height_mm, reference.anterior_height_mm},
                                std::pair{s.middle_height_mm, reference.middle_height_mm},
                                std::pair{s.posterior_height_mm, reference.posterior_height_mm}})
      rows += fmt::format("<td class=\"n\">{:.2f}{}</td>", h, of_intact(h, h0));
    rows +=
        fmt::format("<td class=\"n\">{:.1f}</td><td class=\"n\">{:.0f}</td></tr>\n", s.wedge_angle_deg, s.axial_load_n);
  }
  return section(
      "stations", "Heights at each station",
      "<table><tr><th>station</th><th class=\"n\">anterior, mm</th><th class=\"n\">middle, mm</th>"
      "<th class=\"n\">posterior, mm</th><th class=\"n\">wedge, \u00b0</th><th class=\"n\">axial load, N</th></tr>\n" +
          rows +
          "</table><p><small>Per cent of the intact height. Wedge: angle between the endplates in the "
          "sagittal plane, positive when the front is lower.</small></p>");
}

std::string figures_section(const ReportData& data) {
  std::string rows, group;
  for (const Figure& f : figures_of(data.measures)) {
    if (f.group != group) rows += fmt::format("<tr class=\"group\"><td colspan=\"3\">{}</td></tr>\n", f.group);
    group = f.group;
    rows += fmt::format("<tr><td>{}<br><small>{}</small></td><td class=\"n\">{}</td><td>{}</td></tr>\n",
                        escaped(f.name), escaped(f.definition), escaped(f.shown()), bands_cell(f));
  }
  if (rows.empty()) return "";
  return section(
      "figures", "Figures beside the literature",
      "<table><tr><th>figure</th><th class=\"n\">this run</th><th>literature</th></tr>\n" + rows +
          "</table><p><small>Orange: published band (pale: limit); blue dot: this run. Bands come from other "
          "specimens, loads and instruments; being inside one proves nothing, being outside one asks for a "
          "reason.</small></p>");
}

std::string key_figures(const ReportData& data) {
  std::string cards, done;
  const auto figures = figures_of(data.measures);
  for (const char* key : {"fracture.residual_loss", "balloon.pressure", "restoration.restored", "restoration.lost",
                          "cement.injected", "cement.interface_mean_temperature", "strength.stiffness_ratio"})
    for (const Figure& f : figures)
      if (f.key == key && done != key) {
        cards +=
            fmt::format("<div class=\"card\"><b>{}</b><span>{}</span></div>\n", escaped(f.shown()), escaped(f.name));
        done = key;
      }
  return cards.empty() ? "" : "<div class=\"cards\">\n" + cards + "</div>\n";
}

} // namespace kypho::detail

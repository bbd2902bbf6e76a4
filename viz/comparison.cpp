#include "viz/comparison.hpp"
#include "core/base/errors.hpp"
#include "viz/detail/comparison_parts.hpp"
#include "viz/detail/report_parts.hpp"
#include "viz/display.hpp"
#include "viz/files.hpp"
#include "viz/run_folder.hpp"
#include "viz/svg_plot.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace kypho {
namespace {

namespace fs = std::filesystem;
using detail::BarPanel;
using detail::ComparisonPictures;
using detail::number_at;
using detail::section;
using nlohmann::json;

constexpr const char* page_style = R"(<style>
main { max-width: 1560px; }
.strip { display: grid; grid-template-columns: repeat(auto-fill, minmax(270px, 1fr)); gap: 8px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 10px 0; font-size: 13px; }
.legend i { display: inline-block; width: 14px; height: 14px; margin-right: 6px; vertical-align: -2px;
  border: 1px solid var(--ink); }
.legend i.line { height: 3px; border: 0; vertical-align: 4px; width: 18px; }
svg.plot { max-width: none; }
td.failed { color: #a33a00; }
tr.reference td { color: var(--soft); }
.scroll { overflow-x: auto; }
</style>
)";

std::string text_at(const json& object, const std::string& pointer) {
  const json value = object.is_object() ? object.value(json::json_pointer(pointer), json()) : json();
  return value.is_string() ? value.get<std::string>() : "";
}

/// "-" where there is no number; true minus signs. @param sign a plus before what is not negative
std::string figure(const std::optional<double>& value, int digits, double factor = 1, bool sign = false) {
  if (!value) return "\u2013";
  const double number = factor * *value;
  const std::string text = fmt::format("{:.{}f}", std::abs(number), digits);
  const bool negative = number < 0 && text.find_first_not_of("0.") != text.npos;
  return (negative ? "\u2212" : sign ? "+" : "") + text;
}

std::string cell(const std::string& text, const std::string& small = "") {
  return fmt::format("<td class=\"n\">{}{}</td>", text, small.empty() ? "" : "<br><small>" + small + "</small>");
}

std::string reference_name(const json& all) {
  const std::string station = text_at(all, "/reference/station");
  return station == "fractured" || station == "intact" ? station : "fractured, " + station;
}

/// What the arms have in common; empty if it left no frames.
std::string shared_stages(const fs::path& common) {
  return fs::exists(common / "frames" / "index.json") ? stage_titles(read_frames(common)) : "";
}

std::string header_of(const json& all, const fs::path& compare_dir) {
  const std::string title = text_at(all, "/title");
  return fmt::format(
      "<header><h1>{}</h1>\n<p>{} treatments of the same vertebra, each computed from the same state on: {} "
      "(<a href=\"common/report.html\">report of what they share</a>).</p>\n<p><b>Restored fraction</b> = (height at "
      "the "
      "end \u2212 height before treatment) / (intact height \u2212 height before treatment): 0 % is the fracture, "
      "100 % the intact vertebra. Before treatment: {}.</p>\n"
      "<p class=\"disclaimer\"><strong>For research and teaching.</strong> KyphoSim is not a medical device; nothing "
      "here may guide the treatment of a patient.</p></header>\n",
      escaped(title.empty() ? "Treatments side by side" : title), all.at("arms").size(),
      escaped(shared_stages(compare_dir / "common")), escaped(reference_name(all)));
}

constexpr const char* definitions =
    "<p><small>Gain: height at the end less that before treatment. Wedge: angle between the endplates in the sagittal "
    "plane, positive when the front is lower. Stiffness and strength (largest force): compression test of a twin of "
    "the "
    "body, potted in the shape that it has. Dashed: the intact vertebra, and the fractured one.</small></p>\n";

std::string strip_section(const json& all, const ComparisonPictures& pictures) {
  std::string body;
  for (const auto& row : pictures.rows) {
    body += fmt::format("<h3>{}</h3>\n<div class=\"strip\">\n", escaped(row.title));
    for (std::size_t k = 0; k < row.pngs.size(); ++k) {
      const json& arm = all.at("arms")[k];
      body += fmt::format("<a href=\"{}/report.html\"><figure><img alt=\"{}. {}\" src=\"data:image/png;base64,{}\">"
                          "</figure></a>\n",
                          text_at(arm, "/folder"), escaped(text_at(arm, "/name")), escaped(row.title),
                          detail::base64(row.pngs[k]));
    }
    body += "</div>\n";
  }
  body += "<div class=\"legend\">";
  for (const auto& [name, color] : pictures.legend) {
    const bool line = name == "intact" || name == "before treatment";
    body +=
        fmt::format("<span><i{} style=\"background:#{:02x}{:02x}{:02x}\"></i>{}</span>", line ? " class=\"line\"" : "",
                    std::lround(255 * color[0]), std::lround(255 * color[1]), std::lround(255 * color[2]), name);
  }
  return section("pictures", "The arms in pictures",
                 body + "</div>\n<p><small>Same views and scale, cut open where the cavity is widest; millimetres are "
                        "gains against the fractured state. The same as one picture: strip.png.</small></p>\n");
}

std::vector<std::optional<double>> values_of(const json& all, const std::string& pointer, double factor = 1) {
  std::vector<std::optional<double>> values;
  for (const json& arm : all.at("arms")) {
    values.push_back(number_at(arm, pointer));
    if (values.back()) *values.back() *= factor;
  }
  return values;
}

/// Figures to compare with, as far as they exist.
std::vector<std::pair<std::string, double>> lines_of(std::optional<double> intact, std::optional<double> fractured) {
  std::vector<std::pair<std::string, double>> lines;
  if (intact) lines.emplace_back("intact", *intact);
  if (fractured) lines.emplace_back("fractured", *fractured);
  return lines;
}

std::string bars_section(const json& all) {
  const json& common = all.at("common");
  const auto lost = [&](const std::string& height) -> std::optional<double> {
    const auto intact = number_at(common, "/stations/intact/" + height), now = number_at(all, "/reference/" + height);
    return intact && now ? std::optional(*intact - *now) : std::nullopt;
  };
  const auto fractured = [&](const char* key) -> std::optional<double> {
    const auto part = number_at(common, std::string("/fractured_of_intact/") + key);
    return part ? std::optional(100 * *part) : std::nullopt;
  };
  std::vector<std::string> names;
  for (const json& arm : all.at("arms"))
    names.push_back(text_at(arm, "/name") + (arm.at("exit_code") == 0 ? "" : " (failed)"));
  const std::vector<BarPanel> panels = {
      {"Anterior height", "gain, mm", 2, values_of(all, "/gain/anterior_height_mm"),
       lines_of(lost("anterior_height_mm"), {})},
      {"Middle height", "gain, mm", 2, values_of(all, "/gain/middle_height_mm"),
       lines_of(lost("middle_height_mm"), {})},
      {"Wedge angle", "degrees; less is better", 1, values_of(all, "/end/wedge_angle_deg"),
       lines_of(number_at(common, "/stations/intact/wedge_angle_deg"), number_at(all, "/reference/wedge_angle_deg"))},
      {"Restored fraction", "% of lost anterior height", 0, values_of(all, "/restored_fraction", 100),
       lines_of(100.0, {})},
      {"Stiffness", "% of intact", 0, values_of(all, "/strength/of_intact/stiffness", 100),
       lines_of(100.0, fractured("stiffness"))},
      {"Strength", "% of intact", 0, values_of(all, "/strength/of_intact/failure_load", 100),
       lines_of(100.0, fractured("failure_load"))}};
  return section("figures", "What each arm achieves", detail::svg_of(names, panels) + definitions);
}

constexpr const char* table_head =
    "<tr><th>arm</th><th class=\"n\">anterior height<br>mm (gain)</th><th class=\"n\">middle height<br>mm (gain)</th>"
    "<th class=\"n\">wedge<br>\u00b0 (change)</th><th class=\"n\">restored<br>anterior, middle, %</th>"
    "<th class=\"n\">lost on<br>deflation, %</th><th class=\"n\">balloons<br>mL, MPa</th>"
    "<th class=\"n\">cement<br>mL (leaked)</th><th class=\"n\">stiffness<br>N/mm (of intact)</th>"
    "<th class=\"n\">strength<br>N (of intact)</th><th class=\"n\">time<br>s</th></tr>\n";

/// Intact or fractured: what the arms are measured against.
std::string reference_row(const std::string& name, const json& station, const json& strength, const json& of_intact) {
  const auto part = [&](const char* key) {
    const auto share = number_at(of_intact, std::string("/") + key);
    return share ? figure(share, 0, 100) + " %" : "";
  };
  std::string row = fmt::format("<tr class=\"reference\"><td>{}</td>", escaped(name));
  row += cell(figure(number_at(station, "/anterior_height_mm"), 2)) +
         cell(figure(number_at(station, "/middle_height_mm"), 2));
  row += cell(figure(number_at(station, "/wedge_angle_deg"), 1)) + "<td></td><td></td><td></td><td></td>";
  row += cell(figure(number_at(strength, "/stiffness_n_per_mm"), 0), part("stiffness"));
  return row + cell(figure(number_at(strength, "/failure_load_n"), 0), part("failure_load")) + "<td></td></tr>\n";
}

std::string arm_row(const json& arm) {
  std::string row = fmt::format("<tr><td><a href=\"{}/report.html\">{}</a></td>", text_at(arm, "/folder"),
                                escaped(text_at(arm, "/name")));
  if (arm.at("exit_code") != 0)
    return row + fmt::format("<td class=\"failed\" colspan=\"10\">failed, exit code {}: {}</td></tr>\n",
                             arm.at("exit_code").get<int>(), escaped(text_at(arm, "/reason")));
  const auto number = [&](const char* pointer) { return number_at(arm, pointer); };
  row += cell(figure(number("/end/anterior_height_mm"), 2), figure(number("/gain/anterior_height_mm"), 2, 1, true));
  row += cell(figure(number("/end/middle_height_mm"), 2), figure(number("/gain/middle_height_mm"), 2, 1, true));
  row += cell(figure(number("/end/wedge_angle_deg"), 1), figure(number("/gain/wedge_angle_deg"), 1, 1, true));
  row +=
      cell(figure(number("/restored_fraction"), 0, 100) + ", " + figure(number("/restored_middle_fraction"), 0, 100));
  row += cell(figure(number("/restoration/lost_on_deflation_fraction"), 0, 100));
  const auto volume = number("/lift/volume_ml"), cement = number("/cement/injected_ml");
  row += cell(volume ? figure(volume, 1) + ", " + figure(number("/lift/highest_pressure_mpa"), 2) : figure({}, 0));
  row += cell(figure(cement, 1), cement ? figure(number("/cement/leaked_ml"), 2) : "");
  const auto part = [&](const char* pointer) { return number(pointer) ? figure(number(pointer), 0, 100) + " %" : ""; };
  row += cell(figure(number("/strength/at_the_end/stiffness_n_per_mm"), 0), part("/strength/of_intact/stiffness"));
  row += cell(figure(number("/strength/at_the_end/failure_load_n"), 0), part("/strength/of_intact/failure_load"));
  return row + cell(figure(number("/cost/wall_s"), 0)) + "</tr>\n";
}

std::string table_section(const json& all) {
  const json& common = all.at("common");
  const json none = json::object();
  const auto part = [&](const char* pointer) { return common.value(json::json_pointer(pointer), none); };
  std::string rows = table_head;
  rows += reference_row("intact", part("/stations/intact"), part("/strength/intact"), none);
  rows += reference_row(reference_name(all), all.at("reference"), part("/strength/fractured"),
                        part("/fractured_of_intact"));
  for (const json& arm : all.at("arms")) rows += arm_row(arm);
  return section("table", "The figures",
                 "<div class=\"scroll\"><table>\n" + rows +
                     "</table></div>\n<p><small>Balloons: volume of all, highest pressure at the end of inflation. "
                     "Lost on deflation: part of the lift at full inflation that "
                     "is gone when the balloons are out. Time: of the arm alone. For programs: compare.csv, "
                     "compare.json.</small></p>\n");
}

std::string notes_section(const json& all) {
  std::string items;
  const auto add = [&](const std::string& who, const json& texts) {
    if (!texts.is_array()) return;
    for (const json& text : texts)
      items += "<li>" + escaped((who.empty() ? "" : who + ": ") + text.get<std::string>()) + "</li>\n";
  };
  add("", all.value("notes", json()));
  add("shared stages", all.at("common").value("warnings", json()));
  const json known = all.at("common").value("warnings", json());
  for (const json& arm : all.at("arms")) {
    json own = json::array();
    for (const json& text : arm.value("warnings", json()))
      if (std::find(known.begin(), known.end(), text) == known.end()) own.push_back(text);
    add(text_at(arm, "/name"), own);
  }
  return section("warnings", "Warnings", items.empty() ? "" : "<ul class=\"warnings\">\n" + items + "</ul>\n");
}

json read_comparison(const fs::path& file) {
  json all = json::parse(read_whole_file(file), nullptr, false);
  if (!all.is_object() || !all.contains("arms") || !all.contains("common"))
    throw InputError("'" + file.string() + "' holds no comparison");
  return all;
}

} // namespace

void write_comparison(const fs::path& compare_dir) {
  const json all = read_comparison(compare_dir / "compare.json");
  std::string pictures;
  try {
    ensure_display();
    const ComparisonPictures drawn = detail::pictures_of(compare_dir, all);
    write_whole_file(compare_dir / "strip.png", drawn.strip);
    pictures = strip_section(all, drawn);
  } catch (const BackendError& error) {
    pictures = section("pictures", "Pictures", fmt::format("<p>No pictures: {}.</p>", escaped(error.what())));
  }
  std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  page += fmt::format("<title>KyphoSim: {}</title>\n", escaped(text_at(all, "/title")));
  page += detail::report_style() + page_style + "</head>\n<body>\n<main>\n" + header_of(all, compare_dir) + pictures;
  page += bars_section(all) + table_section(all) + notes_section(all) + "</main>\n</body>\n</html>\n";
  write_whole_file(compare_dir / "compare.html", page);
}

} // namespace kypho

// The curves of the report.
#include "viz/detail/report_parts.hpp"
#include "viz/svg_plot.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace kypho::detail {
namespace {

constexpr double psi_per_mpa = 145.0377;

/// Rows of history.csv that belong to one stage, and its place in the run.
struct StageRows {
  std::string kind;
  int place = 0;
  std::vector<std::size_t> rows; ///< in order of pseudo-time; rows of a trial that was taken back are left out
};

const std::vector<double>* column(const Table& table, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const auto found = table.numbers.find(name); found != table.numbers.end()) return &found->second;
  return nullptr;
}

std::vector<StageRows> stages_of(const Table& history) {
  std::vector<StageRows> stages;
  const auto kinds = history.texts.find("stage");
  const auto *ordinals = column(history, {"ordinal"}), *times = column(history, {"pseudo_time"});
  if (kinds == history.texts.end() || !times) return stages;
  const auto ordinal = [&](std::size_t r) { return ordinals ? (*ordinals)[r] : 1.0; };
  for (std::size_t r = 0; r < history.rows; ++r) {
    const bool next = stages.empty() || stages.back().kind != kinds->second[r] || ordinal(r) != ordinal(r - 1);
    if (next) stages.push_back({kinds->second[r], static_cast<int>(stages.size()), {}});
    auto& rows = stages.back().rows;
    while (!rows.empty() && (*times)[rows.back()] > (*times)[r]) rows.pop_back();
    rows.push_back(r);
  }
  return stages;
}

/// Force over the descent of the platen; from history.csv the loss of height stands for the descent.
std::optional<Curve> force_curve(const Table& table, const StageRows& stage, const std::string& name) {
  const auto* force = column(table, {"force_n", "axial_load_n"});
  const auto *descent = column(table, {"platen_descent_mm"}), *height = column(table, {"anterior_height_mm"});
  if (!force || (!descent && !height)) return std::nullopt;
  Curve curve{name, {}, {}, false};
  for (std::size_t r : stage.rows) {
    curve.x.push_back(descent ? (*descent)[r] : (*height)[stage.rows.front()] - (*height)[r]);
    curve.y.push_back((*force)[r]);
  }
  return curve;
}

} // namespace

std::string heights_section(const ReportData& data) {
  const Table& h = data.history;
  const auto* time = column(h, {"pseudo_time"});
  if (!time) return "";
  const auto stages = stages_of(h);
  Plot plot{"Heights of the vertebral body", "procedure, stage by stage", "height, mm"};
  plot.x_ticks = false;
  plot.width = 1040;
  plot.height = 420;
  for (const char* where : {"anterior", "middle", "posterior"}) {
    const auto found = h.numbers.find(fmt::format("{}_height_mm", where));
    if (found == h.numbers.end()) continue;
    Curve curve{where, {}, {}, false};
    for (const StageRows& s : stages)
      for (std::size_t r : s.rows) {
        curve.x.push_back(s.place + (std::isfinite((*time)[r]) ? std::clamp((*time)[r], 0.0, 1.0) : 1));
        curve.y.push_back(found->second[r]);
        // A load test is done on a copy of the vertebra: the line does not run on from it.
        if (s.kind != "load" || r != s.rows.back()) continue;
        curve.x.push_back(s.place + 1);
        curve.y.push_back(std::numeric_limits<double>::quiet_NaN());
      }
    plot.curves.push_back(std::move(curve));
  }
  for (const StageRows& s : stages) plot.marks.push_back({static_cast<double>(s.place), s.kind});
  plot.x_low = 0;
  plot.x_high = static_cast<double>(stages.size());
  return section("heights", "Heights over the procedure", svg_of(plot));
}

std::string pressure_section(const ReportData& data) {
  Plot plot{"Balloon pressure and volume", "volume of one balloon, mL", "pressure, MPa"};
  for (const char* side : {"left", "right", "middle"}) {
    Curve gauge{side, {}, {}, false}, rest{std::string(side) + ", at rest", {}, {}, true};
    for (const PressureVolumePoint& p : data.measures.pressure_volume)
      if (p.side == side) {
        for (const double pressure : {p.peak_pressure_mpa, p.pressure_mpa}) { // filled, and waited on
          gauge.x.push_back(p.volume_ml);
          gauge.y.push_back(pressure);
        }
        rest.x.push_back(p.volume_ml);
        rest.y.push_back(p.pressure_mpa);
      }
    if (gauge.x.empty()) continue;
    plot.curves.push_back(std::move(gauge));
    plot.curves.push_back(std::move(rest));
  }
  plot.right_label = "pressure, psi";
  plot.right_factor = psi_per_mpa;
  plot.y_low = 0;
  plot.width = 860;
  plot.bands = {{0.66, 1.04, "0.85 \u00b1 0.19 MPa, young lumbar bodies at 2.95 mL (Nan Fang 2006)"}};
  return section("pressure", "Balloon pressure and volume", svg_of(plot));
}

std::string opening_section(const ReportData& data) {
  Plot plot{"Force against the opening of jacks and expanders", "height of the device, mm",
            "force towards an endplate, N"};
  for (const char* side : {"left", "right"}) {
    Curve curve{side, {}, {}, true};
    for (const ForceOpeningPoint& p : data.measures.force_opening)
      if (p.side == side) {
        curve.x.push_back(p.height_mm);
        curve.y.push_back(p.force_n);
      }
    if (!curve.x.empty()) plot.curves.push_back(std::move(curve));
  }
  plot.y_low = 0;
  plot.width = 860;
  return section("opening", "Force and opening", svg_of(plot));
}

std::string load_section(const ReportData& data) {
  const Table& table = data.force.rows > 0 ? data.force : data.history;
  const std::string x_label = data.force.rows > 0 ? "descent of the upper platen, mm" : "loss of anterior height, mm";
  Plot crush{"Crush and unloading", x_label, "force, N"}, tests{"Load tests", x_label, "force, N"};
  crush.y_low = tests.y_low = 0;
  crush.width = tests.width = 620;
  static constexpr std::array states = {"intact", "fractured", "treated"};
  const auto stages = stages_of(table);
  for (const StageRows& s : stages) {
    if (s.kind != "fracture" && s.kind != "load") continue;
    std::string name = s.kind == "fracture" ? "fracture" : fmt::format("test {}", tests.curves.size() + 1);
    // Where every state was tested once, the tests come in the order of the procedure.
    if (s.kind == "load" && data.measures.strength.size() == 3 && tests.curves.size() < 3)
      name = states[tests.curves.size()];
    if (auto curve = force_curve(table, s, name))
      (s.kind == "load" ? tests : crush).curves.push_back(std::move(*curve));
  }
  const std::string body = svg_of(crush) + svg_of(tests);
  return section("load", "Force and displacement", body.empty() ? "" : "<div class=\"plots\">" + body + "</div>");
}

std::string temperature_section(const ReportData& data) {
  const auto* time = column(data.temperature, {"time_s"});
  if (!time) return "";
  Plot plot{"Temperature while the cement cures", "time, min", "temperature, \u00b0C"};
  for (const auto& [key, name] : {std::pair{"core_c", "cement core"}, std::pair{"interface_c", "bone at the cement"},
                                  std::pair{"anterior_cortex_c", "anterior cortex"}, std::pair{"canal_c", "canal"}}) {
    const auto found = data.temperature.numbers.find(key);
    if (found == data.temperature.numbers.end()) continue;
    Curve curve{name, *time, found->second, false};
    for (double& t : curve.x) t /= 60;
    plot.curves.push_back(std::move(curve));
  }
  plot.width = 860;
  plot.bands = {{47, 47.4, "47 \u00b0C: harms bone within a minute (Eriksson 1983)"}};
  return section("temperature", "Heat of the cement", svg_of(plot));
}

} // namespace kypho::detail

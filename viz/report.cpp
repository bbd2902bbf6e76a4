#include "viz/report.hpp"
#include "core/base/errors.hpp"
#include "viz/detail/report_parts.hpp"
#include "viz/files.hpp"
#include "viz/svg_plot.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace fs = std::filesystem;
using nlohmann::json;

namespace kypho {
namespace detail {

std::string section(const std::string& id, const std::string& heading, const std::string& body) {
  return body.empty() ? "" : fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n{}</section>\n", id, heading, body);
}

std::string base64(const std::string& bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve(bytes.size() * 4 / 3 + 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += k <= n ? digits[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

} // namespace detail

namespace {

using detail::ReportData;
using detail::section;

Table table_if_there(const fs::path& path) { return fs::exists(path) ? read_table(path) : Table{}; }

ReportData read_all(const fs::path& run_dir) {
  ReportData data;
  data.run_dir = run_dir;
  data.measures = read_measures(run_dir);
  if (fs::exists(run_dir / "frames" / "index.json")) {
    try {
      data.frames = read_frames(run_dir);
    } catch (const InputError&) { // a run that broke off before its first frame still gets its report
    }
  }
  data.history = table_if_there(run_dir / "history.csv");
  data.force = table_if_there(run_dir / "force.csv");
  data.temperature = table_if_there(run_dir / "temperature.csv");
  return data;
}

json json_if_there(const fs::path& path) {
  if (!fs::exists(path)) return json::object();
  json document = json::parse(read_whole_file(path), nullptr, false);
  return document.is_object() ? document : json::object();
}

/// What manifest.json and measures.json say about where the figures come from.
struct Provenance {
  std::string title, ending;
  std::vector<std::pair<std::string, std::string>> rows;
};

std::string text_of(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

Provenance provenance_of(const fs::path& run_dir) {
  const json manifest = json_if_there(run_dir / "manifest.json"), measures = json_if_there(run_dir / "measures.json");
  const json scenario = manifest.value("scenario", json::object()), run = measures.value("run", json::object());
  Provenance p;
  p.title = scenario.value("title", "");
  p.ending = manifest.value("ending", "");
  const auto row = [&](const char* name, const json& from, const char* key) {
    if (from.contains(key)) p.rows.emplace_back(name, text_of(from.at(key)));
  };
  row("KyphoSim", run, "version");
  row("Scenario file", scenario, "file");
  row("Scenario, SHA-256 of echo.toml", run, "scenario_sha256");
  for (const auto& input : manifest.value("inputs", json::array()))
    p.rows.emplace_back("Input " + input.value("file", ""), input.value("sha256", ""));
  row("Compiler", manifest, "compiler");
  std::string libraries;
  const json used = manifest.value("libraries", json::object());
  for (const auto& [name, version] : used.items())
    libraries += (libraries.empty() ? "" : ", ") + name + " " + text_of(version);
  if (!libraries.empty()) p.rows.emplace_back("Libraries", libraries);
  return p;
}

std::string header_of(const ReportData& data, const Provenance& p) {
  const std::string stages = stage_titles(data.frames);
  std::string header =
      fmt::format("<header><h1>{}</h1>\n", escaped(p.title.empty() ? "Vertebral augmentation" : p.title));
  if (!stages.empty()) header += fmt::format("<p>{}</p>\n", escaped(stages));
  if (data.measures.run.elements > 0)
    header +=
        fmt::format("<p>Finite-element model of one vertebra: {} tetrahedra, {} nodes, {} degrees of freedom.</p>\n",
                    data.measures.run.elements, data.measures.run.nodes, data.measures.run.dof);
  header +=
      "<p class=\"disclaimer\"><strong>For research and teaching.</strong> KyphoSim is not a medical device; nothing "
      "here may guide the treatment of a patient.</p>\n";
  if (!p.ending.empty() && p.ending != "complete")
    header +=
        fmt::format("<p class=\"disclaimer\"><strong>The run is not complete:</strong> {}</p>\n", escaped(p.ending));
  return header + "</header>\n";
}

std::string warnings_section(const Measures& m) {
  std::string items;
  for (const std::string& w : m.warnings) items += "<li>" + escaped(w) + "</li>\n";
  return section("warnings", "Warnings", items.empty() ? "" : "<ul class=\"warnings\">\n" + items + "</ul>\n");
}

std::string cost_section(const RunCost& run) {
  if (run.wall_s <= 0) return "";
  std::string rows;
  const auto row = [&](const char* name, const std::string& value) {
    rows += fmt::format("<tr><td>{}</td><td class=\"n\">{}</td></tr>\n", name, value);
  };
  row("Wall time", run.wall_s < 120 ? fmt::format("{:.1f} s", run.wall_s) : fmt::format("{:.1f} min", run.wall_s / 60));
  row("Threads", std::to_string(run.threads));
  row("Peak memory", fmt::format("{:.0f} MB", run.peak_memory_mb));
  row("Degrees of freedom", std::to_string(run.dof));
  if (run.newton_iterations > 0) row("Newton iterations", std::to_string(run.newton_iterations));
  if (run.explicit_steps > 0) row("Explicit steps", std::to_string(run.explicit_steps));
  row("Steps cut back", std::to_string(run.cutbacks));
  return section("cost", "Cost of the run", "<table class=\"narrow\">\n" + rows + "</table>\n");
}

std::string provenance_section(const ReportData& data, const Provenance& p) {
  std::string rows;
  for (const auto& [name, value] : p.rows)
    rows += fmt::format("<tr><td>{}</td><td class=\"hash\">{}</td></tr>\n", escaped(name), escaped(value));
  std::string body = rows.empty() ? "" : "<table>\n" + rows + "</table>\n";
  if (fs::exists(data.run_dir / "echo.toml"))
    body += "<details><summary>The whole scenario with every default (echo.toml)</summary><pre>" +
            escaped(read_whole_file(data.run_dir / "echo.toml")) + "</pre></details>\n";
  return section("provenance", "Provenance", body);
}

} // namespace

void write_report(const fs::path& run_dir) {
  const ReportData data = read_all(run_dir);
  const Provenance provenance = provenance_of(run_dir);
  std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  page += fmt::format("<title>KyphoSim: {}</title>\n", escaped(provenance.title.empty() ? "report" : provenance.title));
  page += detail::report_style() + "</head>\n<body>\n<main>\n";
  page += header_of(data, provenance) + detail::key_figures(data) + warnings_section(data.measures);
  page += detail::picture_sections(data);
  page += detail::heights_section(data) + detail::stations_section(data) + detail::pressure_section(data) +
          detail::opening_section(data);
  page += detail::load_section(data) + detail::temperature_section(data) + detail::figures_section(data);
  page += cost_section(data.measures.run) + provenance_section(data, provenance);
  page += "</main>\n</body>\n</html>\n";
  write_whole_file(run_dir / "report.html", page);
}

} // namespace kypho

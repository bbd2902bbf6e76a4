#include "benchmarks/robustness/series.hpp"

#include "core/base/errors.hpp"
#include "scenarios/measures_json.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>

namespace kypho::robustness {
namespace {

using Json = nlohmann::ordered_json;

constexpr double least_share = 0.97; // of the vertebrae, complete without tuning by hand

template <class Visit>
void visit_station(Station& s, const std::string& name, Visit&& visit) {
  visit(name + "_anterior_mm", s.anterior_height_mm);
  visit(name + "_middle_mm", s.middle_height_mm);
  visit(name + "_posterior_mm", s.posterior_height_mm);
  visit(name + "_wedge_deg", s.wedge_angle_deg);
}

/// Every member of a row by name; writes and reads.
template <class Visit>
void visit_row(Trial& t, Visit&& visit) {
  visit("number", t.vertebra.number);
  visit("level", t.vertebra.level);
  visit("pattern", t.vertebra.pattern);
  visit("bmd_mg_cm3", t.vertebra.bmd);
  visit("scale", t.vertebra.scale);
  visit("heights", t.vertebra.heights);
  visit("posterior_elements", t.vertebra.posterior_elements);
  visit("density_pattern", t.vertebra.density_pattern);
  visit("asked_loss_percent", t.vertebra.residual_loss);
  visit("case_sha256", t.sha256);
  visit("kind", t.kind);
  visit("reason", t.reason);
  visit("warnings", t.warnings);
  visit("elements", t.elements);
  visit("steps", t.steps);
  visit("cpu_s", t.seconds);
  visit("body_volume_mm3", t.body_volume);
  visit("least_det_f", t.least_det_f);
  visit("peak_force_n", t.peak_force);
  visit("held_force_n", t.held_force);
  visit("unloading_stiffness_n_per_mm", t.stiffness);
  visit("peak_loss", t.peak_loss);
  visit("residual_loss", t.residual_loss);
  visit("imbalance", t.imbalance);
  visit_station(t.intact, "intact", visit);
  visit_station(t.fractured, "fractured", visit);
}

Json row_json(Trial trial) {
  Json row;
  row["outcome"] = name_of(trial.outcome);
  visit_row(trial, [&](const std::string& name, const auto& value) { row[name] = value; });
  return row;
}

Trial row_from(const Json& row) {
  Trial trial;
  for (const Outcome o : {Outcome::completed, Outcome::failed, Outcome::defect})
    if (row.at("outcome") == name_of(o)) trial.outcome = o;
  visit_row(trial, [&](const std::string& name, auto& value) {
    if (!row.at(name).is_null()) row.at(name).get_to(value); // JSON has no NaN
  });
  return trial;
}

struct Figure {
  const char *name, *unit;
  double (*of)(const Trial&);
};

const std::vector<Figure>& figures() {
  static const std::vector<Figure> list = {
      {"peak force", "N", [](const Trial& t) { return t.peak_force; }},
      {"force held at the end", "N", [](const Trial& t) { return t.held_force; }},
      {"unloading stiffness", "N/mm", [](const Trial& t) { return t.stiffness; }},
      {"loss under load", "%", [](const Trial& t) { return 100 * t.peak_loss; }},
      {"residual loss", "%", [](const Trial& t) { return 100 * t.residual_loss; }},
      {"recoil", "%", [](const Trial& t) { return 100 * t.recoil(); }},
      {"least det F", "1", [](const Trial& t) { return t.least_det_f; }},
      {"imbalance at rest", "1e-6", [](const Trial& t) { return 1e6 * t.imbalance; }},
      {"elements", "", [](const Trial& t) { return static_cast<double>(t.elements); }},
      {"steps", "", [](const Trial& t) { return static_cast<double>(t.steps); }},
      {"processor time", "s", [](const Trial& t) { return t.seconds; }},
  };
  return list;
}

struct Spread {
  double least = 0, median = 0, largest = 0;
};

Spread spread(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return {values.front(), 0.5 * (values[(n - 1) / 2] + values[n / 2]), values.back()};
}

std::vector<double> values_of(const std::vector<Trial>& trials, const Figure& figure) {
  std::vector<double> values;
  for (const Trial& t : trials)
    if (t.outcome == Outcome::completed) values.push_back(figure.of(t));
  return values;
}

int count(const std::vector<Trial>& trials, Outcome outcome) {
  return static_cast<int>(
      std::count_if(trials.begin(), trials.end(), [&](const Trial& t) { return t.outcome == outcome; }));
}

/// Medians of the complete ones that share a name (level, pattern).
std::string group_table(const std::vector<Trial>& trials, const char* title, const std::vector<std::string>& names,
                        const std::string DrawnVertebra::*key) {
  std::string out = fmt::format("\n{:<10} {:>4} {:>8} {:>10} {:>9} {:>8} {:>22} {:>22}\n", title, "n", "peak N",
                                "unload N/mm", "recoil %", "det F >", "intact ant/mid/post mm", "fractured");
  for (const std::string& name : names) {
    std::vector<Trial> part;
    for (const Trial& t : trials)
      if (t.vertebra.*key == name && t.outcome == Outcome::completed) part.push_back(t);
    if (part.empty()) continue;
    const auto median = [&](auto of) {
      std::vector<double> values;
      for (const Trial& t : part) values.push_back(of(t));
      return spread(std::move(values)).median;
    };
    const auto heights = [&](Station Trial::*station) {
      return fmt::format("{:.1f} {:.1f} {:.1f}",
                         median([&](const Trial& t) { return (t.*station).anterior_height_mm; }),
                         median([&](const Trial& t) { return (t.*station).middle_height_mm; }),
                         median([&](const Trial& t) { return (t.*station).posterior_height_mm; }));
    };
    out += fmt::format(
        "{:<10} {:>4} {:>8.0f} {:>10.0f} {:>9.2f} {:>8.3f} {:>22} {:>22}\n", name, part.size(),
        median([](const Trial& t) { return t.peak_force; }), median([](const Trial& t) { return t.stiffness; }),
        median([](const Trial& t) { return 100 * t.recoil(); }), median([](const Trial& t) { return t.least_det_f; }),
        heights(&Trial::intact), heights(&Trial::fractured));
  }
  return out;
}

std::string case_words(const DrawnVertebra& v) {
  return fmt::format("{:>4} {:<4} {:<9} {:>6.1f} {:>5.3f} {:<4} {:<4} {:<4} {:>5.1f}", v.number, v.level, v.pattern,
                     v.bmd, v.scale, v.heights.substr(0, 4), v.posterior_elements.substr(0, 4),
                     v.density_pattern.substr(0, 4), v.residual_loss);
}

} // namespace

Rows::Rows(const std::filesystem::path& dir) : file_(dir / "trials.jsonl") {
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  if (error) throw LimitReached(dir.string() + ": " + error.message());
  std::ifstream stream(file_);
  for (std::string text; std::getline(stream, text);) {
    const Json row = Json::parse(text, nullptr, false);
    if (!row.is_discarded()) rows_.push_back(row_from(row)); // else the line at which a series broke off
  }
}

std::optional<Trial> Rows::find(const DrawnVertebra& vertebra, const std::string& sha256) const {
  for (const Trial& t : rows_)
    if (t.vertebra.number == vertebra.number && t.sha256 == sha256) return t;
  return std::nullopt;
}

void Rows::add(const Trial& trial) {
  std::ofstream stream(file_, std::ios::app);
  stream << row_json(trial).dump() << std::endl;
  if (!stream) throw LimitReached(file_.string() + " cannot be written");
  rows_.push_back(trial);
}

std::string heading() {
  return "   n levl pattern      bmd scale hght post dens asked%   loss%   peak%  peak N  unload N/mm  det F >  "
         "imbalance elem.  steps    s\n";
}

std::string line(const Trial& t) {
  if (t.outcome != Outcome::completed)
    return fmt::format("{}   {}, {}: {}\n", case_words(t.vertebra), name_of(t.outcome), t.kind, t.reason);
  std::string out = fmt::format("{}   {:>7.1f} {:>7.1f} {:>7.0f} {:>12.0f} {:>8.3f} {:>10.1e} {:>5} {:>6} {:>4.0f}",
                                case_words(t.vertebra), 100 * t.residual_loss, 100 * t.peak_loss, t.peak_force,
                                t.stiffness, t.least_det_f, t.imbalance, t.elements, t.steps, t.seconds);
  for (const std::string& warning : t.warnings) out += "   " + warning;
  return out + "\n";
}

std::string summary_text(const std::vector<Trial>& trials) {
  const int warned = static_cast<int>(std::count_if(trials.begin(), trials.end(), [](const Trial& t) {
    return t.outcome == Outcome::completed && !t.warnings.empty();
  }));
  std::string out = fmt::format("\n{} vertebrae: {} completed ({} of them with a warning), {} failed with a reason, {} "
                                "unsound results\n",
                                trials.size(), count(trials, Outcome::completed), warned,
                                count(trials, Outcome::failed), count(trials, Outcome::defect));
  for (const Trial& t : trials)
    if (t.outcome != Outcome::completed) out += "  " + line(t);
  out += fmt::format("\n{:<24} {:<5} {:>10} {:>10} {:>10}\n", "", "", "least", "median", "largest");
  for (const Figure& figure : figures()) {
    const Spread s = spread(values_of(trials, figure));
    out += fmt::format("{:<24} {:<5} {:>10.4g} {:>10.4g} {:>10.4g}\n", figure.name, figure.unit, s.least, s.median,
                       s.largest);
  }
  out += group_table(trials, "pattern", {"wedge", "biconcave", "crush"}, &DrawnVertebra::pattern);
  out += group_table(trials, "level", {"T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5"},
                     &DrawnVertebra::level);
  return out;
}

std::string summary_json(const std::vector<Trial>& trials, unsigned seed) {
  Json out{{"version", version()},
           {"seed", seed},
           {"vertebrae", trials.size()},
           {"completed", count(trials, Outcome::completed)},
           {"failed", count(trials, Outcome::failed)},
           {"defects", count(trials, Outcome::defect)},
           {"holds", holds(trials)}};
  for (const Figure& figure : figures()) {
    const Spread s = spread(values_of(trials, figure));
    out["figures"][figure.name] = {
        {"unit", figure.unit}, {"least", s.least}, {"median", s.median}, {"largest", s.largest}};
  }
  out["rows"] = Json::array();
  for (const Trial& t : trials) out["rows"].push_back(row_json(t));
  return out.dump(2) + "\n";
}

bool holds(const std::vector<Trial>& trials) {
  return count(trials, Outcome::defect) == 0 &&
         count(trials, Outcome::completed) >= least_share * static_cast<double>(trials.size());
}

} // namespace kypho::robustness

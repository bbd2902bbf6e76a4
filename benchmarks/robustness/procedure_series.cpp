#include "benchmarks/robustness/procedure_series.hpp"

#include "core/base/errors.hpp"
#include "scenarios/measures_json.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>

namespace kypho::robustness {
namespace {

using Json = nlohmann::ordered_json;

constexpr double least_share = 0.95; // of the procedures

Json row_json(const ProcedureTrial& t) {
  return {{"number", t.drawn.number},
          {"case", t.drawn.words},
          {"file", t.drawn.file},
          {"set", t.drawn.overrides},
          {"ending", name_of(t.ending)},
          {"exit_code", t.exit_code},
          {"stage", t.stage},
          {"reason", t.reason},
          {"warnings", t.warnings},
          {"wall_s", t.wall_s},
          {"cpu_s", t.cpu_s},
          {"elements", t.elements},
          {"least_volume_ratio", t.least_volume_ratio},
          {"bone_lost", t.bone_lost},
          {"pressure_mpa", t.pressure_mpa},
          {"volume_ml", t.volume_ml},
          {"restored_fraction", t.restored}};
}

ProcedureTrial trial_from(const Json& j) {
  ProcedureTrial t;
  t.drawn = {j.at("number"), j.at("file"), j.at("set"), j.at("case")};
  for (const Ending ending : {Ending::completed, Ending::gave_up, Ending::refused, Ending::defect})
    if (j.at("ending") == name_of(ending)) t.ending = ending;
  t.exit_code = j.at("exit_code");
  t.stage = j.at("stage");
  t.reason = j.at("reason");
  t.warnings = j.at("warnings");
  t.wall_s = j.at("wall_s");
  t.cpu_s = j.at("cpu_s");
  t.elements = j.at("elements");
  t.least_volume_ratio = j.at("least_volume_ratio");
  t.bone_lost = j.at("bone_lost");
  t.pressure_mpa = j.at("pressure_mpa");
  t.volume_ml = j.at("volume_ml");
  t.restored = j.at("restored_fraction");
  return t;
}

long count(const std::vector<ProcedureTrial>& trials, Ending ending) {
  return std::count_if(trials.begin(), trials.end(), [&](const ProcedureTrial& t) { return t.ending == ending; });
}

std::string spread_text(const std::vector<ProcedureTrial>& trials, const char* name,
                        double (*figure)(const ProcedureTrial&)) {
  std::vector<double> values;
  for (const ProcedureTrial& t : trials)
    if (t.ending == Ending::completed && std::isfinite(figure(t))) values.push_back(figure(t));
  if (values.empty()) return "";
  std::sort(values.begin(), values.end());
  return fmt::format("| {} | {:.3g} | {:.3g} | {:.3g} |\n", name, values.front(), values[values.size() / 2],
                     values.back());
}

} // namespace

ProcedureRows::ProcedureRows(const std::filesystem::path& dir) : file_(dir / "procedures.jsonl") {
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  if (error) throw LimitReached(dir.string() + " cannot be made: " + error.message());
  std::ifstream stream(file_);
  for (std::string text; std::getline(stream, text);)
    if (const Json row = Json::parse(text, nullptr, false); !row.is_discarded()) rows_.push_back(trial_from(row));
}

std::optional<ProcedureTrial> ProcedureRows::find(const DrawnProcedure& drawn) const {
  for (const ProcedureTrial& t : rows_)
    if (t.drawn.number == drawn.number && t.drawn.overrides == drawn.overrides) return t;
  return std::nullopt;
}

void ProcedureRows::add(const ProcedureTrial& trial) {
  std::ofstream stream(file_, std::ios::app);
  stream << row_json(trial).dump() << std::endl;
  if (!stream) throw LimitReached(file_.string() + " cannot be written");
  rows_.push_back(trial);
}

std::string line(const ProcedureTrial& t) {
  const std::string start = fmt::format("{:>4} {:<90} ", t.drawn.number, t.drawn.words);
  if (t.ending != Ending::completed)
    return start + fmt::format("{}, exit {}{}: {}\n", name_of(t.ending), t.exit_code,
                               t.stage.empty() ? "" : " in " + t.stage, t.reason);
  return start + fmt::format("{:.2f} mL at {:.2f} MPa, volume ratio > {:.3f}, {:.0f} s\n", t.volume_ml, t.pressure_mpa,
                             t.least_volume_ratio, t.wall_s);
}

std::string summary_page(const std::vector<ProcedureTrial>& trials, unsigned seed) {
  const long done = count(trials, Ending::completed), refused = count(trials, Ending::refused);
  const long tried = static_cast<long>(trials.size()) - refused;
  std::string page =
      fmt::format("# Procedures drawn at random\n\nWritten by `procedure_robustness`, seed {}. Of {} "
                  "procedures {} were refused for their way through the bone; of the others {} completed ({:.0f} "
                  "%), {} gave up with a reason, {} are defects.\n",
                  seed, trials.size(), refused, done, tried > 0 ? 100.0 * done / tried : 0.0,
                  count(trials, Ending::gave_up), count(trials, Ending::defect));
  if (done < static_cast<long>(trials.size())) page += "\n## Not completed\n";
  for (const ProcedureTrial& t : trials)
    if (t.ending != Ending::completed)
      page += fmt::format("\n* {}, exit code {}{}: {}\n\n  `{}`\n", name_of(t.ending), t.exit_code,
                          t.stage.empty() ? "" : ", in " + t.stage, t.reason,
                          run_line(t.drawn, "runs/" + case_name(t.drawn)));
  page += "\n## Completed\n\n| figure | least | median | largest |\n| --- | --- | --- | --- |\n";
  using T = ProcedureTrial;
  page += spread_text(trials, "wall, s", [](const T& t) { return t.wall_s; });
  page += spread_text(trials, "processor, s", [](const T& t) { return t.cpu_s; });
  page += spread_text(trials, "least volume ratio of an element", [](const T& t) { return t.least_volume_ratio; });
  page += spread_text(trials, "bone of the body lost to the channels", [](const T& t) { return t.bone_lost; });
  page += spread_text(trials, "highest balloon pressure, MPa", [](const T& t) { // an expander has none
    return t.pressure_mpa > 0 ? t.pressure_mpa : std::nan("");
  });
  page += spread_text(trials, "restored share of the anterior height", [](const T& t) { return t.restored; });
  page += "\n| n | case | ending | exit | volume ratio | bone lost | mL | MPa | restored | wall, s | warnings |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
  for (const ProcedureTrial& t : trials)
    page += fmt::format("| {} | {} | {} | {} | {:.3f} | {:.3f} | {:.2f} | {:.2f} | {:.2f} | {:.0f} | {} |\n",
                        t.drawn.number, t.drawn.words, name_of(t.ending), t.exit_code, t.least_volume_ratio,
                        t.bone_lost, t.volume_ml, t.pressure_mpa, t.restored, t.wall_s, t.warnings.size());
  return page;
}

std::string summary_json(const std::vector<ProcedureTrial>& trials, unsigned seed) {
  Json out{{"version", version()},
           {"seed", seed},
           {"procedures", trials.size()},
           {"completed", count(trials, Ending::completed)},
           {"gave_up", count(trials, Ending::gave_up)},
           {"refused", count(trials, Ending::refused)},
           {"defects", count(trials, Ending::defect)},
           {"holds", holds(trials)},
           {"rows", Json::array()}};
  for (const ProcedureTrial& t : trials) out["rows"].push_back(row_json(t));
  return out.dump(2) + "\n";
}

bool holds(const std::vector<ProcedureTrial>& trials) {
  return count(trials, Ending::defect) == 0 &&
         count(trials, Ending::completed) >=
             least_share * static_cast<double>(static_cast<long>(trials.size()) - count(trials, Ending::refused));
}

} // namespace kypho::robustness

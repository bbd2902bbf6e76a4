#include "scenarios/list.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include "core/devices/curette.hpp"
#include "core/devices/expander.hpp"
#include "core/devices/implant.hpp"
#include "core/materials/bone_condition.hpp"
#include "core/materials/density_law.hpp"
#include "mesh/anatomy.hpp"
#include "mesh/mesher.hpp"
#include "scenarios/document.hpp"
#include "scenarios/sections.hpp"
#include "solvers/explicit.hpp"
#include "solvers/linear_solver.hpp"
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <iterator>

namespace kypho {
namespace {

/// One thing that can be named, or one table of keys.
struct Item {
  std::string name, meaning, source;
  ParamSpecs specs;
};

struct Chapter {
  std::string topic, heading, intro;
  std::vector<Item> items;
};

Chapter tissue_chapter() {
  Chapter chapter{
      "tissues", "Tissues", "Tables [materials.<tissue>]. The key `law` chooses another law than the usual one.", {}};
  for (const TissueInfo& tissue : tissue_catalog()) {
    const LawInfo& law = find_law(tissue.default_law);
    chapter.items.push_back(
        {tissue.name, fmt::format("{}; law: {} (allowed: {})", tissue.meaning, law.name, joined(laws_of(tissue))), "",
         tissue_specs(tissue, law)});
  }
  return chapter;
}

Chapter law_chapter() {
  Chapter chapter{"laws", "Laws", "Values of `law` in [materials.<tissue>], with the law's own defaults.", {}};
  for (const LawInfo& law : law_catalog()) chapter.items.push_back({law.name, law.meaning, law.source, law.specs});
  return chapter;
}

Chapter density_chapter() {
  Chapter chapter{
      "density_laws",
      "Density laws",
      "Values of `density_law` in [materials.trabecular]: axial modulus E and strength Y. Outside its range a "
      "law is carried on, and the run says so.",
      {}};
  for (const DensityLaw& law : density_law_catalog())
    chapter.items.push_back({law.name, law.formula(), law.source, {}});
  return chapter;
}

Chapter condition_chapter() {
  Chapter chapter{
      "conditions",
      "Conditions of bone",
      "Values of `condition` in [materials.trabecular]: what is left of healthy bone of the same density, with "
      "the range for studies.",
      {}};
  for (const BoneCondition& condition : bone_condition_catalog())
    chapter.items.push_back({condition.name, condition.meaning + ": " + condition.shares(), condition.source, {}});
  return chapter;
}

Chapter part_chapter() {
  Chapter chapter{
      "parts",
      "Parts beside the vertebra",
      "Discs, ligaments and implants: a law with values of its own, for models that have them. A case has no tables of "
      "theirs.",
      {}};
  for (const TissueInfo& part : part_catalog()) {
    std::string values;
    for (const auto& [key, value] : part.overrides) values += (values.empty() ? ": " : ", ") + key + " " + value;
    chapter.items.push_back(
        {part.name, fmt::format("{}; law: {}{}", part.meaning, part.default_law, values), part.source, {}});
  }
  return chapter;
}

Chapter device_chapter() {
  Chapter chapter{
      "devices",
      "Devices",
      "Named by the stage that uses them: balloons by inflate, jacks and expanders by expand, curettes by curette.",
      {}};
  for (const std::string& name : filled_device_names()) {
    const FilledDevice device = find_filled_device(name);
    const BalloonInfo& b = device.balloon;
    const std::string mesh = device.stent_tension > 0 ? fmt::format(", metal mesh that yields at {} and stays",
                                                                    format_quantity(device.stent_tension, "N/mm"))
                             : device.stays_full      ? ", stays"
                                                      : "";
    chapter.items.push_back(
        {b.name,
         fmt::format("{}; length {}, diameter {} to {}, volume up to {}, pressure up to {}, wall tension {}{}",
                     b.meaning, format_quantity(b.length, "mm"), format_quantity(b.deflated_diameter, "mm"),
                     format_quantity(b.max_diameter, "mm"), format_quantity(b.max_volume, "mL"),
                     fmt::format("{:.0f} psi", b.max_pressure / find_unit("psi").factor),
                     format_quantity(b.wall_tension, "N/mm"), mesh),
         b.source,
         {}});
  }
  for (const ExpanderInfo& e : expander_catalog())
    chapter.items.push_back(
        {e.name,
         fmt::format(
             "{}; length {:.3g} mm closed, {:.3g} mm open, height {:.3g} to {:.3g} mm, force up to {:.0f} N; {}",
             e.meaning, e.closed.length(), e.open.length(), e.closed.height(), e.open.height(), e.max_force,
             e.stays ? "stays" : "closes again and is taken out"),
         e.source,
         {}});
  for (const CuretteInfo& c : curette_catalog())
    chapter.items.push_back({c.name,
                             fmt::format("{}; shaft {:.3g} mm, blade {:.3g} mm wide, reaches {:.3g} mm from its axis",
                                         c.meaning, c.shaft, c.width, c.reach),
                             c.source,
                             {}});
  return chapter;
}

Chapter cement_chapter() {
  Chapter chapter{"cements", "Cements", "Table [cement]. The key `name` chooses the cement.", {}};
  for (const CementInfo& cement : cement_catalog())
    chapter.items.push_back({cement.name, cement.meaning, cement.source, cement.specs});
  return chapter;
}

Chapter stage_chapter() {
  Chapter chapter{
      "stages", "Stages", "Tables [[stage]], done in the order of the file. The key `kind` says which.", {}};
  for (const StageInfo& stage : stage_catalog()) chapter.items.push_back({stage.kind, stage.meaning, "", stage.specs});
  return chapter;
}

Chapter solver_chapter() {
  Chapter chapter{"solvers", "Solvers", "Table [solver], and the linear-solver backends.", {}};
  chapter.items.push_back({"[solver]", "how equilibrium is found", "", solver_specs()});
  for (const LinearSolverInfo& solver : linear_solvers())
    chapter.items.push_back({solver.name, solver.meaning, "", {}});
  return chapter;
}

std::vector<Chapter> chapters() {
  return {{"case", "Top of the file", "Keys before the first table.", {{"case", "", "", top_specs()}}},
          {"anatomy", "Anatomy", "Table [anatomy].", {{"[anatomy]", "the vertebra", "", anatomy_specs()}}},
          {"mesh", "Mesh", "Table [mesh].", {{"[mesh]", "edge lengths of the tetrahedra", "", mesh_specs()}}},
          tissue_chapter(),
          law_chapter(),
          density_chapter(),
          condition_chapter(),
          part_chapter(),
          device_chapter(),
          cement_chapter(),
          stage_chapter(),
          solver_chapter()};
}

std::string default_text(const ParamSpec& spec) {
  if (spec.required) return "required";
  if (spec.optional) return "none";
  return spec.default_text.empty() ? "\"\"" : spec.default_text;
}

std::string item_text(const Item& item) {
  std::string out = fmt::format("  {}{}{}\n", item.name, item.meaning.empty() ? "" : ": " + item.meaning,
                                item.source.empty() ? "" : " [" + item.source + "]");
  std::size_t width = 0;
  for (const ParamSpec& spec : item.specs) width = std::max(width, spec.name.size());
  for (const ParamSpec& spec : item.specs)
    out += fmt::format("    {:<{}}  {}  ({}){}\n", spec.name, width, spec.meaning,
                       "default " + default_text(spec) + "; " + allowed_text(spec),
                       spec.source.empty() ? "" : " [" + spec.source + "]");
  return out;
}

std::string case_list(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::string out = "CASES  " + folder.string() + "\n";
  for (const auto& file : files) {
    const Document document = read_document(file);
    const Entry* title = document.top.find("title");
    out += fmt::format("  {:<28}{}\n", file.stem().string(), title ? title->text : "");
  }
  return out;
}

/// A cell of a Markdown table.
std::string cell(std::string text) {
  for (auto at = text.find('|'); at != text.npos; at = text.find('|', at + 2)) text.replace(at, 1, "\\|");
  return text;
}

std::string item_markdown(const Item& item) {
  std::string out = fmt::format("\n### {}\n", item.name);
  if (!item.meaning.empty()) out += "\n" + item.meaning + (item.source.empty() ? ".\n" : " (" + item.source + ").\n");
  if (item.specs.empty()) return out;
  out += "\n| key | default | allowed | meaning | source |\n|---|---|---|---|---|\n";
  for (const ParamSpec& spec : item.specs)
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", spec.name, cell(default_text(spec)), cell(allowed_text(spec)),
                       cell(spec.meaning), cell(spec.source));
  return out;
}

} // namespace

std::vector<std::string> list_topics() {
  std::vector<std::string> topics;
  for (const Chapter& chapter : chapters()) topics.push_back(chapter.topic);
  topics.push_back("cases");
  return topics;
}

std::string list_text(const std::string& topic, const std::filesystem::path& cases) {
  const auto topics = list_topics();
  if (!topic.empty() && std::find(topics.begin(), topics.end(), topic) == topics.end())
    throw InputError("list: " + unknown_name("topic", topic, topics));
  std::string out;
  for (const Chapter& chapter : chapters()) {
    if (!topic.empty() && topic != chapter.topic) continue;
    std::string heading = chapter.heading;
    for (char& c : heading) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    out += fmt::format("{}{}  {}\n", out.empty() ? "" : "\n", heading, chapter.intro);
    for (const Item& item : chapter.items) out += item_text(item);
  }
  if (!out.empty() && topic.empty()) out += '\n';
  if (topic.empty() || topic == "cases") out += case_list(cases);
  return out;
}

std::string list_markdown() {
  std::string out =
      "# Keys of a case file\n\n"
      "Generated by `kyphosim list --markdown` from the declarations in the code; do not edit.\n\n"
      "A value with a unit is a text, `\"220 psi\"`; any unit of the same kind is accepted. Pure numbers, whole "
      "numbers, true and false are bare. A key that is left out has its default; relative paths start "
      "at the folder of the case file.\n";
  for (const Chapter& chapter : chapters()) {
    out += fmt::format("\n## {}\n\n{}\n", chapter.heading, chapter.intro);
    for (const Item& item : chapter.items) out += item_markdown(item);
  }
  return out;
}

std::filesystem::path cases_folder() {
  if (const char* folder = std::getenv("KYPHOSIM_CASES")) return folder;
  return std::filesystem::path(KYPHOSIM_SOURCE_DIR) / "scenarios" / "cases";
}

} // namespace kypho

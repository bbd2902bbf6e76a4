#include "scenarios/scenario.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include "mesh/anatomy.hpp"
#include "mesh/mesher.hpp"
#include "scenarios/digest.hpp"
#include "scenarios/document.hpp"
#include "scenarios/sections.hpp"
#include "solvers/explicit.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace kypho {
namespace {

namespace fs = std::filesystem;

const char* kind_of(const ParamSpec& spec) {
  switch (spec.kind) {
  case ParamKind::quantity:
    return spec.unit.empty() ? "a number, written without quotes" : "a text with number and unit";
  case ParamKind::integer: return "a whole number, written without quotes";
  case ParamKind::flag: return "true or false, written without quotes";
  case ParamKind::choice:
  case ParamKind::text:
  case ParamKind::path: return "a text in quotes";
  case ParamKind::quantity_list:
  case ParamKind::integer_list: return "a list in [ ]";
  }
  return "?";
}

bool is_list(const ParamSpec& spec) {
  return spec.kind == ParamKind::quantity_list || spec.kind == ParamKind::integer_list;
}

/// Whether the TOML type of one value (of one item, for lists) is one that the key can take at all.
bool fits(const ParamSpec& spec, Entry::Type type) {
  using Type = Entry::Type;
  if (type == Type::free) return true;
  switch (spec.kind) {
  case ParamKind::quantity:
  case ParamKind::quantity_list:
    return type == Type::real || type == Type::integer || (type == Type::text && !spec.unit.empty());
  case ParamKind::integer:
  case ParamKind::integer_list: return type == Type::integer || type == Type::real;
  case ParamKind::flag: return type == Type::boolean;
  default: return type == Type::text;
  }
}

Params::Value read_list(const ParamSpec& spec, const Entry& entry) {
  std::vector<double> numbers;
  std::vector<long> integers;
  for (const Entry& item : entry.items) {
    if (!fits(spec, item.type))
      throw InputError(spec.name + ": one item of the list is of the wrong type; allowed " + allowed_text(spec));
    const auto value = parse_param(spec, item.text);
    if (spec.kind == ParamKind::quantity_list)
      numbers.push_back(std::get<std::vector<double>>(value).at(0));
    else
      integers.push_back(std::get<std::vector<long>>(value).at(0));
  }
  if (spec.kind == ParamKind::quantity_list) return numbers;
  return integers;
}

/// An input file, made absolute. Missing files are found here, with the line, rather than minutes later.
std::string resolved_path(const Entry& entry, const fs::path& folder) {
  const fs::path path = fs::absolute(folder / entry.text).lexically_normal();
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) throw InputError(entry.where + ": no such file '" + path.string() + "'");
  if (fs::is_directory(status)) throw InputError(entry.where + ": '" + path.string() + "' is a folder, not a file");
  return path.string();
}

Params::Value read_value(const ParamSpec& spec, const Entry& entry, const fs::path& folder) {
  const bool list = entry.type == Entry::Type::list;
  const bool fitting =
      list ? is_list(spec) : entry.type == Entry::Type::free || (!is_list(spec) && fits(spec, entry.type));
  if (!fitting) throw InputError(entry.where + ": must be " + kind_of(spec) + "; allowed " + allowed_text(spec));
  try {
    if (list) return read_list(spec, entry);
    const auto value = parse_param(spec, entry.text);
    return spec.kind == ParamKind::path ? Params::Value(resolved_path(entry, folder)) : value;
  } catch (const InputError& error) {
    const std::string what = error.what(), own = spec.name + ": ";
    // The place already ends with the key.
    throw InputError(what.rfind(own, 0) == 0 ? entry.where + ": " + what.substr(own.size()) : what);
  }
}

std::vector<std::string> names_of(const ParamSpecs& specs) {
  std::vector<std::string> names;
  for (const ParamSpec& spec : specs) names.push_back(spec.name);
  return names;
}

std::string unknown_key(const std::string& key, const ParamSpecs& specs) {
  if (specs.empty()) return "unknown key; there are none to set here";
  return "unknown key; allowed " + joined(names_of(specs)) + did_you_mean(key, names_of(specs));
}

/// Checks one table. @param selector the key that chose @p specs ("law", "name", "kind"), "" if there is none
Params read_section(const Section& section, const ParamSpecs& specs, const fs::path& folder,
                    const std::string& selector = "") {
  Params params(specs);
  for (const Entry& entry : section.entries) {
    if (entry.key == selector) continue;
    const ParamSpec* spec = nullptr;
    for (const ParamSpec& s : specs)
      if (s.name == entry.key) spec = &s;
    if (!spec) throw InputError(entry.where + ": " + unknown_key(entry.key, specs));
    params.set(spec->name, read_value(*spec, entry, folder));
  }
  for (const ParamSpec& spec : specs)
    if (spec.required && !params.has(spec.name))
      throw InputError(section.place + ": " + (section.name.empty() ? "" : section.name + ".") + spec.name +
                       ": is missing; allowed " + allowed_text(spec));
  return params;
}

/// The name that a table's selector key gives, or @p fallback. @p find throws for a name that does not exist.
template <class Find>
std::string selected(const Section& section, const std::string& selector, const std::string& fallback, Find&& find) {
  const Entry* entry = section.find(selector);
  if (!entry) return fallback;
  if (entry->type != Entry::Type::text && entry->type != Entry::Type::free)
    throw InputError(entry->where + ": must be a text in quotes");
  try {
    find(entry->text);
  } catch (const InputError& error) {
    throw InputError(entry->where + ": " + error.what());
  }
  return entry->text;
}

std::map<std::string, MaterialSpec> read_materials(const Document& document, const fs::path& folder) {
  for (const Section& section : document.materials) {
    try {
      find_tissue(section.name.substr(section.name.find('.') + 1));
    } catch (const InputError& error) {
      throw InputError(section.place + ": " + section.name + ": " + error.what());
    }
  }
  std::map<std::string, MaterialSpec> materials;
  for (const TissueInfo& tissue : tissue_catalog()) {
    Section section{"materials." + tissue.name, document.file.string(), false, {}};
    for (const Section& given : document.materials)
      if (given.name == section.name) section = given;
    MaterialSpec& material = materials[tissue.name];
    material.law = selected(section, "law", tissue.default_law, [&](const std::string& law) {
      const auto laws = laws_of(tissue);
      if (std::find(laws.begin(), laws.end(), law) == laws.end()) throw InputError(unknown_name("law", law, laws));
    });
    material.params = read_section(section, tissue_specs(tissue, find_law(material.law)), folder, "law");
  }
  return materials;
}

std::vector<StageSpec> read_stages(const Document& document, const fs::path& folder) {
  if (document.stages.empty())
    throw InputError(document.file.string() + ": no stages; write at least one [[stage]] with kind = \"...\"");
  std::vector<StageSpec> stages;
  std::map<std::string, int> count;
  for (const Section& section : document.stages) {
    const std::string kind = selected(section, "kind", "", find_stage);
    if (kind.empty()) {
      std::vector<std::string> kinds;
      for (const StageInfo& info : stage_catalog()) kinds.push_back(info.kind);
      throw InputError(section.place + ": stage.kind: is missing; allowed " + joined(kinds));
    }
    stages.push_back(
        {kind, ++count[kind], read_section(section, find_stage(kind).specs, folder, "kind"), section.place});
  }
  return stages;
}

void write_params(std::string& out, const ParamSpecs& specs, const Params& params, bool bare_names) {
  for (const ParamSpec& spec : specs) {
    if (!params.has(spec.name)) continue;
    Params::Value value = params.all().find(spec.name)->second;
    if (bare_names && spec.kind == ParamKind::path) value = fs::path(std::get<std::string>(value)).filename().string();
    out += fmt::format("{} = {}\n", spec.name, format_param(spec, value));
  }
}

/// @param bare_names input files by name only, so that the text does not depend on where they lie
std::string echo_text(const Scenario& s, bool bare_names) {
  std::string out;
  Params top;
  top.set("title", s.title);
  top.set("seed", s.seed);
  write_params(out, top_specs(), top, bare_names);
  const auto table = [&](const std::string& head, const ParamSpecs& specs, const Params& params) {
    out += "\n" + head + "\n";
    write_params(out, specs, params, bare_names);
  };
  table("[anatomy]", anatomy_specs(), s.anatomy);
  table("[mesh]", mesh_specs(), s.mesh);
  table("[solver]", solver_specs(), s.solver);
  for (const TissueInfo& tissue : tissue_catalog()) {
    const MaterialSpec& material = s.materials.at(tissue.name);
    table(fmt::format("[materials.{}]\nlaw = \"{}\"", tissue.name, material.law),
          tissue_specs(tissue, find_law(material.law)), material.params);
  }
  table(fmt::format("[cement]\nname = \"{}\"", s.cement), find_cement(s.cement).specs, s.cement_params);
  for (const StageSpec& stage : s.stages)
    table(fmt::format("[[stage]]\nkind = \"{}\"", stage.kind), find_stage(stage.kind).specs, stage.params);
  return out;
}

} // namespace

std::string stage_name(const StageSpec& stage) { return fmt::format("{}[{}]", stage.kind, stage.ordinal); }

Scenario Scenario::read(const fs::path& file, const std::vector<std::string>& overrides) {
  Document document = read_document(file);
  for (const std::string& assignment : overrides) apply_override(document, assignment);
  return of(document);
}

Scenario Scenario::of(const Document& document) {
  const fs::path folder = fs::absolute(document.file).parent_path();
  Scenario s;
  s.file = document.file;
  const Params top = read_section(document.top, top_specs(), folder);
  s.title = top.text("title");
  s.seed = top.integer("seed");
  s.anatomy = read_section(document.anatomy, anatomy_specs(), folder);
  s.mesh = read_section(document.mesh, mesh_specs(), folder);
  s.solver = read_section(document.solver, solver_specs(), folder);
  s.materials = read_materials(document, folder);
  s.cement = selected(document.cement, "name", cement_catalog().at(0).name, find_cement);
  s.cement_params = read_section(document.cement, find_cement(s.cement).specs, folder, "name");
  s.stages = read_stages(document, folder);
  s.sha256 = sha256_of(echo_text(s, true));
  return s;
}

std::string Scenario::echo() const { return echo_text(*this, false); }

std::string Scenario::echo_until(int stages) const {
  Scenario part = *this;
  part.title.clear();
  part.stages.resize(static_cast<std::size_t>(stages));
  return echo_text(part, true);
}

} // namespace kypho

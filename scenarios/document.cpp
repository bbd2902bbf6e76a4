#include "scenarios/document.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include "scenarios/detail/toml_reader.hpp"
#include <algorithm>
#include <charconv>
#include <sstream>

namespace kypho {
namespace {

const std::vector<std::string>& table_names() {
  static const std::vector<std::string> names{"anatomy", "mesh", "solver", "materials", "cement", "stage"};
  return names;
}

/// A table that stands alone; nullptr for the others.
Section* plain_section(Document& document, std::string_view table) {
  for (Section* section : {&document.anatomy, &document.mesh, &document.solver, &document.cement})
    if (section->name == table) return section;
  return nullptr;
}

std::vector<Section> read_materials(const detail::TomlReader& reader, const toml::node& node) {
  std::vector<Section> sections;
  for (const auto& [tissue, table] : reader.expect_table("materials.<tissue>", node)) {
    const std::string name = "materials." + std::string(tissue.str());
    sections.push_back(reader.section(name, reader.expect_table(name, table)));
  }
  return sections;
}

std::string_view without_quotes(std::string_view value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
    return value.substr(1, value.size() - 2);
  return value;
}

std::vector<Section*> addressed_stages(Document& document, const std::string& address, const std::string& where) {
  const auto [kind, ordinal] = stage_address(address, where);
  std::vector<Section*> found;
  std::vector<std::string> kinds;
  for (Section& stage : document.stages) {
    kinds.push_back(kind_of(stage));
    if (kinds.back() == kind) found.push_back(&stage);
  }
  if (found.empty())
    throw InputError(where + ": the case has no stage '" + kind + "'; it has " + joined(kinds) +
                     did_you_mean(kind, kinds));
  if (ordinal == 0) return found;
  if (static_cast<std::size_t>(ordinal) > found.size())
    throw InputError(where + ": the case has " + std::to_string(found.size()) + " stage(s) '" + kind + "', not " +
                     std::to_string(ordinal));
  return {found[static_cast<std::size_t>(ordinal) - 1]};
}

void put(Section& section, const Entry& entry) {
  for (Entry& old : section.entries)
    if (old.key == entry.key) {
      old = entry;
      return;
    }
  section.entries.push_back(entry);
}

Section& material_section(Document& document, const std::string& tissue, const std::string& where) {
  const std::string name = "materials." + tissue;
  for (Section& section : document.materials)
    if (section.name == name) return section;
  // The place of a table that only the command line names is the command line.
  document.materials.push_back({name, where, true, {}});
  return document.materials.back();
}

} // namespace

std::pair<std::string, int> stage_address(const std::string& text, const std::string& where) {
  const auto open = text.find('[');
  if (open == text.npos) return {text, 0};
  int ordinal = 0;
  const char* first = text.data() + open + 1;
  const auto [end, error] = std::from_chars(first, text.data() + text.size(), ordinal);
  if (error != std::errc{} || std::string_view(end) != "]" || ordinal < 1)
    throw InputError(where + ": '" + text + "' must be a stage kind, or kind and ordinal as in inflate[2]");
  return {text.substr(0, open), ordinal};
}

std::string kind_of(const Section& stage) {
  const Entry* kind = stage.find("kind");
  return kind ? kind->text : "";
}

const Entry* Section::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

Document read_document(const std::filesystem::path& file) {
  const std::string name = file.string();
  const toml::table root = detail::read_toml(file);
  const detail::TomlReader reader(name);
  Document document{file,
                    {"", name, true, {}},
                    {"anatomy", name, false, {}},
                    {"mesh", name, false, {}},
                    {"solver", name, false, {}},
                    {"cement", name, false, {}},
                    {},
                    {}};
  std::vector<std::string> tables;
  for (const auto& [key, node] : root) {
    const std::string table(key.str());
    const bool is_table = std::find(table_names().begin(), table_names().end(), table) != table_names().end();
    if (is_table) tables.push_back(table);
    if (table == "materials")
      document.materials = read_materials(reader, node);
    else if (table == "stage")
      document.stages = reader.stages("stage", node);
    else if (is_table)
      *plain_section(document, table) = reader.section(table, reader.expect_table(table, node));
    else if (node.is_table() || node.is_array_of_tables())
      throw InputError(reader.place(node) + ": " + unknown_name("table", table, table_names()));
  }
  document.top = reader.section("", root, tables);
  document.top.place = name;
  return document;
}

void apply_override(Document& document, const std::string& assignment) {
  const auto equals = assignment.find('=');
  const std::string path = assignment.substr(0, equals);
  if (equals == assignment.npos || path.empty())
    throw InputError("--set " + assignment + ": must be PATH=VALUE, as in stage.posture.preload=\"250 N\"");
  Entry value;
  value.text = without_quotes(std::string_view(assignment).substr(equals + 1));
  value.where = "--set " + path;
  apply_override(document, path, std::move(value));
}

void apply_override(Document& document, const std::string& path, Entry value) {
  const std::string& where = value.where;
  std::vector<std::string> parts;
  std::stringstream stream(path);
  for (std::string part; std::getline(stream, part, '.');) parts.push_back(part);
  if (parts.empty() || path.back() == '.' || std::count(parts.begin(), parts.end(), "") > 0 || parts.size() > 3)
    throw InputError(where + ": must be the path of a key, as in stage.posture.preload");
  value.key = parts.back();
  const std::string& table = parts[0];
  const auto need = [&](std::size_t count, const char* form) {
    if (parts.size() != count) throw InputError(where + ": must have the form " + form);
  };
  if (table == "stage") {
    need(3, "stage.KIND.KEY or stage.KIND[2].KEY");
    if (value.key == "kind") throw InputError(where + ": the kind of a stage cannot be overridden");
    for (Section* stage : addressed_stages(document, parts[1], where)) put(*stage, value);
  } else if (table == "materials") {
    need(3, "materials.TISSUE.KEY");
    put(material_section(document, parts[1], where), value);
  } else if (parts.size() == 1) {
    put(document.top, value);
  } else {
    need(2, "TABLE.KEY");
    Section* section = plain_section(document, table);
    if (!section) throw InputError(where + ": " + unknown_name("table", table, table_names()));
    put(*section, value);
  }
}

} // namespace kypho

#include "scenarios/document.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <toml++/toml.h>

namespace kypho {
namespace {

constexpr std::uintmax_t largest_case_file = 1 << 20;

std::string read_text(const std::filesystem::path& file) {
  namespace fs = std::filesystem;
  const std::string name = file.string();
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status)) throw InputError(name + ": no such file");
  if (fs::is_directory(status)) throw InputError(name + ": is a folder, not a case file");
  if (fs::is_regular_file(status) && fs::file_size(file, error) > largest_case_file)
    throw InputError(name + ": is larger than 1 MB, so it is no case file");
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  if (!stream) throw InputError(name + (fs::file_size(file, error) == 0 ? ": is empty" : ": cannot be read"));
  if (text.str().find_first_not_of(" \t\r\n") == std::string::npos) throw InputError(name + ": is empty");
  return text.str();
}

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

/// Turns toml++ nodes into sections and remembers where each stood.
class Converter {
public:
  explicit Converter(std::string file) : file_(std::move(file)) {}

  std::string place(const toml::node& node) const { return file_ + ":" + std::to_string(node.source().begin.line); }

  Entry entry(const std::string& section, const std::string& key, const toml::node& node) const {
    Entry e;
    e.key = key;
    e.where = place(node) + ": " + (section.empty() ? "" : section + ".") + key;
    if (const auto* text = node.as_string())
      set(e, Entry::Type::text, text->get());
    else if (const auto* whole = node.as_integer())
      set(e, Entry::Type::integer, std::to_string(whole->get()));
    else if (const auto* real = node.as_floating_point())
      set(e, Entry::Type::real, digits(real->get()));
    else if (const auto* flag = node.as_boolean())
      set(e, Entry::Type::boolean, flag->get() ? "true" : "false");
    else if (const auto* list = node.as_array()) {
      e.type = Entry::Type::list;
      for (const toml::node& item : *list) e.items.push_back(entry(section, key, item));
    } else if (node.is_table())
      throw InputError(e.where + ": must be a value, not a table");
    else
      throw InputError(e.where + ": must be a text, number, true, false or a list, not a date or time");
    return e;
  }

  /// @param skip keys that belong to somebody else
  Section section(const std::string& name, const toml::table& table, const std::vector<std::string>& skip = {}) const {
    Section s{name, place(table), true, {}};
    std::vector<std::pair<toml::source_position, Entry>> found;
    for (const auto& [key, node] : table)
      if (std::find(skip.begin(), skip.end(), key.str()) == skip.end())
        found.emplace_back(node.source().begin, entry(name, std::string(key.str()), node));
    // toml++ sorts by name; messages follow the file.
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& item : found) s.entries.push_back(std::move(item.second));
    return s;
  }

private:
  static void set(Entry& e, Entry::Type type, std::string text) {
    e.type = type;
    e.text = std::move(text);
  }
  static std::string digits(double value) {
    std::array<char, 40> buffer;
    return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
  }
  std::string file_;
};

const toml::table& expect_table(const Converter& convert, const std::string& name, const toml::node& node) {
  if (const auto* table = node.as_table()) return *table;
  throw InputError(convert.place(node) + ": " + name + ": must be a table, written [" + name + "]");
}

std::vector<Section> read_materials(const Converter& convert, const toml::node& node) {
  std::vector<Section> sections;
  for (const auto& [tissue, table] : expect_table(convert, "materials.<tissue>", node)) {
    const std::string name = "materials." + std::string(tissue.str());
    sections.push_back(convert.section(name, expect_table(convert, name, table)));
  }
  return sections;
}

std::vector<Section> read_stages(const Converter& convert, const toml::node& node) {
  const auto* list = node.as_array();
  const std::string place = convert.place(node);
  if (!list) throw InputError(place + ": stage: stages are a list; write [[stage]] before each");
  std::vector<Section> sections;
  for (const toml::node& item : *list) {
    if (!item.is_table()) throw InputError(convert.place(item) + ": stage: each stage is a table, written [[stage]]");
    Section section = convert.section("stage", *item.as_table());
    if (const Entry* kind = section.find("kind"); kind && kind->type == Entry::Type::text)
      section = convert.section("stage." + kind->text, *item.as_table());
    sections.push_back(std::move(section));
  }
  return sections;
}

toml::table parse(const std::string& text, const std::string& file) {
  try {
    return toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    std::string what(error.description());
    std::replace(what.begin(), what.end(), '\n', ' ');
    throw InputError(file + ":" + std::to_string(error.source().begin.line) + ": not valid TOML: " + what);
  }
}

std::string_view without_quotes(std::string_view value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
    return value.substr(1, value.size() - 2);
  return value;
}

std::string kind_of(const Section& stage) {
  const Entry* kind = stage.find("kind");
  return kind ? kind->text : "";
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

const Entry* Section::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

Document read_document(const std::filesystem::path& file) {
  const std::string name = file.string();
  const toml::table root = parse(read_text(file), name);
  const Converter convert(name);
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
      document.materials = read_materials(convert, node);
    else if (table == "stage")
      document.stages = read_stages(convert, node);
    else if (is_table)
      *plain_section(document, table) = convert.section(table, expect_table(convert, table, node));
    else if (node.is_table() || node.is_array_of_tables())
      throw InputError(convert.place(node) + ": " + unknown_name("table", table, table_names()));
  }
  document.top = convert.section("", root, tables);
  document.top.place = name;
  return document;
}

void apply_override(Document& document, const std::string& assignment) {
  const auto equals = assignment.find('=');
  const std::string path = assignment.substr(0, equals);
  const std::string where = "--set " + path;
  std::vector<std::string> parts;
  std::stringstream stream(path);
  for (std::string part; std::getline(stream, part, '.');) parts.push_back(part);
  const bool hollow = parts.empty() || path.back() == '.' || std::count(parts.begin(), parts.end(), "") > 0;
  if (equals == assignment.npos || hollow || parts.size() > 3)
    throw InputError("--set " + assignment + ": must be PATH=VALUE, as in stage.posture.preload=\"250 N\"");

  Entry entry;
  entry.key = parts.back();
  entry.text = without_quotes(std::string_view(assignment).substr(equals + 1));
  entry.where = where;
  const std::string& table = parts[0];
  const auto need = [&](std::size_t count, const char* form) {
    if (parts.size() != count) throw InputError(where + ": must have the form " + form);
  };
  if (table == "stage") {
    need(3, "stage.KIND.KEY or stage.KIND[2].KEY");
    if (entry.key == "kind") throw InputError(where + ": the kind of a stage cannot be overridden");
    for (Section* stage : addressed_stages(document, parts[1], where)) put(*stage, entry);
  } else if (table == "materials") {
    need(3, "materials.TISSUE.KEY");
    put(material_section(document, parts[1], where), entry);
  } else if (parts.size() == 1) {
    put(document.top, entry);
  } else {
    need(2, "TABLE.KEY");
    Section* section = plain_section(document, table);
    if (!section) throw InputError(where + ": " + unknown_name("table", table, table_names()));
    put(*section, entry);
  }
}

} // namespace kypho

#include "scenarios/detail/toml_reader.hpp"
#include "core/base/errors.hpp"
#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>

namespace kypho::detail {
namespace {

constexpr std::uintmax_t largest_file = 1 << 20;

std::string read_text(const std::filesystem::path& file) {
  namespace fs = std::filesystem;
  const std::string name = file.string();
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status)) throw InputError(name + ": no such file");
  if (fs::is_directory(status)) throw InputError(name + ": is a folder, not a case file");
  if (fs::is_regular_file(status) && fs::file_size(file, error) > largest_file)
    throw InputError(name + ": is larger than 1 MB, so it is no case file");
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  if (!stream) throw InputError(name + (fs::file_size(file, error) == 0 ? ": is empty" : ": cannot be read"));
  if (text.str().find_first_not_of(" \t\r\n") == std::string::npos) throw InputError(name + ": is empty");
  return text.str();
}

std::string digits(double value) {
  std::array<char, 40> buffer;
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}

} // namespace

toml::table read_toml(const std::filesystem::path& file) {
  const std::string name = file.string(), text = read_text(file);
  try {
    return toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    std::string what(error.description());
    std::replace(what.begin(), what.end(), '\n', ' ');
    throw InputError(name + ":" + std::to_string(error.source().begin.line) + ": not valid TOML: " + what);
  }
}

std::string TomlReader::place(const toml::node& node) const {
  return file_ + ":" + std::to_string(node.source().begin.line);
}

Entry TomlReader::entry(const std::string& section, const std::string& key, const toml::node& node) const {
  using Type = Entry::Type;
  Entry e;
  e.key = key;
  e.where = place(node) + ": " + (section.empty() ? "" : section + ".") + key;
  const auto set = [&](Type type, std::string text) {
    e.type = type;
    e.text = std::move(text);
  };
  if (const auto* text = node.as_string())
    set(Type::text, text->get());
  else if (const auto* whole = node.as_integer())
    set(Type::integer, std::to_string(whole->get()));
  else if (const auto* real = node.as_floating_point())
    set(Type::real, digits(real->get()));
  else if (const auto* flag = node.as_boolean())
    set(Type::boolean, flag->get() ? "true" : "false");
  else if (const auto* list = node.as_array()) {
    e.type = Type::list;
    for (const toml::node& item : *list) e.items.push_back(entry(section, key, item));
  } else if (node.is_table())
    throw InputError(e.where + ": must be a value, not a table");
  else
    throw InputError(e.where + ": must be a text, number, true, false or a list, not a date or time");
  return e;
}

Section TomlReader::section(const std::string& name, const toml::table& table,
                            const std::vector<std::string>& skip) const {
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

const toml::table& TomlReader::expect_table(const std::string& name, const toml::node& node) const {
  if (const auto* table = node.as_table()) return *table;
  throw InputError(place(node) + ": " + name + ": must be a table, written [" + name + "]");
}

std::vector<Section> TomlReader::stages(const std::string& head, const toml::node& node) const {
  const auto* list = node.as_array();
  if (!list) throw InputError(place(node) + ": " + head + ": stages are a list; write [[" + head + "]] before each");
  std::vector<Section> sections;
  for (const toml::node& item : *list) {
    if (!item.is_table())
      throw InputError(place(item) + ": " + head + ": each stage is a table, written [[" + head + "]]");
    Section section = this->section("stage", *item.as_table());
    if (const Entry* kind = section.find("kind"); kind && kind->type == Entry::Type::text)
      section = this->section("stage." + kind->text, *item.as_table());
    sections.push_back(std::move(section));
  }
  return sections;
}

} // namespace kypho::detail

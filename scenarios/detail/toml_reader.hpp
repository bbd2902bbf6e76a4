#pragma once
// Private to scenarios: toml++ nodes as entries and sections that remember where each stood.
#include "scenarios/document.hpp"
#include <toml++/toml.h>

namespace kypho::detail {

/// @throws InputError "case.toml:3: ..." for a missing, empty, unreadable or oversized file, a folder, bad TOML
toml::table read_toml(const std::filesystem::path& file);

class TomlReader {
public:
  explicit TomlReader(std::string file) : file_(std::move(file)) {}
  /// "case.toml:41"
  std::string place(const toml::node& node) const;
  /// @throws InputError for a table, date or time
  Entry entry(const std::string& section, const std::string& key, const toml::node& node) const;
  /// @param skip keys that belong to somebody else
  Section section(const std::string& name, const toml::table& table, const std::vector<std::string>& skip = {}) const;
  /// @throws InputError "...: must be a table, written [NAME]"
  const toml::table& expect_table(const std::string& name, const toml::node& node) const;
  /// The list of [[HEAD]]; each section is named after its kind. @throws InputError if it is no list of tables
  std::vector<Section> stages(const std::string& head, const toml::node& node) const;

private:
  std::string file_;
};

} // namespace kypho::detail

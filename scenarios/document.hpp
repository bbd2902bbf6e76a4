#pragma once
// A case file as its tables, keys and places, before anything is checked against the declarations.
#include <filesystem>
#include <string>
#include <vector>

namespace kypho {

/// One key with its value as the user wrote it.
struct Entry {
  enum class Type { text, integer, real, boolean, list, free }; ///< free: from --set, where quotes do not matter
  std::string key;
  Type type = Type::free;
  std::string text;         ///< the value; lists: unused
  std::vector<Entry> items; ///< of a list
  std::string where;        ///< "case.toml:41: stage.inflate.side", or "--set stage.inflate.side"
};

/// One table of the file.
struct Section {
  std::string name;  ///< "anatomy", "materials.trabecular", "stage.inflate"; "" for the top
  std::string place; ///< "case.toml:41" of its head; of the file if the table is absent
  bool present = false;
  std::vector<Entry> entries; ///< in the order of the file
  const Entry* find(std::string_view key) const;
};

struct Document {
  std::filesystem::path file;
  Section top, anatomy, mesh, solver, cement;
  std::vector<Section> materials, stages;
};

/// Knows the tables, not their keys. @throws InputError "case.toml:3: ..." for a missing, empty, unreadable or
/// oversized file, a folder, bad TOML, duplicate keys, unknown tables, tables inside tables
Document read_document(const std::filesystem::path& file);

/// Puts "stage.inflate[2].pressure_limit=300 psi" in the place of the file's value. A stage kind without a number means
/// every stage of that kind. Quotes around the value are taken off. Later overrides win.
/// @throws InputError "--set ...: ..." for a malformed path or a stage that the case does not have
void apply_override(Document& document, const std::string& assignment);
/// The same for a path and its value as a file gives it. @throws InputError that begins with the value's place
void apply_override(Document& document, const std::string& path, Entry value);

/// Kind of a stage's section; "" if it has none.
std::string kind_of(const Section& stage);

/// "inflate[2]" -> inflate, 2; "inflate" -> inflate, 0. @throws InputError "WHERE: ..." for a malformed ordinal
std::pair<std::string, int> stage_address(const std::string& text, const std::string& where);

} // namespace kypho

#include "scenarios/comparison.hpp"
#include "core/base/nearest.hpp"
#include "scenarios/check.hpp"
#include "scenarios/checkpoint.hpp"
#include "scenarios/detail/toml_reader.hpp"
#include <algorithm>
#include <cctype>
#include <set>

namespace kypho {
namespace {

namespace fs = std::filesystem;
using detail::TomlReader;

/// One [[arm]] as it is written.
struct WrittenArm {
  std::string place, name;
  Document whole; ///< shared stages and its own
  std::vector<std::pair<std::string, Entry>> set;
};

std::string text_value(const Entry& entry) {
  if (entry.type != Entry::Type::text) throw InputError(entry.where + ": must be a text in quotes");
  if (entry.text.empty()) throw InputError(entry.where + ": is empty");
  return entry.text;
}

/// @param section "" or "arm."
void expect_keys(const TomlReader& reader, const std::string& section, const toml::table& table,
                 const std::vector<std::string>& allowed) {
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end())
      throw InputError(reader.place(node) + ": " + section + name + ": unknown key; allowed " + joined(allowed) +
                       did_you_mean(name, allowed));
  }
}

/// A case that the file names, relative to the file.
Document read_named_case(const Entry& entry, const fs::path& file) {
  const fs::path path = (file.parent_path() / text_value(entry)).lexically_normal();
  std::error_code error;
  if (!fs::is_regular_file(path, error)) throw InputError(entry.where + ": no such file '" + path.string() + "'");
  return read_document(path);
}

std::vector<std::string> kinds_of(const std::vector<Section>& stages) {
  std::vector<std::string> kinds;
  for (const Section& stage : stages) kinds.push_back(kind_of(stage));
  return kinds;
}

/// How many stages of the common case are shared.
std::size_t shared_count(const Document& common, const Entry* until, const std::string& file) {
  const std::vector<std::string> kinds = kinds_of(common.stages);
  if (!until) {
    const auto access = std::find(kinds.begin(), kinds.end(), "access");
    if (access == kinds.begin())
      throw InputError(file + ": the common case has no stage before its access; name the last shared one with until");
    return static_cast<std::size_t>(access - kinds.begin());
  }
  const auto [kind, ordinal] = stage_address(text_value(*until), until->where);
  int met = 0;
  for (std::size_t k = 0; k < kinds.size(); ++k)
    if (kinds[k] == kind && ++met == std::max(1, ordinal)) return k + 1;
  throw InputError(until->where + ": the common case has no stage '" + until->text + "'; it has " + joined(kinds) +
                   did_you_mean(kind, kinds));
}

/// What @p section sets, paths written with quotes ("stage.inflate.volume") or without.
void collect_settings(const TomlReader& reader, const toml::table& table, const std::string& before,
                      std::vector<std::pair<std::string, Entry>>& found) {
  for (const auto& [key, node] : table) {
    const std::string path = before + std::string(key.str());
    if (const auto* inner = node.as_table())
      collect_settings(reader, *inner, path + ".", found);
    else
      found.emplace_back(path, reader.entry("arm.set", path, node));
  }
}

class FileReader {
public:
  explicit FileReader(const fs::path& file) : file_(file), reader_(file.string()), root_(detail::read_toml(file)) {
    expect_keys(reader_, "", root_, {"title", "case", "until", "arm"});
    top_ = reader_.section("", root_, {"arm"});
    const Entry* name = top_.find("case");
    if (!name) throw InputError(file.string() + ": case: is missing; the file of the case that all arms share");
    common_ = read_named_case(*name, file);
    shared_ = shared_count(common_, top_.find("until"), file.string());
  }

  std::string title() const {
    const Entry* title = top_.find("title");
    return title ? text_value(*title) : "";
  }

  /// The shared stages alone.
  Document common() const {
    Document document = common_;
    document.stages.resize(shared_);
    return document;
  }

  std::vector<WrittenArm> arms(std::vector<std::string>& notes) const {
    const toml::node* node = root_.get("arm");
    const auto* list = node ? node->as_array() : nullptr;
    if (!list || list->empty())
      throw InputError((node ? reader_.place(*node) : file_.string()) +
                       ": arm: no arms; write [[arm]] with name = \"...\" before each treatment");
    std::vector<WrittenArm> arms;
    for (const toml::node& item : *list) arms.push_back(arm(reader_.expect_table("[arm]", item), notes));
    return arms;
  }

private:
  WrittenArm arm(const toml::table& table, std::vector<std::string>& notes) const {
    expect_keys(reader_, "arm.", table, {"name", "case", "stage", "set"});
    const Section keys = reader_.section("arm", table, {"stage", "set"});
    const Entry *name = keys.find("name"), *other = keys.find("case");
    if (!name) throw InputError(keys.place + ": arm.name: is missing; the words that stand beside its figures");
    WrittenArm arm{reader_.place(table) + ": arm '" + text_value(*name) + "'", name->text, common_, {}};
    const toml::node* own = table.get("stage");
    if (other && own) throw InputError(other->where + ": an arm has a case or stages of its own, not both");
    if (own) {
      arm.whole.stages.resize(shared_);
      for (Section& stage : reader_.stages("arm.stage", *own)) arm.whole.stages.push_back(std::move(stage));
    } else if (other) {
      arm.whole.stages = stages_of(*other, notes);
    }
    if (const toml::node* set = table.get("set"))
      collect_settings(reader_, reader_.expect_table("arm.set", *set), "", arm.set);
    return arm;
  }

  /// The shared stages, then those of another case that follow the like ones there.
  std::vector<Section> stages_of(const Entry& name, std::vector<std::string>& notes) const {
    const Document other = read_named_case(name, file_);
    const std::vector<std::string> here = kinds_of(common().stages), there = kinds_of(other.stages);
    if (there.size() < here.size() || !std::equal(here.begin(), here.end(), there.begin()))
      throw InputError(name.where + ": its stages must begin like the shared ones, " + joined(here) + "; they are " +
                       joined(there) + "; until in the head of this file names the last shared stage");
    Document start = other;
    start.stages.resize(shared_);
    const std::string vertebra = Scenario::of(common()).echo_until(static_cast<int>(shared_));
    const std::string another = Scenario::of(start).echo_until(static_cast<int>(shared_));
    if (vertebra != another)
      notes.push_back(name.where + ": only the stages after " + here.back() + " are taken from there; " +
                      first_difference(another, vertebra));
    std::vector<Section> stages = common().stages;
    stages.insert(stages.end(), other.stages.begin() + static_cast<std::ptrdiff_t>(shared_), other.stages.end());
    return stages;
  }

  fs::path file_;
  TomlReader reader_;
  toml::table root_;
  Section top_;
  Document common_;
  std::size_t shared_ = 0;
};

/// Each where it has a place; no arm has every stage. @throws InputError for one that has none anywhere
void apply_overrides(const std::vector<std::string>& overrides, Document& common, std::vector<WrittenArm>& arms) {
  std::vector<Document*> documents{&common};
  for (WrittenArm& arm : arms) documents.push_back(&arm.whole);
  Document* const longest =
      *std::max_element(documents.begin(), documents.end(),
                        [](const Document* a, const Document* b) { return a->stages.size() < b->stages.size(); });
  for (const std::string& assignment : overrides) {
    bool placed = false;
    for (Document* document : documents) {
      try {
        apply_override(*document, assignment);
        placed = true;
      } catch (const InputError&) { // not a stage of this one
      }
    }
    if (!placed) apply_override(*longest, assignment); // says what there is
  }
}

/// A kind without a number means the stages of the arm alone.
void apply_settings(WrittenArm& arm, std::size_t shared) {
  for (const auto& [path, value] : arm.set) {
    if (!path.starts_with("stage.") || path.find('[') != path.npos) {
      apply_override(arm.whole, path, value);
      continue;
    }
    Document own = arm.whole;
    const auto first_own = [&](std::vector<Section>& stages) {
      return stages.begin() + static_cast<std::ptrdiff_t>(shared);
    };
    own.stages.erase(own.stages.begin(), first_own(own.stages));
    apply_override(own, path, value);
    std::move(own.stages.begin(), own.stages.end(), first_own(arm.whole.stages));
  }
}

/// "Two balloons, 3 mL" -> "two_balloons_3_ml"
std::string folder_name(const std::string& name) {
  std::string folder;
  for (const char c : name) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isalnum(letter))
      folder += static_cast<char>(std::tolower(letter));
    else if (!folder.empty() && folder.back() != '_')
      folder += '_';
  }
  if (!folder.empty() && folder.back() == '_') folder.pop_back();
  return folder;
}

/// @throws InputError if an arm of that folder is there already
std::string own_folder(const WrittenArm& arm, std::set<std::string>& taken) {
  const std::string folder = folder_name(arm.name);
  if (folder.empty()) throw InputError(arm.place + ": the name needs a letter or a digit");
  if (!taken.insert(folder).second)
    throw InputError(arm.place + ": its folder would be '" + folder + "', which is taken; choose another name");
  return folder;
}

Scenario checked_arm(const WrittenArm& arm, const Scenario& common, const std::string& title, const fs::path& file) {
  const Scenario scenario = [&] {
    try {
      Scenario read = Scenario::of(arm.whole);
      check_case(read);
      read.title = title.empty() ? arm.name : title + ": " + arm.name;
      return read;
    } catch (const InputError& error) {
      throw of_arm(error, arm.place, file);
    }
  }();
  const int shared = static_cast<int>(common.stages.size());
  const std::string here = common.echo_until(shared), there = scenario.echo_until(shared);
  if (here != there) throw InputError(arm.place + ": changes what all arms share: " + first_difference(there, here));
  return scenario;
}

} // namespace

InputError of_arm(const InputError& error, const std::string& place, const fs::path& file) {
  const std::string what = error.what();
  return InputError(what.starts_with(file.string()) || what.starts_with("--set") ? what : place + ": " + what);
}

std::string Comparison::reference_station() const {
  for (auto stage = common.stages.rbegin(); stage != common.stages.rend(); ++stage) {
    if (stage->kind == "posture") return stage->params.text("position");
    if (stage->kind == "fracture") return "fractured";
  }
  return "intact";
}

Comparison Comparison::read(const fs::path& file, const std::vector<std::string>& overrides) {
  const FileReader reader(file);
  Comparison comparison;
  comparison.file = file;
  comparison.title = reader.title();
  Document common = reader.common();
  std::vector<WrittenArm> arms = reader.arms(comparison.notes);
  for (WrittenArm& arm : arms) apply_settings(arm, common.stages.size());
  apply_overrides(overrides, common, arms); // the command line has the last word
  comparison.common = Scenario::of(common);
  check_case(comparison.common);
  std::set<std::string> taken{"common", "cases"};
  for (const WrittenArm& arm : arms) {
    const std::string folder = own_folder(arm, taken);
    comparison.arms.push_back(
        {arm.name, arm.place, folder, checked_arm(arm, comparison.common, comparison.title, file)});
  }
  return comparison;
}

} // namespace kypho

#include "scenarios/checkpoint.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include "scenarios/document.hpp"
#include "scenarios/measures_json.hpp"
#include "scenarios/table_file.hpp"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <sstream>

namespace kypho {
namespace {

namespace fs = std::filesystem;

constexpr int present_format = 2; // of the tables; a table more or less is another format

struct Header {
  int format = present_format;
  std::string version = kypho::version();
  std::string origin;
  std::vector<std::string> solved; ///< lines of [solver] of each stage
  KYPHO_STATE(format, version, origin, solved)
};

/// @throws InputError for another version
Header header_of(const fs::path& file, Archive& archive) {
  Header header;
  try {
    archive("header", header);
  } catch (const InputError& error) {
    throw InputError(file.string() + ": " + error.what());
  }
  if (header.format != present_format || header.version != version())
    throw InputError(fmt::format("{}: was written by kyphosim {}, format {}; this is {}, format {}", file.string(),
                                 header.version, header.format, version(), present_format));
  return header;
}

/// "03_inflate.h5" -> 3; 0 for anything else.
int number_of(const fs::path& file) {
  const std::string name = file.filename().string();
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool ours = error == std::errc{} && *end == '_' && file.extension() == ".h5";
  return ours ? number : 0;
}

std::vector<fs::path> checkpoint_files(const fs::path& dir) {
  std::vector<fs::path> files;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(dir, missing))
    if (number_of(entry.path()) > 0) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// What led to a state, and how stages were solved, line by line.
struct Parted {
  explicit Parted(const std::string& origin) {
    std::istringstream lines(origin);
    bool solver = false;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("[")) solver = line == "[solver]";
      const bool body = line.starts_with("[") || line.starts_with("self_contact") || line.starts_with("contact_");
      (solver && !body ? how : what) += line + '\n';
    }
  }
  std::string what, how;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

constexpr const char* another_way = "; --from-stage STAGE goes on from it with this engine or accuracy";

} // namespace

Checkpoints::Checkpoints(fs::path run_dir, const Scenario& scenario) : dir_(std::move(run_dir) / "checkpoint") {
  std::string inputs;
  for (const InputFile& file : input_files(scenario)) inputs += fmt::format("# {}: {}\n", file.key, file.sha256);
  const int count = static_cast<int>(scenario.stages.size());
  for (int k = 0; k <= count; ++k) {
    origins_.push_back(inputs + scenario.echo_until(k));
    if (k == 0) {
      names_.emplace_back();
      continue;
    }
    const StageSpec& stage = scenario.stages[static_cast<std::size_t>(k) - 1];
    labels_.push_back(stage_name(stage));
    names_.push_back(
        fmt::format("{:02}_{}{}.h5", k, stage.kind, stage.ordinal > 1 ? std::to_string(stage.ordinal) : ""));
  }
}

fs::path Checkpoints::file(int stages_done) const { return dir_ / names_.at(static_cast<std::size_t>(stages_done)); }

void Checkpoints::write(int stages_done, Archive& state) const {
  Header header;
  header.origin = origins_.at(static_cast<std::size_t>(stages_done));
  header.solved = solved_;
  header.solved.resize(static_cast<std::size_t>(stages_done), Parted(origins_[0]).how);
  state("header", header);
  std::error_code told_by_the_writing;
  fs::create_directories(dir_, told_by_the_writing);
  write_tables(file(stages_done), state.tables());
}

int Checkpoints::stages_held() const {
  const std::string how = Parted(origins_[0]).how;
  int held = 0;
  bool related = false;
  std::string difference;
  for (const fs::path& path : checkpoint_files(dir_)) {
    Archive archive(read_tables(path, "header"));
    const Header header = header_of(path, archive);
    const auto number = static_cast<std::size_t>(number_of(path));
    const bool fits = number < origins_.size() && Parted(header.origin).what == Parted(origins_[number]).what;
    if (fits && header.solved.back() == how) held = std::max(held, number_of(path));
    related = related || header.origin.starts_with(origins_[0]);
    if (difference.empty())
      difference = path.string() + ": comes from another case: " + first_difference(header.origin, origins_.back()) +
                   (fits ? another_way : "");
  }
  if (!related && !difference.empty())
    throw InputError(difference + "; without --resume the run starts anew and replaces what is there");
  return held;
}

Archive Checkpoints::read(int stages_done, bool may_be_solved_otherwise) {
  const fs::path path = file(stages_done);
  if (!fs::exists(path))
    throw InputError(path.string() +
                     ": does not exist: the run in this folder did not get so far, or had other stages");
  Archive archive(read_tables(path));
  const Header header = header_of(path, archive);
  const Parted there(header.origin), here(origins_[static_cast<std::size_t>(stages_done)]);
  const bool same_how = header.solved.back() == here.how;
  if (there.what != here.what)
    throw InputError(path.string() + ": comes from another case: " + first_difference(there.what, here.what));
  if (!same_how && !may_be_solved_otherwise)
    throw InputError(path.string() + ": comes from another case: [solver] " +
                     first_difference(header.solved.back(), here.how) + another_way);
  solved_ = header.solved;
  return archive;
}

bool Checkpoints::switched() const { return !solved_.empty() && solved_.back() != Parted(origins_[0]).how; }

std::vector<std::string> Checkpoints::solved_otherwise() const {
  const std::vector<std::string> here = lines_of(Parted(origins_[0]).how);
  std::vector<std::string> stages;
  for (std::size_t k = 0; k < solved_.size(); ++k) {
    std::vector<std::string> others;
    const std::vector<std::string> there = lines_of(solved_[k]);
    for (std::size_t i = 0; i < std::min(there.size(), here.size()); ++i)
      if (there[i] != here[i]) others.push_back(there[i]);
    if (!others.empty()) stages.push_back(labels_[k] + ": " + joined(others));
  }
  return stages;
}

void Checkpoints::remove_beyond(int stages_done) const {
  std::error_code ignored;
  for (const fs::path& path : checkpoint_files(dir_))
    if (number_of(path) > stages_done) fs::remove(path, ignored);
}

int find_stage_place(const Scenario& scenario, const std::string& address) {
  const auto [kind, ordinal] = stage_address(address, "--from-stage");
  std::vector<std::string> names;
  for (std::size_t k = 0; k < scenario.stages.size(); ++k) {
    const StageSpec& stage = scenario.stages[k];
    if (stage.kind == kind && stage.ordinal == std::max(1, ordinal)) return static_cast<int>(k);
    names.push_back(stage.ordinal > 1 ? fmt::format("{}[{}]", stage.kind, stage.ordinal) : stage.kind);
  }
  throw InputError("--from-stage: the case has no stage '" + address + "'; it has " + joined(names) +
                   did_you_mean(address, names));
}

std::string first_difference(const std::string& there, const std::string& here) {
  std::istringstream one(there), two(here);
  std::string section, left, right;
  int stages = 0;
  while (true) {
    const bool more_left = static_cast<bool>(std::getline(one, left));
    const bool more_right = static_cast<bool>(std::getline(two, right));
    if (!more_left && !more_right) return "nothing";
    if (!more_left) left = "nothing";
    if (!more_right) right = "nothing";
    if (left != right) return fmt::format("{}{} there, {} here", section.empty() ? "" : section + " ", left, right);
    if (left == "[[stage]]") section = fmt::format("stage {}:", ++stages);
    if (left.starts_with("[") && left != "[[stage]]") section = left;
  }
}

} // namespace kypho

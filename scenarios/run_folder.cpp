#include "scenarios/run_folder.hpp"
#include "core/base/errors.hpp"
#include "scenarios/measures_json.hpp"
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fstream>

namespace kypho {
namespace {

namespace fs = std::filesystem;

constexpr auto flush_interval = std::chrono::seconds(3);

/// What the rooms write into a run's folder, at its top.
constexpr std::array run_files{"echo.toml",      "history.csv",     "measures.json", "manifest.json",
                               "log.txt",        "frames",          "frames.pvd",    "report.html",
                               "landmarks.json", "temperature.csv", "force.csv",     "checkpoint"};
/// Those of them that a run goes on with.
constexpr std::array continued_files{"log.txt", "frames", "checkpoint"};

[[noreturn]] void refuse_writing(const fs::path& path, const std::string& why) {
  throw LimitReached("cannot write '" + path.string() + "': " + why);
}

void require_usable(const fs::path& dir) {
  std::error_code error;
  const fs::file_status status = fs::status(dir, error);
  if (!fs::exists(status)) return;
  if (!fs::is_directory(status)) throw InputError("-o " + dir.string() + ": is a file, not a folder");
  if (!fs::exists(dir / "echo.toml") && fs::directory_iterator(dir, error) != fs::directory_iterator())
    throw InputError("-o " + dir.string() +
                     ": is not empty and holds no earlier run (no echo.toml); choose another folder");
}

/// Creates @p dir. @return the folders that did not exist, outermost first
std::vector<fs::path> create_folders(const fs::path& dir) {
  std::vector<fs::path> missing;
  for (fs::path at = fs::absolute(dir).lexically_normal(); !fs::exists(at) && at.has_relative_path();
       at = at.parent_path())
    if (at.has_filename()) missing.push_back(at);
  std::reverse(missing.begin(), missing.end());
  std::error_code error;
  fs::create_directories(dir, error);
  if (error || !fs::is_directory(dir)) refuse_writing(dir, error ? error.message() : "no such folder");
  return missing;
}

} // namespace

void replace_file(const fs::path& file, const std::string& bytes) {
  fs::path temporary = file;
  temporary += ".part";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  std::error_code error;
  if (out) fs::rename(temporary, file, error);
  if (out && !error) return;
  std::error_code ignored;
  fs::remove(temporary, ignored);
  refuse_writing(file, error ? error.message() : "the disk is full or the folder is read-only");
}

void HistoryWriter::frame(const Frame& frame) {
  for (const auto& [name, value] : frame.scalars)
    if (std::find(columns_.begin(), columns_.end(), name) == columns_.end()) columns_.push_back(name);
  rows_.push_back({frame.stage, frame.stage_ordinal, frame.pseudo_time, frame.scalars});
  if (std::chrono::steady_clock::now() - last_flush_ > flush_interval) flush();
}

void HistoryWriter::flush() {
  std::string out = "stage,ordinal,pseudo_time";
  for (const std::string& column : columns_) out += "," + column;
  out += '\n';
  for (const Row& row : rows_) {
    out += fmt::format("{},{},{}", row.stage, row.ordinal, row.pseudo_time);
    for (const std::string& column : columns_) {
      const auto scalar = row.scalars.find(column);
      out += scalar == row.scalars.end() ? "," : fmt::format(",{}", scalar->second);
    }
    out += '\n';
  }
  replace_file(csv_, out);
  last_flush_ = std::chrono::steady_clock::now();
}

RunFolder::RunFolder(fs::path dir, Scenario scenario) : dir_(std::move(dir)), scenario_(std::move(scenario)) {
  require_usable(dir_);
  created_ = create_folders(dir_);
  try {
    replace_file(dir_ / ".probe", "");
    std::error_code ignored;
    fs::remove(dir_ / ".probe", ignored);
  } catch (const LimitReached&) {
    discard();
    throw;
  }
}

RunFolder::~RunFolder() {
  if (!begun_) discard();
}

void RunFolder::begin(bool go_on) {
  remove_run_files(go_on);
  begun_ = true;
  replace_file(dir_ / "echo.toml", scenario_.echo());
}

void RunFolder::finish(const Measures& measures, const std::string& ending) {
  replace_file(dir_ / "measures.json", measures_json(measures, scenario_));
  replace_file(dir_ / "manifest.json", manifest_json(scenario_, dir_, ending));
}

void RunFolder::remove_run_files(bool go_on) noexcept {
  std::error_code ignored;
  for (const std::string_view name : run_files)
    if (!go_on || std::find(continued_files.begin(), continued_files.end(), name) == continued_files.end())
      fs::remove_all(dir_ / name, ignored);
}

void RunFolder::discard() noexcept {
  if (begun_) remove_run_files(false);
  std::error_code ignored;
  // Only folders that are empty go; a folder that was there before stays.
  for (auto folder = created_.rbegin(); folder != created_.rend(); ++folder) fs::remove(*folder, ignored);
  created_.clear();
}

} // namespace kypho

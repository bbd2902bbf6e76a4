#pragma once
// DIR of `kyphosim run FILE -o DIR`: what is written there, when, and how it stays readable when a run breaks off.
//
//   echo.toml       the case with every default; the run can be repeated from it     before the first frame
//   history.csv     one row per frame; columns: stage, ordinal, pseudo_time, scalars  every few seconds
//   measures.json   the figures                                                       at the end, also of a broken run
//   manifest.json   what ran and from what: version, hashes, compiler, libraries      at the end, also of a broken run
//   checkpoint/     the state after each stage (checkpoint.hpp)                       as each stage ends
//   log.txt         messages
//
// Every file but log.txt appears whole: temporary name, then rename. Frames, pictures and report: viz/.
#include "core/measures.hpp"
#include "core/results.hpp"
#include "scenarios/scenario.hpp"
#include <chrono>

namespace kypho {

/// history.csv. The set of columns may grow while the run goes on, so the rows are kept and the file is rewritten.
class HistoryWriter : public ResultSink {
public:
  explicit HistoryWriter(std::filesystem::path csv) : csv_(std::move(csv)) {}
  void frame(const Frame& frame) override; ///< writes the file if the last writing is some seconds ago
  void flush();                            ///< @throws LimitReached if the disk takes no more
  KYPHO_STATE(columns_, rows_)

private:
  struct Row {
    std::string stage;
    int ordinal;
    double pseudo_time;
    std::map<std::string, double> scalars;
    KYPHO_STATE(stage, ordinal, pseudo_time, scalars)
  };
  std::filesystem::path csv_;
  std::vector<std::string> columns_; ///< in order of first appearance
  std::vector<Row> rows_;
  std::chrono::steady_clock::time_point last_flush_ = std::chrono::steady_clock::now();
};

/// The files of one run. Nothing of an earlier run is touched before begin(), so input that turns out bad while the
/// anatomy is made leaves no trace.
class RunFolder {
public:
  /// Takes a folder that does not exist, is empty, or holds an earlier run (echo.toml). Creates it and tries to write.
  /// @throws InputError if it holds other things or is a file, LimitReached if it cannot be written
  RunFolder(std::filesystem::path dir, Scenario scenario);
  /// Removes the folders it created if begin() was never called.
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  /// Removes the files of an earlier run (other files stay) and writes echo.toml.
  /// @param go_on takes that run up again: its frames, checkpoints and log stay
  void begin(bool go_on = false);
  bool begun() const { return begun_; }
  /// Writes measures.json and manifest.json. @param ending "complete", or why the run broke off
  void finish(const Measures& measures, const std::string& ending);
  /// Removes what a run writes, and the folders created for it: for input that turns out bad after begin().
  void discard() noexcept;
  const std::filesystem::path& dir() const { return dir_; }
  const Scenario& scenario() const { return scenario_; }

private:
  void remove_run_files(bool go_on) noexcept;

  std::filesystem::path dir_;
  Scenario scenario_;
  std::vector<std::filesystem::path> created_; ///< folders that did not exist before, outermost first
  bool begun_ = false;
};

/// Writes beside the target and renames, so that a reader never sees half a file.
/// @throws LimitReached if the disk takes no more or the folder is read-only
void replace_file(const std::filesystem::path& file, const std::string& bytes);

} // namespace kypho

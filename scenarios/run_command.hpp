#pragma once
// `kyphosim run` and `validate`: everything between the command line and the stages.
#include "core/results.hpp"
#include "core/base/errors.hpp"
#include "scenarios/command_line.hpp"
#include "scenarios/scenario.hpp"
#include <functional>
#include <memory>

namespace kypho {

/// What the pictures' room contributes to a run; main.cpp fills it in, so that this room knows no VTK.
struct Pictures {
  /// @param first_stage place of the stage that the run begins with, or goes on with: frames of earlier ones are kept
  std::function<std::unique_ptr<ResultSink>(const std::filesystem::path& run_dir, int first_stage)> frame_writer;
  std::function<void(const std::filesystem::path& run_dir)> report;
  std::function<void(const std::filesystem::path& compare_dir)> comparison; ///< compare.html and strip.png
};

/// Names the case file in a message from a room that does not know it.
InputError located(const InputError& error, const Scenario& scenario);

/// Runs the case and leaves its folder; prints the figures. The folder is kept, and readable, when the run breaks off
/// after its first frame; bad input that shows before a stage is done leaves nothing. With --resume or --from-stage the run
/// in the folder is taken up again; nothing in it is touched before its checkpoint has proved usable.
/// @throws InputError, NotConverged, LimitReached, Interrupted, ...
void run_command(const CommandLine& command, const Pictures& pictures);

/// Reads and checks a case, prints one line. @throws InputError
void validate_command(const CommandLine& command);

} // namespace kypho

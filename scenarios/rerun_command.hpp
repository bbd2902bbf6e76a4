#pragma once
// `kyphosim rerun RUN`: whether a run can be repeated.
#include "scenarios/run_command.hpp"

namespace kypho {

/// Repeats the run from its echo.toml into another folder and says whether the figures agree, apart from those of the run
/// itself (time, memory). @return exit code: 0, or 1 if they differ
/// @throws InputError if the folder holds no finished run, and what run_command() throws
int rerun_command(CommandLine command, const Pictures& pictures);

/// Which figures of two measures.json differ, "/strength/treated/failure_load_n, ..."; "" if none does.
std::string differing_measures(const std::string& one, const std::string& two);

} // namespace kypho

#pragma once
// DIR/report.html: one self-contained page about a run, for reading on screen and on paper.
#include <filesystem>

namespace kypho {

/// Reads measures.json, frames, history.csv, landmarks.json, temperature.csv and manifest.json; what is missing is left
/// out. Pictures are left out, and the report says so, if there is no display and none can be started.
/// @throws InputError without measures.json, LimitReached if the file cannot be written
void write_report(const std::filesystem::path& run_dir);

} // namespace kypho

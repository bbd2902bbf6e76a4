#pragma once
// A window on one run: timeline, fields, cut plane, heights and pressure of the moment shown.
#include <filesystem>

namespace kypho {

/// Blocks until the window is closed. @return exit code 0
/// @throws InputError without frames, BackendError without a display
int view_run(const std::filesystem::path& run_dir);

} // namespace kypho

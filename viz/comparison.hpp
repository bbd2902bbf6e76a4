#pragma once
// DIR/compare.html and DIR/strip.png of `kyphosim compare`: the arms of a comparison side by side, one self-contained page
// and one picture.
#include <filesystem>

namespace kypho {

/// Reads compare.json and the frames of the arms. Pictures are left out, and the page says so, if there is no display and
/// none can be started. @throws InputError without compare.json, LimitReached if a file cannot be written
void write_comparison(const std::filesystem::path& compare_dir);

} // namespace kypho

#pragma once
// Small file helpers of viz/: whole files, read and written at once.
#include <filesystem>
#include <string>

namespace kypho {

/// Writes beside the target and renames, so that a reader never sees half a file. @throws LimitReached
void write_whole_file(const std::filesystem::path& path, const std::string& bytes);
/// @throws InputError if it cannot be read
std::string read_whole_file(const std::filesystem::path& path);

} // namespace kypho

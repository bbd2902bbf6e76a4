#pragma once
// From one program's finite-element file to another's, by the endings of the files.
#include "mesh/fe_model.hpp"

namespace kypho {

/// .inp, .msh or .vtu. @throws InputError
FeModel read_fe_model(const std::filesystem::path& file);
/// .inp, .feb, .msh or .vtu. What the file cannot hold is warned of, one line each.
/// @throws InputError for another ending; LimitReached if the disk takes no more
void write_fe_model(const FeModel& model, const std::filesystem::path& file);
/// Both, with the endings checked before anything is read. Returns one line that says what was written.
std::string convert_file(const std::filesystem::path& from, const std::filesystem::path& to);

} // namespace kypho

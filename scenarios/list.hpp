#pragma once
// What a case file can name, as text for the terminal (`kyphosim list`) and as docs/keys.md.
#include "core/base/params.hpp"
#include <filesystem>

namespace kypho {

/// Topics of `kyphosim list`: "tissues", "laws", "devices", ...
std::vector<std::string> list_topics();
/// @param topic one of list_topics(), "" for all. @throws InputError naming the nearest
std::string list_text(const std::string& topic, const std::filesystem::path& cases);
/// The reference of all keys in Markdown: docs/keys.md.
std::string list_markdown();
/// Folder of the cases that come with the program: $KYPHOSIM_CASES, or scenarios/cases of the source tree.
std::filesystem::path cases_folder();

} // namespace kypho

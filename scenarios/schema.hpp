#pragma once
// JSON Schema (draft 2020-12) of case files, for editors that complete and check TOML.
#include <string>

namespace kypho {

/// Made from the same declarations as the reader; indented, ends with a newline.
std::string case_schema();

} // namespace kypho

#pragma once
// Tables of a state as an HDF5 file that any HDF5 reader opens: one dataset per table, rows x width, under the table's path; numbers
// compressed, every block with a check sum, texts padded with zeros to the longest. The same tables give the same bytes.
#include "core/base/archive.hpp"
#include <filesystem>

namespace kypho {

/// The file appears whole. @throws LimitReached if the disk takes no more, BackendError if HDF5 fails
void write_tables(const std::filesystem::path& file, const State& tables);
/// @param group reads the tables below this path only; their paths stay whole
/// @throws InputError, "FILE: ...", if it is cut off, damaged or no such file
State read_tables(const std::filesystem::path& file, const std::string& group = "/");

} // namespace kypho

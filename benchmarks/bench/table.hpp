#pragma once
// Rows as a table to print, as a section of a page and as JSON.
#include "benchmarks/bench/suite.hpp"

namespace kypho::bench {

std::string printed_table(const std::vector<Row>& rows);
/// With the suite's heading.
std::string section_of(const Suite& suite, const Machine& machine, const std::vector<Row>& rows);
/// Rows that were measured or went wrong, as a list.
std::string json_of(const Machine& machine, const std::vector<Row>& rows);

/// @p page with what stands from the line @p heading ("## ...") to the next heading of its level replaced by
/// @p section, or with the section added at its end.
std::string with_section(const std::string& page, const std::string& heading, const std::string& section);

} // namespace kypho::bench

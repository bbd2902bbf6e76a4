#pragma once
// The rows as Markdown with figures, and as JSON.
#include "benchmarks/validate/rows.hpp"

namespace kypho::validate {

/// @param folder of the figures, as the page links to it: "validation"
std::string page_of(const std::vector<Result>& results, const std::string& folder);
std::string json_of(const std::vector<Result>& results);
/// "pass", "fail", "not judged", "no result", "not yet runnable"
std::string verdict(const Result& result);

} // namespace kypho::validate

#pragma once
// "did you mean ...?" for names that the user mistyped.
#include <string>
#include <string_view>
#include <vector>

namespace kypho {

/// The candidate with the smallest edit distance to @p name (case, '-' and '_' ignored), "" if none is close.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);
/// " (did you mean 'x'?)", or "" if nothing is close.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

/// "unknown stage 'inflat'; allowed fracture, posture, ... (did you mean 'inflate'?)"
std::string unknown_name(std::string_view what, std::string_view name, const std::vector<std::string>& candidates);
/// "a, b, c"
std::string joined(const std::vector<std::string>& names);

} // namespace kypho

#include "core/base/nearest.hpp"
#include <algorithm>
#include <cctype>

namespace kypho {
namespace {

std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name)
    out += c == '-' || c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// Insertions, deletions, replacements and swaps of neighbours (Damerau 1964, restricted form).
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

} // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string wanted = folded(name);
  std::string best;
  std::size_t best_distance = ~std::size_t{0};
  for (const std::string& candidate : candidates) {
    const std::string c = folded(candidate);
    std::size_t distance = edit_distance(wanted, c);
    // A name cut short or written too long is a common slip that costs many edits.
    if (std::min(wanted.size(), c.size()) >= 3 && (c.find(wanted) != c.npos || wanted.find(c) != c.npos))
      distance = std::min(distance, std::size_t{2});
    const std::size_t close = std::max<std::size_t>(1, std::max(wanted.size(), c.size()) / 3);
    if (distance <= std::max<std::size_t>(close, c.size() > 3 ? 2 : 1) && distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string nearest = nearest_name(name, candidates);
  return nearest.empty() ? "" : " (did you mean '" + nearest + "'?)";
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::string unknown_name(std::string_view what, std::string_view name, const std::vector<std::string>& candidates) {
  return "unknown " + std::string(what) + " '" + std::string(name) + "'; allowed " + joined(candidates) +
         did_you_mean(name, candidates);
}

} // namespace kypho

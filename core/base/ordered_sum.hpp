#pragma once
// Sums over unknowns that have the same bits for any number of threads: each chunk by itself, the chunks in order.
#include <algorithm>
#include <array>
#include <vector>

namespace kypho {

/// @param each called with the unknown and the K sums to add to
template <std::size_t K, int chunk = 1024, class Each>
std::array<double, K> ordered_sums(int count, Each&& each) {
  const int chunks = (count + chunk - 1) / chunk;
  std::vector<std::array<double, K>> part(static_cast<std::size_t>(chunks));
#pragma omp parallel for schedule(static)
  for (int c = 0; c < chunks; ++c) {
    std::array<double, K> sums{};
    for (int i = c * chunk; i < std::min(count, (c + 1) * chunk); ++i) each(i, sums);
    part[static_cast<std::size_t>(c)] = sums;
  }
  std::array<double, K> all{};
  for (const auto& sums : part)
    for (std::size_t k = 0; k < K; ++k) all[k] += sums[k];
  return all;
}

} // namespace kypho

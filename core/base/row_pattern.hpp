#pragma once
// Patterns of sparse matrices whose rows are found one by one, in parallel: which columns a row has, each once and ascending.
#include <algorithm>
#include <vector>

namespace kypho {

/// @param width columns   @param columns_of called with a row and a function that takes a column, which may come again
/// @param start rows + 1; where each row begins in @p column
template <class ColumnsOf>
void row_pattern(int rows, int width, ColumnsOf&& columns_of, std::vector<int>& start, std::vector<int>& column) {
  constexpr int chunk = 256;
  const int chunks = (rows + chunk - 1) / chunk;
  std::vector<std::vector<int>> found(chunks);
  start.assign(rows + 1, 0);
#pragma omp parallel
  {
    std::vector<int> seen(width, -1);
#pragma omp for schedule(dynamic)
    for (int c = 0; c < chunks; ++c)
      for (int i = c * chunk; i < std::min(rows, (c + 1) * chunk); ++i) {
        const std::size_t first = found[c].size();
        columns_of(i, [&](int L) {
          if (seen[L] == i) return;
          seen[L] = i;
          found[c].push_back(L);
        });
        std::sort(found[c].begin() + first, found[c].end());
        start[i + 1] = static_cast<int>(found[c].size() - first);
      }
  }
  for (int i = 0; i < rows; ++i) start[i + 1] += start[i];
  column.resize(start[rows]);
#pragma omp parallel for schedule(dynamic)
  for (int c = 0; c < chunks; ++c) std::copy(found[c].begin(), found[c].end(), column.begin() + start[c * chunk]);
}

} // namespace kypho

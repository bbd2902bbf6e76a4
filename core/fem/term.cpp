#include "core/fem/term.hpp"
#include "core/base/errors.hpp"

#include <algorithm>
#include <cmath>

namespace kypho {

void NodeGather::add(const double* buffer, VectorX& f) const {
  const int nodes = static_cast<int>(start.size()) - 1;
#pragma omp parallel for schedule(static)
  for (int n = 0; n < nodes; ++n) {
    double x = 0, y = 0, z = 0;
    for (int k = start[n]; k < start[n + 1]; ++k) {
      const double* p = buffer + offset[k];
      x += p[0];
      y += p[stride];
      z += p[2 * stride];
    }
    f[3 * n] += x;
    f[3 * n + 1] += y;
    f[3 * n + 2] += z;
  }
}

double magnitude(const std::vector<double>& buffer) {
  constexpr std::size_t part = 4096; // the parts are the same for any number of threads
  const int parts = static_cast<int>((buffer.size() + part - 1) / part);
  std::vector<double> sums(parts);
#pragma omp parallel for schedule(static) if (parts > 16)
  for (int p = 0; p < parts; ++p) {
    const std::size_t end = std::min(buffer.size(), (p + 1) * part);
    double lanes[8] = {};
    std::size_t k = p * part;
    for (; k + 8 <= end; k += 8)
      for (int l = 0; l < 8; ++l) lanes[l] += std::abs(buffer[k + l]);
    for (; k < end; ++k) lanes[0] += std::abs(buffer[k]);
    for (const double sum : lanes) sums[p] += sum;
  }
  double sum = 0;
  for (const double s : sums) sum += s;
  return sum;
}

NodeGather gather_of(int node_count, const std::vector<std::pair<int, int>>& node_and_offset, int stride) {
  NodeGather g;
  g.stride = stride;
  g.start.assign(node_count + 1, 0);
  for (const auto& entry : node_and_offset) ++g.start[entry.first + 1];
  for (int n = 0; n < node_count; ++n) g.start[n + 1] += g.start[n];
  g.offset.resize(node_and_offset.size());
  std::vector<int> next(g.start.begin(), g.start.end() - 1);
  for (const auto& entry : node_and_offset) g.offset[next[entry.first]++] = entry.second;
  return g;
}

void visit_blocks(Archive& archive, std::string_view name, std::vector<double>& blocks, int points, int size,
                  int block_size) {
  const auto place = [&](int point, int k) {
    return static_cast<std::size_t>((point / block_size * size + k) * block_size + point % block_size);
  };
  std::vector<double> rows(static_cast<std::size_t>(points) * static_cast<std::size_t>(size));
  if (!archive.reading())
    for (int p = 0; p < points; ++p)
      for (int k = 0; k < size; ++k) rows[static_cast<std::size_t>(p * size + k)] = blocks[place(p, k)];
  const std::size_t expected = rows.size();
  archive.matrix(name, rows, size);
  if (rows.size() != expected) throw InputError("the saved state holds histories of another mesh");
  if (archive.reading())
    for (int p = 0; p < points; ++p)
      for (int k = 0; k < size; ++k) blocks[place(p, k)] = rows[static_cast<std::size_t>(p * size + k)];
}

} // namespace kypho

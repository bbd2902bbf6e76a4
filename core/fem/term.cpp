#include "core/fem/term.hpp"

#include <cmath>

namespace kypho {

void NodeGather::add(const std::vector<double>& buffer, VectorX& f) const {
  const int nodes = static_cast<int>(start.size()) - 1;
#pragma omp parallel for schedule(static)
  for (int n = 0; n < nodes; ++n) {
    double x = 0, y = 0, z = 0;
    for (int k = start[n]; k < start[n + 1]; ++k) {
      const double* p = buffer.data() + offset[k];
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
  double sum = 0;
  for (double x : buffer) sum += std::abs(x);
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

} // namespace kypho

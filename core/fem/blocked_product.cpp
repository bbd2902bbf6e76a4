#include "core/fem/blocked_product.hpp"

#include "core/fem/neighbour_order.hpp"

#include <numeric>

namespace kypho {

ElementBlocks::ElementBlocks(const TetMesh& mesh) {
  std::vector<int> order(mesh.tets.size());
  std::iota(order.begin(), order.end(), 0);
  order = neighbours_together(mesh, std::move(order), size);
  while (order.size() % size != 0) order.push_back(-1);
  // Elements of one pack lie apart: a sum at a node that they share would wait for the one before it.
  constexpr int lanes = pack_lanes<float>, packs = size / lanes;
  for (std::size_t first = 0; first < order.size(); first += size) {
    const std::vector<int> near(order.begin() + first, order.begin() + first + size);
    for (int s = 0; s < size; ++s) order[first + s] = near[s % lanes * packs + s / lanes];
  }
  std::vector<int> nodes;
  nodes.reserve(order.size() * nodes_per_element);
  for (const int slot : order) {
    const int t = std::max(slot, 0);
    nodes.insert(nodes.end(), mesh.tets[t].begin(), mesh.tets[t].end());
    nodes.insert(nodes.end(), mesh.mids[t].begin(), mesh.mids[t].end());
  }
  *this = ElementBlocks(static_cast<int>(mesh.nodes.size()), nodes);
  tets = std::move(order);
}

ElementBlocks::ElementBlocks(int node_count, const std::vector<int>& nodes) {
  const int count = static_cast<int>(nodes.size()) / (size * nodes_per_element);
  local.resize(nodes.size());
  std::vector<std::vector<int>> own(count); // nodes of each block
#pragma omp parallel
  {
    std::vector<int> seen(node_count, -1), place(node_count);
#pragma omp for schedule(static)
    for (int b = 0; b < count; ++b)
      for (int l = 0; l < size; ++l)
        for (int a = 0; a < nodes_per_element; ++a) {
          const int n = nodes[(static_cast<std::size_t>(b) * size + l) * nodes_per_element + a];
          if (seen[n] != b) {
            seen[n] = b;
            place[n] = static_cast<int>(own[b].size());
            own[b].push_back(n);
          }
          local[(static_cast<std::size_t>(b) * nodes_per_element + a) * size + l] =
              static_cast<std::uint16_t>(4 * place[n]);
        }
  }
  start.assign(1, 0);
  for (const std::vector<int>& some : own) {
    node.insert(node.end(), some.begin(), some.end());
    start.push_back(static_cast<int>(node.size()));
  }
  const int none = static_cast<int>(node.size());
  places.assign(node_count, {none, none});
  std::vector<int> met(node_count, 0);
  for (const int n : node) ++met[n];
  std::vector<int> next(node_count, -1); // where the entries of a node with many go on
  shared_start.assign(1, 0);
  for (int n = 0; n < node_count; ++n)
    if (met[n] > 2) {
      next[n] = shared_start.back();
      shared_start.push_back(next[n] + met[n] - 1);
    }
  shared.resize(shared_start.back());
  for (int k = 0; k < none; ++k) {
    const int n = node[k];
    auto& place = places[n];
    if (place[0] == none) {
      place[0] = k;
      if (next[n] >= 0) shared[next[n]++] = k;
    } else if (place[1] == none)
      place[1] = k;
    else
      shared[next[n]++] = k;
  }
}

int ElementBlocks::most_nodes() const {
  int most = 0;
  for (int b = 0; b < blocks(); ++b) most = std::max(most, start[b + 1] - start[b]);
  return most;
}

std::size_t ElementBlocks::bytes() const {
  return 4 * (tets.size() + node.size() + start.size() + 2 * places.size() + shared_start.size() + shared.size()) +
         2 * local.size();
}

} // namespace kypho

#pragma once
// Products with a stiffness whose element matrices are never made. Elements lie in blocks of neighbours; the vector is read
// once per block and node, packs of elements go through the kernel at once, forces are summed inside a block in the order of
// its elements, and then per node in an order that is fixed: the same bits for any number of threads.
#include "core/fem/node_rows.hpp"
#include "core/fem/tet_mesh.hpp"

#include <array>

namespace kypho {

/// Which elements lie in which block and where their nodes are.
struct ElementBlocks {
  static constexpr int size = 128; ///< elements; the last block is filled up with repeats that have no stiffness
  static constexpr int nodes_per_element = 10;
  std::vector<int> tets;            ///< of a mesh, per slot, -1 for padding
  std::vector<int> node, start;     ///< nodes of each block, each once
  std::vector<std::uint16_t> local; ///< [block][node of the element][slot in the block]: four times its place
  /// Per node: two entries of `node` whose sums make up what the elements bring; node.size() stands for none.
  std::vector<std::array<int, 2>> places;
  /// Entries of each node that has more than two: the first takes those that follow.
  std::vector<int> shared_start, shared;
  ElementBlocks() = default;
  explicit ElementBlocks(const TetMesh& mesh);
  /// Elements in the order given. @param nodes ten per element, elements a multiple of size
  ElementBlocks(int node_count, const std::vector<int>& nodes);
  int blocks() const { return static_cast<int>(start.size()) - 1; }
  int most_nodes() const;
  std::size_t bytes() const;
};

/// Inside a parallel region: leaves two sums per node. @param add called with the entry that takes and the one it takes
template <class Add>
void fold_shared(const ElementBlocks& blocks, const Add& add) {
#pragma omp for schedule(static)
  for (std::size_t k = 0; k < blocks.shared_start.size() - 1; ++k)
    for (int s = blocks.shared_start[k] + 1; s < blocks.shared_start[k + 1]; ++s)
      add(blocks.shared[blocks.shared_start[k]], blocks.shared[s]);
}

/// Forces of a product with packs of elements: those of a node are the sum of the two at its places.
/// @param kernel called with the number of a pack and x and f of its elements, [node][component]
/// @param sums four numbers per entry of blocks.node, and four zeros
template <class R, class Kernel>
void product_forces(const ElementBlocks& blocks, const Kernel& kernel, const R* x, R* sums) {
  constexpr int lanes = pack_lanes<R>, packs = ElementBlocks::size / lanes;
  const int most = blocks.most_nodes();
#pragma omp parallel
  {
    std::vector<RowOf<R>> room(most);
    R* rows = reinterpret_cast<R*>(room.data());
#pragma omp for schedule(dynamic, 4)
    for (int b = 0; b < blocks.blocks(); ++b) {
      const int first = blocks.start[b], count = blocks.start[b + 1] - first;
      R* out = sums + 4 * static_cast<std::size_t>(first);
      for (int k = 0; k < count; ++k) {
        store_row(rows + 4 * k, load_row(x + 3 * static_cast<std::size_t>(blocks.node[first + k])));
        store_row(out + 4 * k, RowOf<R>{});
      }
      const std::uint16_t* local = blocks.local.data() + static_cast<std::size_t>(b) * 10 * ElementBlocks::size;
      for (int p = 0; p < packs; ++p) {
        PackOf<R> u[30], f[30];
#pragma GCC unroll 10
        for (int a = 0; a < 10; ++a) take_nodes<R>(rows, local + a * ElementBlocks::size + p * lanes, u + 3 * a);
        kernel(static_cast<std::size_t>(b) * packs + p, u, f);
#pragma GCC unroll 10
        for (int a = 0; a < 10; ++a) hand_out_nodes<R>(f + 3 * a, local + a * ElementBlocks::size + p * lanes, out);
      }
    }
    fold_shared(blocks, [sums](int to, int from) {
      R* at = sums + 4 * static_cast<std::size_t>(to);
      store_row(at, load_row(at) + load_row(sums + 4 * static_cast<std::size_t>(from)));
    });
  }
}

/// Diagonal blocks of all nodes, 3 x 3 each. @param kernel called with the number of a pack, makes those of its elements,
/// [node][00 11 22 01 02 12]
template <class Kernel>
std::vector<float> diagonal_blocks(const ElementBlocks& blocks, const Kernel& kernel) {
  constexpr int lanes = pack_lanes<float>, packs = ElementBlocks::size / lanes;
  std::vector<float> sums(6 * (blocks.node.size() + 1), 0.0f);
  std::vector<float> all(9 * blocks.places.size());
#pragma omp parallel
  {
#pragma omp for schedule(dynamic, 4)
    for (int b = 0; b < blocks.blocks(); ++b) {
      float* out = sums.data() + 6 * static_cast<std::size_t>(blocks.start[b]);
      const std::uint16_t* local = blocks.local.data() + static_cast<std::size_t>(b) * 10 * ElementBlocks::size;
      for (int p = 0; p < packs; ++p) {
        PackOf<float> part[60];
        kernel(static_cast<std::size_t>(b) * packs + p, part);
        for (int a = 0; a < 10; ++a)
          for (int l = 0; l < lanes; ++l)
            for (int k = 0; k < 6; ++k)
              out[6 * (local[a * ElementBlocks::size + p * lanes + l] / 4) + k] += part[6 * a + k][l];
      }
    }
    fold_shared(blocks, [&](int to, int from) {
      for (int k = 0; k < 6; ++k)
        sums[6 * static_cast<std::size_t>(to) + k] += sums[6 * static_cast<std::size_t>(from) + k];
    });
#pragma omp for schedule(static)
    for (std::size_t n = 0; n < blocks.places.size(); ++n) {
      constexpr int entry[9] = {0, 3, 4, 3, 1, 5, 4, 5, 2};
      const float* a = sums.data() + 6 * static_cast<std::size_t>(blocks.places[n][0]);
      const float* b = sums.data() + 6 * static_cast<std::size_t>(blocks.places[n][1]);
      for (int k = 0; k < 9; ++k) all[9 * n + k] = a[entry[k]] + b[entry[k]];
    }
  }
  return all;
}

} // namespace kypho

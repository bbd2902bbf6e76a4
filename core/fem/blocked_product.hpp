#pragma once
// Products with a stiffness whose element matrices are never made. Elements lie in blocks of neighbours; the vector is read
// once per block and node, packs of elements go through the kernel at once, forces are summed inside a block in the order of
// its elements, and then per node in an order that is fixed: the same bits for any number of threads.
#include "core/base/pack.hpp"
#include "core/fem/tet_mesh.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace kypho {

inline constexpr int pack_bytes = sizeof(Pack);
template <class R>
inline constexpr int pack_lanes = pack_bytes / static_cast<int>(sizeof(R));
template <class R>
struct PackFor;
template <>
struct PackFor<double> {
  using type = double __attribute__((vector_size(pack_bytes)));
};
template <>
struct PackFor<float> {
  using type = float __attribute__((vector_size(pack_bytes)));
};
template <class R>
using PackOf = typename PackFor<R>::type;

template <class R>
inline PackOf<R> load_pack(const R* from) {
  PackOf<R> pack;
  std::memcpy(&pack, from, sizeof pack);
  return pack;
}

/// The three components of a node and one number more.
template <class R>
struct RowFor;
template <>
struct RowFor<double> {
  using type = double __attribute__((vector_size(32)));
};
template <>
struct RowFor<float> {
  using type = float __attribute__((vector_size(16)));
};
template <class R>
using RowOf = typename RowFor<R>::type;
template <class R>
inline RowOf<R> load_row(const R* from) {
  RowOf<R> row;
  std::memcpy(&row, from, sizeof row);
  return row;
}
template <class R>
inline void store_row(R* to, const RowOf<R>& row) {
  std::memcpy(to, &row, sizeof row);
}

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

/// Three components of lanes nodes, from rows of four numbers.
template <class R>
inline void take_nodes(const R* rows, const std::uint16_t* at, PackOf<R>* x) {
#ifdef __AVX512F__
  if constexpr (std::is_same_v<R, float>) {
    __m512 r[4];
    for (int j = 0; j < 4; ++j) {
      r[j] = _mm512_castps128_ps512(_mm_load_ps(rows + at[j]));
      r[j] = _mm512_insertf32x4(r[j], _mm_load_ps(rows + at[4 + j]), 1);
      r[j] = _mm512_insertf32x4(r[j], _mm_load_ps(rows + at[8 + j]), 2);
      r[j] = _mm512_insertf32x4(r[j], _mm_load_ps(rows + at[12 + j]), 3);
    }
    const __m512d a = _mm512_castps_pd(_mm512_unpacklo_ps(r[0], r[1])),
                  b = _mm512_castps_pd(_mm512_unpacklo_ps(r[2], r[3]));
    const __m512d c = _mm512_castps_pd(_mm512_unpackhi_ps(r[0], r[1])),
                  d = _mm512_castps_pd(_mm512_unpackhi_ps(r[2], r[3]));
    x[0] = reinterpret_cast<PackOf<R>>(_mm512_unpacklo_pd(a, b));
    x[1] = reinterpret_cast<PackOf<R>>(_mm512_unpackhi_pd(a, b));
    x[2] = reinterpret_cast<PackOf<R>>(_mm512_unpacklo_pd(c, d));
    return;
  }
#endif
#ifdef __AVX512F__
  if constexpr (std::is_same_v<R, double>) {
    __m512d r[4];
    for (int j = 0; j < 4; ++j)
      r[j] =
          _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_load_pd(rows + at[j])), _mm256_load_pd(rows + at[4 + j]), 1);
    const __m512d a = _mm512_unpacklo_pd(r[0], r[1]), b = _mm512_unpacklo_pd(r[2], r[3]);
    const __m512d c = _mm512_unpackhi_pd(r[0], r[1]), d = _mm512_unpackhi_pd(r[2], r[3]);
    const __m512i even = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0), odd = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
    x[0] = reinterpret_cast<PackOf<R>>(_mm512_permutex2var_pd(a, even, b));
    x[1] = reinterpret_cast<PackOf<R>>(_mm512_permutex2var_pd(c, even, d));
    x[2] = reinterpret_cast<PackOf<R>>(_mm512_permutex2var_pd(a, odd, b));
    return;
  }
#endif
  for (int l = 0; l < pack_lanes<R>; ++l)
    for (int i = 0; i < 3; ++i) x[i][l] = rows[at[l] + i];
}

/// The way back: adds, lane after lane.
template <class R>
inline void hand_out_nodes(const PackOf<R>* f, const std::uint16_t* at, R* rows) {
#ifdef __AVX512F__
  if constexpr (std::is_same_v<R, float>) {
    const __m512 x = reinterpret_cast<__m512>(f[0]), y = reinterpret_cast<__m512>(f[1]),
                 z = reinterpret_cast<__m512>(f[2]);
    const __m512 zero = _mm512_setzero_ps();
    const __m512d a = _mm512_castps_pd(_mm512_unpacklo_ps(x, y)), b = _mm512_castps_pd(_mm512_unpacklo_ps(z, zero));
    const __m512d c = _mm512_castps_pd(_mm512_unpackhi_ps(x, y)), d = _mm512_castps_pd(_mm512_unpackhi_ps(z, zero));
    const __m512 r[4] = {_mm512_castpd_ps(_mm512_unpacklo_pd(a, b)), _mm512_castpd_ps(_mm512_unpackhi_pd(a, b)),
                         _mm512_castpd_ps(_mm512_unpacklo_pd(c, d)), _mm512_castpd_ps(_mm512_unpackhi_pd(c, d))};
    const auto add = [&](int l, __m128 v) { _mm_store_ps(rows + at[l], _mm_add_ps(_mm_load_ps(rows + at[l]), v)); };
    for (int j = 0; j < 4; ++j) add(j, _mm512_extractf32x4_ps(r[j], 0));
    for (int j = 0; j < 4; ++j) add(4 + j, _mm512_extractf32x4_ps(r[j], 1));
    for (int j = 0; j < 4; ++j) add(8 + j, _mm512_extractf32x4_ps(r[j], 2));
    for (int j = 0; j < 4; ++j) add(12 + j, _mm512_extractf32x4_ps(r[j], 3));
    return;
  }
#endif
#ifdef __AVX512F__
  if constexpr (std::is_same_v<R, double>) {
    const __m512d x = reinterpret_cast<__m512d>(f[0]), y = reinterpret_cast<__m512d>(f[1]),
                  z = reinterpret_cast<__m512d>(f[2]);
    const __m512d zero = _mm512_setzero_pd();
    const __m512d a = _mm512_unpacklo_pd(x, y), b = _mm512_unpacklo_pd(z, zero); // lanes 0 2 4 6: x y, z 0
    const __m512d c = _mm512_unpackhi_pd(x, y), d = _mm512_unpackhi_pd(z, zero); // lanes 1 3 5 7
    const auto add = [&](int l, __m256d v) {
      _mm256_store_pd(rows + at[l], _mm256_add_pd(_mm256_load_pd(rows + at[l]), v));
    };
    const __m512i low = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0), high = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
    const __m512d even_low = _mm512_permutex2var_pd(a, low, b), even_high = _mm512_permutex2var_pd(a, high, b);
    const __m512d odd_low = _mm512_permutex2var_pd(c, low, d), odd_high = _mm512_permutex2var_pd(c, high, d);
    add(0, _mm512_castpd512_pd256(even_low));
    add(1, _mm512_castpd512_pd256(odd_low));
    add(2, _mm512_extractf64x4_pd(even_low, 1));
    add(3, _mm512_extractf64x4_pd(odd_low, 1));
    add(4, _mm512_castpd512_pd256(even_high));
    add(5, _mm512_castpd512_pd256(odd_high));
    add(6, _mm512_extractf64x4_pd(even_high, 1));
    add(7, _mm512_extractf64x4_pd(odd_high, 1));
    return;
  }
#endif
  for (int l = 0; l < pack_lanes<R>; ++l)
    for (int i = 0; i < 3; ++i) rows[at[l] + i] += f[i][l];
}

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

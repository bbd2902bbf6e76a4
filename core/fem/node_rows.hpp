#pragma once
// Between nodes and packs of elements: vectors of a block's nodes lie in rows of four numbers, aligned, so that a row is one
// load; packs come and go by transposition.
#include "core/base/pack.hpp"

#include <cstdint>
#include <cstring>
#include <type_traits>

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

} // namespace kypho

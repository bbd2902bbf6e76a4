#pragma once
// Kernels of tangents that are stored at the points of quadratic tetrahedra, in the coordinates of the reference element:
//   A_(ik)(jl) = w g_kJ (dP_iJ/dF_jL) g_lL,   g = dxi/dX,
// so that neither geometry nor weight is needed beside them:
//   f = sum_q S_q : dD_q,   S_q = A_q D_q,   D_ik = du_i/dxi_k.
// A is kept as its symmetric part and, where there is one, the rest. Gradients are linear in the element: those at the points
// are sums of those at the corners. Elements that see their mean volume ratio add z (c . D) + c (z . D), and r (c . D) -
// c (r . D) if that is not symmetric either.
#include "core/fem/blocked_product.hpp"
#include "core/fem/shapes.hpp"

#include <utility>

namespace kypho::point_kernels {

inline constexpr int points = Tet10::points;
inline constexpr int upper = 45;  ///< entries of a symmetric 9 x 9 matrix, row by row from the diagonal on
inline constexpr int beside = 36; ///< those above the diagonal
inline constexpr int symmetric_numbers = points * upper, skew_numbers = points * beside;
inline constexpr int mean_numbers = 2 * points * 9, mean_skew_numbers = points * 9; ///< c then z; r
inline constexpr int wide = pack_lanes<float>; ///< elements lie in packs of so many: [number][wide]

/// Place of an entry on or above the diagonal.
constexpr int at(int k, int m) { return k <= m ? 9 * k - k * (k - 1) / 2 + m - k : at(m, k); }

template <int n, class Each>
[[gnu::always_inline]] inline void unrolled(Each&& each) {
  [&]<int... k>(std::integer_sequence<int, k...>) [[gnu::always_inline]] {
    (each(std::integral_constant<int, k>{}), ...);
  }
  (std::make_integer_sequence<int, n>{});
}

/// Lanes of numbers that are stored as floats.
template <class R>
[[gnu::always_inline]] inline PackOf<R> numbers_at(const float* from) {
  if constexpr (std::is_same_v<R, float>) {
    PackOf<float> v;
    std::memcpy(&v, from, sizeof v);
    return v;
  } else {
    float __attribute__((vector_size(pack_bytes / 2))) v;
    std::memcpy(&v, from, sizeof v);
    return __builtin_convertvector(v, PackOf<double>);
  }
}

/// Node in the middle of an edge.
constexpr int middle(int a, int k) {
  for (int e = 0; e < 6; ++e)
    if ((Tet10::edge[e][0] == a && Tet10::edge[e][1] == k) || (Tet10::edge[e][0] == k && Tet10::edge[e][1] == a))
      return 4 + e;
  return -1;
}

/// Weights of the corners in a point: point q is near corner q.
inline constexpr double far = Tet10::b, near = Tet10::a - Tet10::b;

/// D at the points. @param u [node][3]   @param D [point][3i + k]
template <class V>
[[gnu::always_inline]] inline void point_gradients(const V* u, V* D) {
  using R = std::remove_cvref_t<decltype(V{}[0])>;
  V sum[9] = {};
  unrolled<4>([&](auto a) __attribute__((always_inline)) {
    unrolled<3>([&](auto i) __attribute__((always_inline)) {
      V d[4];
      unrolled<4>([&](auto k) __attribute__((always_inline)) {
        d[k] = k == a ? R(3) * u[3 * a + i] : R(4) * u[3 * middle(a, k) + i] - u[3 * k + i];
      });
      unrolled<3>([&](auto k) __attribute__((always_inline)) {
        const V along = d[k + 1] - d[0];
        sum[3 * i + k] += along;
        D[9 * a + 3 * i + k] = R(near) * along;
      });
    });
  });
  unrolled<4>([&](auto q) __attribute__((always_inline)) {
    unrolled<9>([&](auto k) __attribute__((always_inline)) { D[9 * q + k] += R(far) * sum[k]; });
  });
}

/// The way back. @param S [point][3i + k]   @param f [node][3], written
template <class V>
[[gnu::always_inline]] inline void point_forces(const V* S, V* f) {
  using R = std::remove_cvref_t<decltype(V{}[0])>;
  V all[9];
  unrolled<9>([&](auto k)
                  __attribute__((always_inline)) { all[k] = R(far) * (S[k] + S[9 + k] + S[18 + k] + S[27 + k]); });
  unrolled<30>([&](auto k) __attribute__((always_inline)) { f[k] = V{}; });
  unrolled<4>([&](auto a) __attribute__((always_inline)) {
    unrolled<3>([&](auto i) __attribute__((always_inline)) {
      V force[4];
      unrolled<3>([&](auto k) __attribute__((always_inline)) {
        force[k + 1] = R(near) * S[9 * a + 3 * i + k] + all[3 * i + k];
      });
      force[0] = -(force[1] + force[2] + force[3]);
      unrolled<4>([&](auto k) __attribute__((always_inline)) {
        if constexpr (k == a)
          f[3 * a + i] += R(3) * force[k];
        else {
          f[3 * k + i] -= force[k];
          f[3 * middle(a, k) + i] += R(4) * force[k];
        }
      });
    });
  });
}

/// What is stored of one pack of elements; null where there is nothing.
struct Stored {
  const float *symmetric = nullptr, *skew = nullptr, *mean = nullptr, *mean_skew = nullptr;
};

/// Forces of a pack, or of the half of it that @p stored points to.
template <class R>
[[gnu::always_inline]] inline void apply(const Stored& stored, const PackOf<R>* u, PackOf<R>* f) {
  using V = PackOf<R>;
  V D[36], S[36];
  point_gradients(u, D);
  for (int q = 0; q < points; ++q) {
    const V* d = D + 9 * q;
    V s[9] = {};
    const float* from = stored.symmetric + q * upper * wide;
    unrolled<9>([&](auto k) __attribute__((always_inline)) {
      unrolled<9 - k>([&](auto next) __attribute__((always_inline)) {
        constexpr int m = k + next;
        const V a = numbers_at<R>(from + at(k, m) * wide);
        s[k] += a * d[m];
        if constexpr (m != k) s[m] += a * d[k];
      });
    });
    if (stored.skew) {
      const float* skew = stored.skew + q * beside * wide;
      unrolled<8>([&](auto k) __attribute__((always_inline)) {
        unrolled<8 - k>([&](auto next) __attribute__((always_inline)) {
          constexpr int m = k + next + 1;
          const V a = numbers_at<R>(skew + (at(k, m) - k - 1) * wide);
          s[k] += a * d[m];
          s[m] -= a * d[k];
        });
      });
    }
    for (int k = 0; k < 9; ++k) S[9 * q + k] = s[k];
  }
  if (stored.mean) {
    V by_c{}, by_z{}, by_r{};
    for (int k = 0; k < 36; ++k) {
      by_c += numbers_at<R>(stored.mean + k * wide) * D[k];
      by_z += numbers_at<R>(stored.mean + (36 + k) * wide) * D[k];
      if (stored.mean_skew) by_r += numbers_at<R>(stored.mean_skew + k * wide) * D[k];
    }
    for (int k = 0; k < 36; ++k) {
      S[k] +=
          numbers_at<R>(stored.mean + (36 + k) * wide) * by_c + numbers_at<R>(stored.mean + k * wide) * (by_z - by_r);
      if (stored.mean_skew) S[k] += numbers_at<R>(stored.mean_skew + k * wide) * by_c;
    }
  }
  point_forces(S, f);
}

/// A in the coordinates of the reference element. @param geometry inverse Jacobian, weight   @param to written
template <class V>
inline void pull_back(const V* geometry, const V* A, V* to) {
  const V *g = geometry, w = geometry[9];
  V weighted[9];
  for (int k = 0; k < 9; ++k) weighted[k] = w * g[k];
  unrolled<3>([&](auto i) __attribute__((always_inline)) {
    V M[27]; // J, j, l
    unrolled<9>([&](auto Jj) __attribute__((always_inline)) {
      const V* a = A + 27 * i + 3 * Jj;
      unrolled<3>([&](auto l) __attribute__((always_inline)) {
        M[3 * Jj + l] = a[0] * g[3 * l] + a[1] * g[3 * l + 1] + a[2] * g[3 * l + 2];
      });
    });
    unrolled<3>([&](auto k) __attribute__((always_inline)) {
      unrolled<9>([&](auto jl) __attribute__((always_inline)) {
        to[9 * (3 * i + k) + jl] =
            weighted[3 * k] * M[jl] + weighted[3 * k + 1] * M[9 + jl] + weighted[3 * k + 2] * M[18 + jl];
      });
    });
  });
}

/// dN_a/dxi_k at point q.
inline constexpr auto slopes = kypho::gradients_at_points<Tet10>();

} // namespace kypho::point_kernels

#pragma once
// The tangent dP/dF of a law from six derivatives of its stress instead of nine. Stress turns with the observer,
// P(Q F) = Q P(F), so what a rotation does to it is known and only the strains need differentiation (Ogden 1984,
// Non-linear Elastic Deformations, sec. 4.2):
//   dF = sym_m F        gives   T_m = dP / ds_m,   sym_m the six symmetric directions xx, yy, zz, xy, yz, xz
//   dF = w F, w skew,   gives   w P
//   dP_iJ / dF_jL = sum_n U_iJ,jn G_Ln,   U the derivative along dF = (e_j e_n) F,   G = F^-1.
// Number type S: Pack or double; full tensors row-major as in tensor.hpp.
#include "core/base/dual.hpp"
#include "core/materials/tensor.hpp"

namespace kypho {

namespace spatial_tangent {
inline constexpr int direction[3][3] = {{0, 3, 5}, {3, 1, 4}, {5, 4, 2}};
} // namespace spatial_tangent

/// @p F with its derivatives along the six symmetric directions; off the diagonal half of both entries.
template <class S>
[[gnu::always_inline]] inline void strain_directions(const S* F, Dual<S, 6>* strained) {
  for (int k = 0; k < 9; ++k) strained[k].v = F[k];
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j)
      for (int J = 0; J < 3; ++J)
        strained[3 * i + J].d[spatial_tangent::direction[i][j]] = i == j ? F[3 * j + J] : 0.5 * F[3 * j + J];
}

/// @param P stress with the derivatives of strain_directions()
/// @param write called with 9 (3i + J) + 3j + L and dP_iJ / dF_jL for all 81 entries
template <class S, class Write>
[[gnu::always_inline]] inline void tangent_from_strains(const S* F, const Dual<S, 6>* P, const Write& write) {
  S G[9], half[9];
  tensor::inverse(F, tensor::det(F), G);
  for (int k = 0; k < 9; ++k) half[k] = 0.5 * P[k].v;
  for (int i = 0; i < 3; ++i)
    for (int J = 0; J < 3; ++J)
      for (int j = 0; j < 3; ++j) {
        S U[3];
        for (int n = 0; n < 3; ++n) {
          U[n] = P[3 * i + J].d[spatial_tangent::direction[j][n]];
          if (n != j && i == j) U[n] = U[n] + half[3 * n + J];
          if (n != j && i == n) U[n] = U[n] - half[3 * j + J];
        }
        for (int L = 0; L < 3; ++L)
          write(9 * (3 * i + J) + 3 * j + L, U[0] * G[3 * L] + U[1] * G[3 * L + 1] + U[2] * G[3 * L + 2]);
      }
}

} // namespace kypho

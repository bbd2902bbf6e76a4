#pragma once
// Small tensors as plain arrays, for kernels that run on double and on Pack.
// Full tensor F[9]: row-major, F[3*i + J]. Symmetric tensor S[6]: xx, yy, zz, xy, yz, xz.
#include "core/base/pack.hpp"

namespace kypho::tensor {

template <class T>
[[gnu::always_inline]] inline T det(const T* F) {
  return F[0] * (F[4] * F[8] - F[5] * F[7]) - F[1] * (F[3] * F[8] - F[5] * F[6]) + F[2] * (F[3] * F[7] - F[4] * F[6]);
}

/// G = F^-1, det F given.
template <class T>
[[gnu::always_inline]] inline void inverse(const T* F, T determinant, T* G) {
  const T r = 1.0 / determinant;
  G[0] = (F[4] * F[8] - F[5] * F[7]) * r;
  G[1] = (F[2] * F[7] - F[1] * F[8]) * r;
  G[2] = (F[1] * F[5] - F[2] * F[4]) * r;
  G[3] = (F[5] * F[6] - F[3] * F[8]) * r;
  G[4] = (F[0] * F[8] - F[2] * F[6]) * r;
  G[5] = (F[2] * F[3] - F[0] * F[5]) * r;
  G[6] = (F[3] * F[7] - F[4] * F[6]) * r;
  G[7] = (F[1] * F[6] - F[0] * F[7]) * r;
  G[8] = (F[0] * F[4] - F[1] * F[3]) * r;
}

/// R = A S A^T.
template <class T>
[[gnu::always_inline]] inline void congruence(const T* A, const T* S, T* R) {
  T M[9]; // A S
  for (int i = 0; i < 3; ++i) {
    const T a = A[3 * i], b = A[3 * i + 1], c = A[3 * i + 2];
    M[3 * i] = a * S[0] + b * S[3] + c * S[5];
    M[3 * i + 1] = a * S[3] + b * S[1] + c * S[4];
    M[3 * i + 2] = a * S[5] + b * S[4] + c * S[2];
  }
  const auto dot = [&](int i, int j) {
    return M[3 * i] * A[3 * j] + M[3 * i + 1] * A[3 * j + 1] + M[3 * i + 2] * A[3 * j + 2];
  };
  R[0] = dot(0, 0);
  R[1] = dot(1, 1);
  R[2] = dot(2, 2);
  R[3] = dot(0, 1);
  R[4] = dot(1, 2);
  R[5] = dot(0, 2);
}

/// R = S^-1 for a symmetric tensor.
template <class T>
[[gnu::always_inline]] inline void inverse_symmetric(const T* S, T* R) {
  const T c0 = S[1] * S[2] - S[4] * S[4], c3 = S[4] * S[5] - S[3] * S[2], c5 = S[3] * S[4] - S[1] * S[5];
  const T r = 1.0 / (S[0] * c0 + S[3] * c3 + S[5] * c5);
  R[0] = c0 * r;
  R[1] = (S[0] * S[2] - S[5] * S[5]) * r;
  R[2] = (S[0] * S[1] - S[3] * S[3]) * r;
  R[3] = c3 * r;
  R[4] = (S[3] * S[5] - S[0] * S[4]) * r;
  R[5] = c5 * r;
}

/// Cayley strain e = I - 2 (b + I)^-1 = tanh(log strain), free of eigenvalues.
template <class T>
[[gnu::always_inline]] inline void cayley_strain(const T* b, T* e) {
  T m[6] = {b[0] + 1.0, b[1] + 1.0, b[2] + 1.0, b[3], b[4], b[5]};
  T r[6];
  inverse_symmetric(m, r);
  for (int i = 0; i < 3; ++i) e[i] = 1.0 - 2.0 * r[i];
  for (int i = 3; i < 6; ++i) e[i] = -2.0 * r[i];
}

/// Inverse of cayley_strain: b = 2 (I - e)^-1 - I.
template <class T>
[[gnu::always_inline]] inline void cayley_stretch(const T* e, T* b) {
  T m[6] = {1.0 - e[0], 1.0 - e[1], 1.0 - e[2], -e[3], -e[4], -e[5]};
  T r[6];
  inverse_symmetric(m, r);
  for (int i = 0; i < 3; ++i) b[i] = 2.0 * r[i] - 1.0;
  for (int i = 3; i < 6; ++i) b[i] = 2.0 * r[i];
}

/// P = tau F^-T with tau symmetric (Kirchhoff) and G = F^-1: P_iJ = tau_ik G_Jk.
template <class T>
[[gnu::always_inline]] inline void first_piola(const T* tau, const T* G, T* P) {
  const T M[9] = {tau[0], tau[3], tau[5], tau[3], tau[1], tau[4], tau[5], tau[4], tau[2]};
  for (int i = 0; i < 3; ++i)
    for (int J = 0; J < 3; ++J)
      P[3 * i + J] = M[3 * i] * G[3 * J] + M[3 * i + 1] * G[3 * J + 1] + M[3 * i + 2] * G[3 * J + 2];
}

} // namespace kypho::tensor

#pragma once
// Element matrices of tetrahedra from the tangents at their points (Bonet & Wood 2008, sec. 9.4)
//   K_ai,bj = sum_q w N_a,J A_iJjL N_b,L,   A = dP/dF,
// by way of the gradients g_0 .. g_3 of the four barycentric coordinates, of which those of all shape functions are sums:
//   B_mi,nj = w g_mJ A_iJjL g_nL,   grad N_a = (4 l_a - 1) g_a at corners, 4 (l_m g_n + l_n g_m) at the middle of edge mn.
// Number type R: Pack, which computes several elements at once.
#include "core/fem/shapes.hpp"

namespace kypho {

/// B of one point. @param geometry inverse Jacobian dxi_k/dX_J at 3k + J, weight w at 9   @param A [81], 9 (3i + J) + 3j + L
/// @param B [4][4][3][3] over m, n, i, j
template <class R>
void barycentric_matrix(const R* geometry, const R* A, R* B) {
  const R* g = geometry;
  R weighted[9];
  for (int k = 0; k < 9; ++k) weighted[k] = geometry[9] * g[k];
  const auto at = [B](int m, int n, int i, int j) -> R& { return B[(4 * m + n) * 9 + 3 * i + j]; };
  for (int i = 0; i < 3; ++i) {
    R M[27]; // J, j, n: sum over L
    for (int Jj = 0; Jj < 9; ++Jj) {
      const R* a = A + 27 * i + 3 * Jj;
      for (int n = 0; n < 3; ++n) M[3 * Jj + n] = a[0] * g[3 * n] + a[1] * g[3 * n + 1] + a[2] * g[3 * n + 2];
    }
    for (int m = 0; m < 3; ++m) {
      const R* w = weighted + 3 * m;
      for (int j = 0; j < 3; ++j)
        for (int n = 0; n < 3; ++n)
          at(m + 1, n + 1, i, j) = M[3 * j + n] * w[0] + M[9 + 3 * j + n] * w[1] + M[18 + 3 * j + n] * w[2];
    }
  }
  // The four gradients have no sum.
  for (int m = 1; m < 4; ++m)
    for (int ij = 0; ij < 9; ++ij)
      B[4 * m * 9 + ij] = -(B[(4 * m + 1) * 9 + ij] + B[(4 * m + 2) * 9 + ij] + B[(4 * m + 3) * 9 + ij]);
  for (int n = 0; n < 4; ++n)
    for (int ij = 0; ij < 9; ++ij) B[n * 9 + ij] = -(B[(4 + n) * 9 + ij] + B[(8 + n) * 9 + ij] + B[(12 + n) * 9 + ij]);
}

/// Node a of the quadratic tetrahedron at point q: grad N_a = first g_m + second g_n; corners have no second.
struct TwoGradients {
  int m, n;
  double first[Tet10::points], second[Tet10::points];
};
constexpr std::array<TwoGradients, Tet10::nodes> two_gradients() {
  std::array<TwoGradients, Tet10::nodes> all{};
  for (int a = 0; a < Tet10::nodes; ++a) {
    if (a < 4)
      all[a].m = all[a].n = a;
    else {
      all[a].m = Tet10::edge[a - 4][0];
      all[a].n = Tet10::edge[a - 4][1];
    }
    for (int q = 0; q < Tet10::points; ++q) {
      const auto l = Tet4::values(Tet10::point[q]);
      all[a].first[q] = a < 4 ? 4 * l[a] - 1 : 4 * l[all[a].n];
      all[a].second[q] = a < 4 ? 0 : 4 * l[all[a].m];
    }
  }
  return all;
}

/// K of a linear or quadratic tetrahedron. @param B [points][4][4][3][3]   @param K [3 nodes][3 nodes], row-major, written
template <class Shape, class R>
void element_matrix(const R* B, R* K) {
  constexpr int width = 3 * Shape::nodes, Q = Shape::points;
  if constexpr (Shape::nodes == 4) {
    for (int a = 0; a < 4; ++a)
      for (int b = 0; b < 4; ++b)
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j) K[(3 * a + i) * width + 3 * b + j] = B[(4 * a + b) * 9 + 3 * i + j];
  } else {
    static constexpr auto nodes = two_gradients();
    for (int b = 0; b < Shape::nodes; ++b) {
      const TwoGradients& right = nodes[b];
      R D[Q * 36]; // q, m, i, j: times grad N_b
      for (int q = 0; q < Q; ++q)
        for (int m = 0; m < 4; ++m) {
          const R *one = B + ((q * 4 + m) * 4 + right.m) * 9, *two = B + ((q * 4 + m) * 4 + right.n) * 9;
          R* d = D + (q * 4 + m) * 9;
          if (b < 4)
            for (int ij = 0; ij < 9; ++ij) d[ij] = one[ij] * right.first[q];
          else
            for (int ij = 0; ij < 9; ++ij) d[ij] = one[ij] * right.first[q] + two[ij] * right.second[q];
        }
      for (int a = 0; a < Shape::nodes; ++a) {
        const TwoGradients& left = nodes[a];
        for (int ij = 0; ij < 9; ++ij) {
          R sum = D[left.m * 9 + ij] * left.first[0];
          if (a >= 4) sum = sum + D[left.n * 9 + ij] * left.second[0];
          for (int q = 1; q < Q; ++q) {
            sum = sum + D[(q * 4 + left.m) * 9 + ij] * left.first[q];
            if (a >= 4) sum = sum + D[(q * 4 + left.n) * 9 + ij] * left.second[q];
          }
          K[(3 * a + ij / 3) * width + 3 * b + ij % 3] = sum;
        }
      }
    }
  }
}

} // namespace kypho

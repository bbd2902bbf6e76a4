#pragma once
// Smoothed aggregation (Vanek, Mandel & Brezina 1996, Computing 56:179; for elasticity with rigid modes: Vanek, Brezina &
// Mandel 2001, Numer Math 88:559): nodes that hang together become one coarse node, whose six unknowns are the rigid motions of
// its members; one step of damped block Jacobi smooths them.
#include "solvers/multigrid/block_rows.hpp"

#include <Eigen/Core>

namespace kypho::multigrid {

/// Number of the aggregate of each node, -1 for nodes without neighbours; and how many there are.
struct Aggregates {
  std::vector<int> of;
  int count = 0;
};
/// @param apart nodes that keep to themselves, because they are coupled to many others
/// Neighbours i, j hang together if |A_ij| > @p strength sqrt(|A_ii| |A_jj|), Frobenius norms.
template <int M>
Aggregates aggregate(const BlockRows<M, M>& A, float strength, const std::vector<char>& apart);

/// Orthonormal rigid motions of each aggregate.
template <int M>
struct Tentative {
  std::vector<float> basis;  ///< [node][M][6], padded
  Eigen::MatrixXd modes;     ///< of the coarse unknowns, 6 count x 6
  std::vector<char> missing; ///< per coarse unknown, 1: the aggregate has fewer than six motions
};
/// @param modes near-null space of the fine unknowns, M nodes x 6
template <int M>
Tentative<M> tentative(const Aggregates& aggregates, const Eigen::MatrixXd& modes);

/// P = (1 - omega D^-1 A) P_tentative.   @param inverse D^-1, blocks M x M
template <int M>
BlockRows<M, 6> smoothed_prolongator(const BlockRows<M, M>& A, const std::vector<float>& inverse, float omega,
                                     const Aggregates& aggregates, const Tentative<M>& tentative);

/// Where each coarse node's blocks lie in P: rows and positions, in the order of the rows.
struct Columns {
  std::vector<int> start, row, at;
};
template <int M>
Columns columns_of(const BlockRows<M, 6>& P);

/// P^T A P; unknowns that are missing get a diagonal of 1.
template <int M>
BlockRows<6, 6> galerkin(const BlockRows<M, M>& A, const BlockRows<M, 6>& P, const Columns& columns,
                         const std::vector<char>& missing);

} // namespace kypho::multigrid

#pragma once
// Kernels that the force and the tangent path of the bulk term share. Arrays are [entry][lane] of one block.
#include "core/fem/bulk_term.hpp"
#include "core/fem/node_rows.hpp"
#include "core/fem/shapes.hpp"

#include <algorithm>
#include <cmath>

namespace kypho {
namespace bulk {

inline constexpr int lanes = 32;

/// f_a -= w P grad N_a of one quadrature point.
template <class Shape, class R, class Sum>
inline void add_point_forces(const R* geo, int q, const R* P, Sum* f) {
  static constexpr auto dN = gradients_at_points<Shape>();
  const R* weight = geo + 9 * lanes;
  for (int i = 0; i < 3; ++i) {
    const R *P0 = P + 3 * i * lanes, *P1 = P0 + lanes, *P2 = P1 + lanes;
    for (int l = 0; l < lanes; ++l) {
      R G[3];
      for (int k = 0; k < 3; ++k) {
        const R* g = geo + 3 * k * lanes;
        G[k] = -weight[l] * (P0[l] * g[l] + P1[l] * g[lanes + l] + P2[l] * g[2 * lanes + l]);
      }
      if constexpr (Shape::nodes == 4) {
        R sum{};
        for (int a = 0; a < 3; ++a) {
          f[(3 * (a + 1) + i) * lanes + l] = G[a];
          sum += G[a];
        }
        f[i * lanes + l] = -sum;
      } else
        for (int a = 0; a < Shape::nodes; ++a)
          f[(3 * a + i) * lanes + l] += G[0] * dN[q][a][0] + G[1] * dN[q][a][1] + G[2] * dN[q][a][2];
    }
  }
}

/// Mean volume ratio of the quadratic elements of one block, and what it does to stretches and stresses:
///   P_q = alpha P-bar - t/3 F^-T + (Pi / V) J F^-T,   t = P-bar : F-bar,   Pi = sum_q w_q t_q / (3 J-bar).
class MeanDilatation {
public:
  /// @param geometry [point][10][lanes]   @param F [point][9][lanes]
  MeanDilatation(const double* geometry, const double* F) : geometry_(geometry), F_(F) {
    for (int l = 0; l < lanes; ++l) {
      double now = 0, before = 0;
      for (int q = 0; q < points; ++q) {
        J[q][l] = determinant(q, l);
        now += weight(q, l) * J[q][l];
        before += weight(q, l);
      }
      volume[l] = before;
      mean[l] = before > 0 ? now / before : 1; // padding has no volume
      for (int q = 0; q < points; ++q) alpha[q][l] = std::cbrt(mean[l] / J[q][l]);
    }
  }
  /// F-bar at point q, [9][lanes].
  void stretch(int q, double* barred) const {
    for (int k = 0; k < 9; ++k)
      for (int l = 0; l < lanes; ++l) barred[k * lanes + l] = alpha[q][l] * F_[(q * 9 + k) * lanes + l];
  }
  /// P-bar of all points in, P out, [point][9][lanes].
  void stresses(double* P) const {
    for (int l = 0; l < lanes; ++l) {
      double t[points], total = 0;
      for (int q = 0; q < points; ++q) {
        t[q] = 0;
        for (int k = 0; k < 9; ++k) t[q] += P[(q * 9 + k) * lanes + l] * alpha[q][l] * F_[(q * 9 + k) * lanes + l];
        total += weight(q, l) * t[q] / (3 * mean[l]);
      }
      const double pressure = volume[l] > 0 ? total / volume[l] : 0;
      for (int q = 0; q < points; ++q) {
        const Mat3 G = gradient(q, l).inverse().transpose();
        for (int k = 0; k < 9; ++k) {
          double& p = P[(q * 9 + k) * lanes + l];
          p = alpha[q][l] * p + (pressure * J[q][l] - t[q] / 3) * G(k / 3, k % 3);
        }
      }
    }
  }
  Mat3 gradient(int q, int l) const {
    Mat3 m;
    for (int k = 0; k < 9; ++k) m(k / 3, k % 3) = F_[(q * 9 + k) * lanes + l];
    return m;
  }
  double weight(int q, int l) const { return geometry_[(q * 10 + 9) * lanes + l]; }

  static constexpr int points = Tet10::points;
  double J[points][lanes], alpha[points][lanes], mean[lanes], volume[lanes];

private:
  double determinant(int q, int l) const { return gradient(q, l).determinant(); }
  const double *geometry_, *F_;
};

} // namespace bulk

inline std::span<const int> BulkTerm::nodes_of(const Group& group, int block) const {
  const int* from = block_start_.data() + group.first + block;
  return {block_nodes_.data() + from[0], static_cast<std::size_t>(from[1] - from[0])};
}

/// Displacements of a block's elements, [3 a + i][lane]: each node of the block is read once.
template <class Shape>
inline void BulkTerm::take(const Group& group, int block, const VectorX& u, double* x) const {
  RowOf<double> rows[Shape::nodes * block_size];
  double* row = reinterpret_cast<double*>(rows);
  for (const int n : nodes_of(group, block)) {
    for (int i = 0; i < 3; ++i) row[i] = u[3 * n + i];
    row += 4;
  }
  const std::uint16_t* local = group.local.data() + block * Shape::nodes * block_size;
  for (int a = 0; a < Shape::nodes; ++a)
    for (int p = 0; p < block_size; p += pack_width) {
      Pack at[3];
      take_nodes<double>(reinterpret_cast<const double*>(rows), local + a * block_size + p, at);
      for (int i = 0; i < 3; ++i) store_lanes(x + (3 * a + i) * block_size + p, at[i]);
    }
}

/// Sums the forces of a block's elements over its nodes.
/// @param f [3 a + i][lane]   @param sums rows of the nodes of a block   @return sum of their magnitudes
template <class Shape, class R>
double BulkTerm::hand_out(const Group& group, int block, const R* f, std::vector<RowOf<double>>& sums) const {
  RowOf<double>* to = sums.data() + block_start_[group.first + block];
  std::fill_n(to, nodes_of(group, block).size(), RowOf<double>{});
  const std::uint16_t* local = group.local.data() + block * Shape::nodes * block_size;
  Pack size{};
  for (int a = 0; a < Shape::nodes; ++a)
    for (int p = 0; p < block_size; p += pack_width) {
      Pack force[3];
      for (int i = 0; i < 3; ++i) {
        const R* from = f + (3 * a + i) * block_size + p;
        if constexpr (std::is_same_v<R, double>)
          force[i] = load_lanes<Pack>(from);
        else
          for (int l = 0; l < pack_width; ++l) force[i][l] = from[l];
        size += larger(force[i], -force[i]);
      }
      hand_out_nodes<double>(force, local + a * block_size + p, reinterpret_cast<double*>(to));
    }
  double sum = 0;
  for (int l = 0; l < pack_width; ++l) sum += size[l];
  return sum;
}

/// F = I + (sum_a u_a grad_xi N_a) (dX/dxi)^-1 of a block.   @param x displacements of its elements
template <class Shape, class R>
void BulkTerm::gradients(const Group& group, int block, int q, const double* x, R* F) const {
  static constexpr auto dN = gradients_at_points<Shape>();
  const R* geo = Group::arrays<R>(group).geometry.data() + (block * Shape::points + q) * 10 * block_size;
  for (int i = 0; i < 3; ++i) {
    alignas(64) R H[3][block_size]; // du_i / dxi_k
    const auto u = [&](int a, int l) { return x[(3 * a + i) * block_size + l]; };
    for (int k = 0; k < 3; ++k)
      for (int l = 0; l < block_size; ++l) {
        double sum = 0;
        if constexpr (Shape::nodes == 4)
          sum = u(k + 1, l) - u(0, l);
        else
          for (int a = 0; a < Shape::nodes; ++a) sum += u(a, l) * dN[q][a][k];
        H[k][l] = static_cast<R>(sum);
      }
    for (int J = 0; J < 3; ++J) {
      const R unit = i == J ? 1 : 0;
      for (int l = 0; l < block_size; ++l)
        F[(3 * i + J) * block_size + l] = unit + H[0][l] * geo[J * block_size + l] +
                                          H[1][l] * geo[(3 + J) * block_size + l] +
                                          H[2][l] * geo[(6 + J) * block_size + l];
    }
  }
}

inline PointBatch BulkTerm::batch_of(const Group& group, int block, int q, const double* F, double* P) const {
  PointBatch batch;
  batch.n = block_size;
  batch.stride = block_size;
  batch.F = F;
  batch.P = P;
  batch.constants = group.full.constants.data() +
                    static_cast<std::size_t>(block * points_per_tet_ + q) * group.law->constants_size() * block_size;
  batch.strength = strength;
  return batch;
}

} // namespace kypho

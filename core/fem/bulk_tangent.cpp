// The implicit path of the bulk term: forces and element matrices, with the history left as it is.
//   K_ai,bj = sum_q w N_a,J A_iJjL N_b,L,   A = dP/dF.
#include "core/fem/bulk_kernels.hpp"

#include <Eigen/LU>
#include <cstdio>
#include <cstring>

namespace kypho {
namespace {

using bulk::lanes;
using Vec9 = Eigen::Matrix<double, 9, 1>; // k = 3i + J

/// C_ik,jl = w sum_JL A_iJ,jL X_kJ X_lL with X the inverse Jacobian: the tangent against reference coordinates.
/// @param A [81][lanes], index 9 (3i + J) + 3j + L   @param C the same with k for J, l for L
void pull_back(const double* geo, const double* A, double* C) {
  alignas(64) double M[81 * lanes];
  for (int r = 0; r < 9; ++r) // over L
    for (int j = 0; j < 3; ++j)
      for (int m = 0; m < 3; ++m)
        for (int l = 0; l < lanes; ++l)
          M[(9 * r + 3 * j + m) * lanes + l] = A[(9 * r + 3 * j) * lanes + l] * geo[(3 * m) * lanes + l] +
                                               A[(9 * r + 3 * j + 1) * lanes + l] * geo[(3 * m + 1) * lanes + l] +
                                               A[(9 * r + 3 * j + 2) * lanes + l] * geo[(3 * m + 2) * lanes + l];
  for (int i = 0; i < 3; ++i) // over J
    for (int k = 0; k < 3; ++k)
      for (int c = 0; c < 9; ++c)
        for (int l = 0; l < lanes; ++l)
          C[(9 * (3 * i + k) + c) * lanes + l] =
              geo[9 * lanes + l] * (M[(9 * (3 * i) + c) * lanes + l] * geo[(3 * k) * lanes + l] +
                                    M[(9 * (3 * i + 1) + c) * lanes + l] * geo[(3 * k + 1) * lanes + l] +
                                    M[(9 * (3 * i + 2) + c) * lanes + l] * geo[(3 * k + 2) * lanes + l]);
}

/// K_ai,bj += sum_kl N_a,k C_ik,jl N_b,l.  K [lane][3N][3N]
template <class Shape>
void add_matrices(int q, const double* C, double* K) {
  constexpr int N = Shape::nodes, width = 3 * N;
  static constexpr auto dN = gradients_at_points<Shape>();
  for (int b = 0; b < N; ++b) {
    alignas(64) double D[27 * lanes]; // D_ik,j = sum_l C_ik,jl N_b,l
    for (int r = 0; r < 9; ++r)
      for (int j = 0; j < 3; ++j) {
        const double* c = C + (9 * r + 3 * j) * lanes;
        for (int l = 0; l < lanes; ++l)
          D[(3 * r + j) * lanes + l] = c[l] * dN[q][b][0] + c[lanes + l] * dN[q][b][1] + c[2 * lanes + l] * dN[q][b][2];
      }
    for (int a = 0; a < N; ++a)
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) {
          const double* d = D + (9 * i + j) * lanes;
          double* out = K + (3 * a + i) * width + 3 * b + j;
          for (int l = 0; l < lanes; ++l)
            out[l * width * width] +=
                d[l] * dN[q][a][0] + d[3 * lanes + l] * dN[q][a][1] + d[6 * lanes + l] * dN[q][a][2];
        }
  }
}

Vec9 row_major(const Mat3& m) {
  Vec9 v;
  for (int k = 0; k < 9; ++k) v[k] = m(k / 3, k % 3);
  return v;
}

/// The tangent with a mean volume ratio (bulk_kernels.hpp): the part of each point replaces A there, and what couples the
/// points of an element through J-bar is added to K.
/// @param P P-bar   @param A dP-bar/dF-bar, [point][81][lanes]; out: d P_q / d F_q at fixed J-bar and Pi
void mean_dilatation_tangent(const bulk::MeanDilatation& mean, const double* geometry, const double* P, double* A,
                             double* K) {
  constexpr int Q = Tet10::points, N = Tet10::nodes, width = 3 * N;
  static constexpr auto dN = gradients_at_points<Tet10>();
  using VecN = Eigen::Matrix<double, width, 1>;
  for (int l = 0; l < lanes; ++l) {
    if (!(mean.volume[l] > 0)) continue;
    const double Jm = mean.mean[l], V = mean.volume[l];
    double pi = 0;
    for (int q = 0; q < Q; ++q) {
      const double alpha = mean.alpha[q][l];
      double t = 0;
      for (int k = 0; k < 9; ++k) t += P[(q * 9 + k) * lanes + l] * alpha * mean.gradient(q, l)(k / 3, k % 3);
      pi += mean.weight(q, l) * t / (3 * Jm);
    }
    VecN c = VecN::Zero(), z1 = VecN::Zero(), z2 = VecN::Zero();
    double s = 0;
    for (int q = 0; q < Q; ++q) {
      const double alpha = mean.alpha[q][l], J = mean.J[q][l], w = mean.weight(q, l);
      const Mat3 F = mean.gradient(q, l), G = F.inverse().transpose();
      const Vec9 f = row_major(F), g = row_major(G);
      Vec9 p;
      Mat9 a, dG;
      for (int k = 0; k < 9; ++k) {
        p[k] = P[(q * 9 + k) * lanes + l];
        for (int m = 0; m < 9; ++m) {
          a(k, m) = A[((q * 9 + k) * 9 + m) * lanes + l];
          dG(k, m) = -G(k / 3, m % 3) * G(m / 3, k % 3);
        }
      }
      const double t = alpha * p.dot(f);
      const Mat9 barred_by_F = alpha * (Mat9::Identity() - f * g.transpose() / 3);
      const Vec9 barred_by_J = alpha / (3 * Jm) * f;
      const Vec9 slope = alpha * (a.transpose() * f) + p; // dt / dF-bar
      const Vec9 t_by_F = barred_by_F.transpose() * slope;
      const double t_by_J = slope.dot(barred_by_J);
      // R = alpha P-bar - t/3 F^-T
      Mat9 by_F = -alpha / 3 * p * g.transpose() + alpha * a * barred_by_F - g * t_by_F.transpose() / 3 - t / 3 * dG;
      const Vec9 by_J = alpha / (3 * Jm) * p + alpha * (a * barred_by_J) - t_by_J / 3 * g;
      by_F += pi / V * J * (g * g.transpose() + dG);
      for (int k = 0; k < 9; ++k)
        for (int m = 0; m < 9; ++m) A[((q * 9 + k) * 9 + m) * lanes + l] = by_F(k, m);
      s += w * (t_by_J / (3 * Jm) - t / (3 * Jm * Jm));
      for (int n = 0; n < N; ++n) {
        Vec3 slope_n = Vec3::Zero();
        for (int k = 0; k < 3; ++k)
          for (int m = 0; m < 3; ++m) slope_n[m] += dN[q][n][k] * geometry[(q * 10 + 3 * k + m) * lanes + l];
        for (int i = 0; i < 3; ++i)
          for (int m = 0; m < 3; ++m) {
            c[3 * n + i] += w / V * J * g[3 * i + m] * slope_n[m];
            z1[3 * n + i] += w * by_J[3 * i + m] * slope_n[m];
            z2[3 * n + i] += w / (3 * Jm) * t_by_F[3 * i + m] * slope_n[m];
          }
      }
    }
    Eigen::Map<Eigen::Matrix<double, width, width, Eigen::RowMajor>> out(K + l * width * width);
    out += z1 * c.transpose() + c * z2.transpose() + s * c * c.transpose();
  }
}

} // namespace

template <class Shape>
std::pair<double, int> BulkTerm::linearize_block(const Group& group, int block, const VectorX& u, double* f,
                                                 double* K) const {
  constexpr int Q = Shape::points, width = 3 * Shape::nodes;
  alignas(64) double F[Q * 9 * block_size], P[Q * 9 * block_size], C[81 * block_size], barred[9 * block_size];
  static_assert(block_size == lanes);
  std::vector<double> A(K ? Q * 81 * block_size : 0), history;
  const double* geometry = group.geometry.data() + block * Q * 10 * block_size;
  const int stored = group.law->history_size();
  for (int q = 0; q < Q; ++q) gradients<Shape>(group, block, q, u, F + q * 9 * block_size);

  std::pair<double, int> smallest{1e300, -1};
  for (int q = 0; q < Q; ++q)
    for (int l = 0; l < block_size; ++l) {
      const double* m = F + q * 9 * block_size + l;
      const auto e = [&](int k) { return m[k * block_size]; };
      const double J =
          e(0) * (e(4) * e(8) - e(5) * e(7)) - e(1) * (e(3) * e(8) - e(5) * e(6)) + e(2) * (e(3) * e(7) - e(4) * e(6));
      if (!(J >= smallest.first)) smallest = {J, l};
    }
  if (!(smallest.first > 0)) return smallest;

  const bool mixed = Q > 1 && group.mean_dilatation;
  std::optional<bulk::MeanDilatation> mean;
  if (mixed) mean.emplace(geometry, F);
  for (int q = 0; q < Q; ++q) {
    const double* at = F + q * 9 * block_size;
    if (mixed) {
      mean->stretch(q, barred);
      at = barred;
    }
    PointBatch batch = batch_of(group, block, q, at, P + q * 9 * block_size);
    const double* before = group.history.data() + (block * Q + q) * stored * block_size;
    history.assign(before, before + stored * block_size);
    batch.history = history.data();
    if (K)
      group.law->linearize_batch(batch, A.data() + q * 81 * block_size);
    else
      group.law->evaluate_batch(batch);
  }
  if (K) std::fill(K, K + block_size * width * width, 0.0);
  if (mixed && K) mean_dilatation_tangent(*mean, geometry, P, A.data(), K);
  if (mixed) mean->stresses(P);
  std::fill(f, f + width * block_size, 0.0);
  for (int q = 0; q < Q; ++q) {
    bulk::add_point_forces<Shape>(geometry + q * 10 * block_size, q, P + q * 9 * block_size, f);
    if (!K) continue;
    pull_back(geometry + q * 10 * block_size, A.data() + q * 81 * block_size, C);
    add_matrices<Shape>(q, C, K);
  }
  return smallest;
}

template <class Shape>
double BulkTerm::linearize_all(const VectorX& u, VectorX& f, Tangent* K) const {
  constexpr int width = 3 * Shape::nodes;
  constexpr int chunk =
      Shape::nodes == 4 ? 64 : 16; // blocks whose matrices fit into the cache between making and adding
  std::vector<double> forces(force_.size());
  std::vector<double> matrices(K ? static_cast<std::size_t>(chunk) * block_size * width * width : 0);
  const int blocks = static_cast<int>(work_.size());
  std::vector<std::pair<double, int>> smallest(blocks);
  for (int first = 0; first < blocks; first += chunk) {
    const int last = std::min(blocks, first + chunk);
#pragma omp parallel for schedule(dynamic, 1)
    for (int w = first; w < last; ++w) {
      const auto [g, b] = work_[w];
      smallest[w] = linearize_block<Shape>(
          groups_[g], b, u, forces.data() + groups_[g].force_start + b * width * block_size,
          K ? matrices.data() + static_cast<std::size_t>(w - first) * block_size * width * width : nullptr);
    }
    if (K) K->add(this, first * block_size, (last - first) * block_size, matrices.data());
  }
  for (int w = 0; w < blocks; ++w)
    if (!(smallest[w].first > 0)) {
      char text[100];
      std::snprintf(text, sizeof text, "element %d is turned inside out (det F = %.3g)",
                    groups_[work_[w].first].tets[work_[w].second * block_size + smallest[w].second], smallest[w].first);
      throw NonPhysical(text);
    }
  gather_.add(forces, f);
  return magnitude(forces);
}

double BulkTerm::linearize(const VectorX& u, VectorX& f, Tangent* K) const {
  return nodes_per_tet_ == 4 ? linearize_all<Tet4>(u, f, K) : linearize_all<Tet10>(u, f, K);
}

void BulkTerm::couple(Tangent& K) const {
  std::vector<int> nodes;
  nodes.reserve(work_.size() * block_size * nodes_per_tet_);
  for (const auto& [g, b] : work_)
    for (int l = 0; l < block_size; ++l)
      for (int a = 0; a < nodes_per_tet_; ++a)
        nodes.push_back(groups_[g].nodes[(b * nodes_per_tet_ + a) * block_size + l]);
  K.couple(this, nodes_per_tet_, std::move(nodes));
}

} // namespace kypho

// The implicit path of the bulk term: forces and element matrices, with the history left as it is. Element matrices are
// interleaved, [group of pack_width elements][entry][pack_width]: they are computed so, and adding them reads them once.
#include "core/fem/bulk_kernels.hpp"
#include "core/fem/element_matrix.hpp"
#include "core/fem/point_tangents.hpp"

#include <Eigen/LU>
#include <cstdio>
#include <cstring>
#include <omp.h>

namespace kypho {
namespace {

using bulk::lanes;
using Vec9 = Eigen::Matrix<double, 9, 1>; // k = 3i + J

/// Matrices of all elements of a block. @param geometry [point][10][lanes]   @param A [point][81][lanes]
template <class Shape>
void element_matrices(const double* geometry, const double* A, Pack* K) {
  constexpr int Q = Shape::points, size = 9 * Shape::nodes * Shape::nodes;
  for (int p = 0; p < lanes; p += pack_width) {
    Pack B[Q * 144];
    for (int q = 0; q < Q; ++q) {
      Pack geo[10], a[81];
      for (int k = 0; k < 10; ++k) std::memcpy(&geo[k], geometry + (q * 10 + k) * lanes + p, sizeof(Pack));
      for (int k = 0; k < 81; ++k) std::memcpy(&a[k], A + (q * 81 + k) * lanes + p, sizeof(Pack));
      barycentric_matrix(geo, a, B + q * 144);
    }
    element_matrix<Shape>(B, K + p / pack_width * size);
  }
}

Vec9 row_major(const Mat3& m) {
  Vec9 v;
  for (int k = 0; k < 9; ++k) v[k] = m(k / 3, k % 3);
  return v;
}

using Tet10Vector = Eigen::Matrix<double, 3 * Tet10::nodes, 1>;
using Tet10Matrix = Eigen::Matrix<double, 3 * Tet10::nodes, 3 * Tet10::nodes, Eigen::RowMajor>;

/// The tangent with a mean volume ratio (bulk_kernels.hpp): the part of each point replaces A there, and @p coupling gets
/// what couples the points of an element through J-bar.
/// @param P P-bar   @param A dP-bar/dF-bar, [point][81][lanes]; out: d P_q / d F_q at fixed J-bar and Pi
void mean_dilatation_tangent(const bulk::MeanDilatation& mean, const double* P, double* A, MeanCoupling& coupling) {
  constexpr int Q = Tet10::points;
  static_assert(MeanCoupling::lanes == lanes && MeanCoupling::points == Q);
  coupling = {};
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
      coupling.s[l] += w * (t_by_J / (3 * Jm) - t / (3 * Jm * Jm));
      for (int k = 0; k < 9; ++k) {
        const int at = (q * 9 + k) * lanes + l;
        coupling.C[at] = w / V * J * g[k];
        coupling.Z1[at] = w * by_J[k];
        coupling.Z2[at] = w / (3 * Jm) * t_by_F[k];
      }
    }
  }
}

/// The same between the nodes, onto element matrices.
void add_coupling(const MeanCoupling& coupling, const double* geometry, Pack* K) {
  constexpr int Q = Tet10::points, N = Tet10::nodes, width = 3 * N;
  static constexpr auto dN = gradients_at_points<Tet10>();
  for (int l = 0; l < lanes; ++l) {
    Tet10Vector c = Tet10Vector::Zero(), z1 = c, z2 = c;
    for (int q = 0; q < Q; ++q)
      for (int n = 0; n < N; ++n) {
        Vec3 slope = Vec3::Zero();
        for (int k = 0; k < 3; ++k)
          for (int m = 0; m < 3; ++m) slope[m] += dN[q][n][k] * geometry[(q * 10 + 3 * k + m) * lanes + l];
        for (int i = 0; i < 3; ++i)
          for (int m = 0; m < 3; ++m) {
            const int at = (q * 9 + 3 * i + m) * lanes + l;
            c[3 * n + i] += coupling.C[at] * slope[m];
            z1[3 * n + i] += coupling.Z1[at] * slope[m];
            z2[3 * n + i] += coupling.Z2[at] * slope[m];
          }
      }
    const Tet10Matrix whole = z1 * c.transpose() + c * z2.transpose() + coupling.s[l] * c * c.transpose();
    for (int e = 0; e < width * width; ++e) K[l / pack_width * width * width + e][l % pack_width] += whole.data()[e];
  }
}

} // namespace

template <class Shape>
std::pair<double, int> BulkTerm::linearize_block(const Group& group, int block, const VectorX& u, double* f,
                                                 const TangentGoal& goal) const {
  constexpr int Q = Shape::points;
  const bool tangent = goal.matrices || goal.points;
  alignas(64) double F[Q * 9 * block_size], P[Q * 9 * block_size], A[Q * 81 * block_size], barred[9 * block_size];
  static_assert(block_size == lanes);
  std::vector<double> history;
  const double* geometry = group.full.geometry.data() + block * Q * 10 * block_size;
  const int stored = group.law->history_size();
  alignas(64) double x[3 * Shape::nodes * block_size];
  take<Shape>(group, block, u, x);
  for (int q = 0; q < Q; ++q) gradients<Shape>(group, block, q, x, F + q * 9 * block_size);

  std::pair<double, int> smallest{1e300, -1};
  for (int q = 0; q < Q; ++q)
    for (int l = 0; l < block_size; ++l) {
      const double* m = F + q * 9 * block_size + l;
      const auto e = [&](int k) { return m[k * block_size]; };
      const double J =
          e(0) * (e(4) * e(8) - e(5) * e(7)) - e(1) * (e(3) * e(8) - e(5) * e(6)) + e(2) * (e(3) * e(7) - e(4) * e(6));
      if (!(J >= smallest.first)) smallest = {J, l};
    }
  if (!(smallest.first > 0) && !goal.bound) return smallest;

  const bool mixed = Q > 1 && group.mean_dilatation && !goal.bound;
  std::optional<bulk::MeanDilatation> mean;
  if (mixed) mean.emplace(geometry, F);
  for (int q = 0; q < Q; ++q) {
    const double* at = F + q * 9 * block_size;
    if (mixed) {
      mean->stretch(q, barred);
      at = barred;
    }
    if (goal.bound) {
      bound_tangents(group, block, q, F + q * 9 * block_size, A + q * 81 * block_size);
      std::fill_n(P + q * 9 * block_size, 9 * block_size, 0.0);
      continue;
    }
    PointBatch batch = batch_of(group, block, q, at, P + q * 9 * block_size);
    const double* before = group.full.history.data() + (block * Q + q) * stored * block_size;
    if (tangent) {
      batch.history = const_cast<double*>(before); // read only there
      group.law->linearize_batch(batch, A + q * 81 * block_size);
    } else {
      history.assign(before, before + stored * block_size);
      batch.history = history.data();
      group.law->evaluate_batch(batch);
    }
  }
  if (tangent) {
    std::optional<MeanCoupling> coupling;
    if constexpr (Q > 1)
      if (mixed) mean_dilatation_tangent(*mean, P, A, coupling.emplace());
    if (goal.points)
      goal.points->take_points(this, goal.first, geometry, A, mixed ? &*coupling : nullptr);
    else {
      element_matrices<Shape>(geometry, A, goal.matrices);
      if constexpr (Q > 1)
        if (mixed) add_coupling(*coupling, geometry, goal.matrices);
    }
  }
  if (mixed) mean->stresses(P);
  for (int q = 0; q < Q; ++q)
    bulk::add_point_forces<Shape>(geometry + q * 10 * block_size, q, P + q * 9 * block_size, f);
  return smallest;
}

template <class Shape>
double BulkTerm::linearize_all(const VectorX& u, VectorX& f, Tangent* K, bool bound) const {
  constexpr int width = 3 * Shape::nodes;
  constexpr int packs = block_size / pack_width * width * width; // of the matrices of a block
  PointTangents* points = K && Shape::nodes == 10 ? K->points() : nullptr;
  const bool whole = K && !points;
  // Blocks whose matrices stay in the caches between making and adding.
  const int chunk = whole ? omp_get_max_threads() * (Shape::nodes == 4 ? 32 : 8) : std::max<int>(1, work_.size());
  std::vector<Pack> matrices(whole ? static_cast<std::size_t>(chunk) * packs : 0);
  std::vector<RowOf<double>>& forces = tried_;
  forces.resize(force_.size());
  const int blocks = static_cast<int>(work_.size());
  std::vector<std::pair<double, int>> smallest(blocks);
  std::vector<double> sizes(blocks);
  for (int first = 0; first < blocks; first += chunk) {
    const int last = std::min(blocks, first + chunk);
#pragma omp parallel for schedule(dynamic, 1)
    for (int w = first; w < last; ++w) {
      const auto [g, b] = work_[w];
      alignas(64) double f[width * block_size] = {};
      Pack* own = whole ? matrices.data() + static_cast<std::size_t>(w - first) * packs : nullptr;
      smallest[w] = linearize_block<Shape>(groups_[g], b, u, f, {own, points, w * block_size, bound});
      sizes[w] = hand_out<Shape>(groups_[g], b, f, forces);
    }
    if (whole)
      K->add(this, first * block_size, (last - first) * block_size, reinterpret_cast<const double*>(matrices.data()),
             pack_width);
  }
  for (int w = 0; w < blocks; ++w)
    if (!(smallest[w].first > 0) && !bound) {
      char text[100];
      std::snprintf(text, sizeof text, "element %d is turned inside out (det F = %.3g)",
                    groups_[work_[w].first].tets[work_[w].second * block_size + smallest[w].second], smallest[w].first);
      throw NonPhysical(text);
    }
  gather_.add(reinterpret_cast<const double*>(forces.data()), f);
  return magnitude(sizes);
}

double BulkTerm::linearize(const VectorX& u, VectorX& f, Tangent* K) const {
  return nodes_per_tet_ == 4 ? linearize_all<Tet4>(u, f, K) : linearize_all<Tet10>(u, f, K);
}

/// The isotropic stiffness of the bound at the present shape, seen from the reference shape.
void BulkTerm::bound_tangents(const Group& group, int block, int q, const double* F, double* A) const {
  constexpr double smallest_volume = 0.01;
  const std::size_t at = static_cast<std::size_t>(block) * points_per_tet_ + q;
  VectorX c(group.law->constants_size()), h(group.law->history_size());
  for (int l = 0; l < block_size; ++l) {
    for (int k = 0; k < c.size(); ++k) c[k] = group.full.constants[(at * c.size() + k) * block_size + l];
    for (int k = 0; k < h.size(); ++k) h[k] = group.remembered((at * h.size() + k) * block_size + l);
    const StiffnessBound bound = group.law->stiffness_bound(c, h);
    Mat3 now;
    for (int k = 0; k < 9; ++k) now(k / 3, k % 3) = F[k * block_size + l];
    if (!(now.determinant() > smallest_volume)) now.setIdentity(); // on its way through: as stiff as it was made
    const Mat3 G = now.inverse(), C = G * G.transpose();
    for (int i = 0; i < 3; ++i)
      for (int J = 0; J < 3; ++J)
        for (int k = 0; k < 3; ++k)
          for (int L = 0; L < 3; ++L)
            A[(9 * (3 * i + J) + 3 * k + L) * block_size + l] =
                bound.volumetric * G(J, i) * G(L, k) + 0.5 * bound.any * ((i == k ? C(J, L) : 0.0) + G(J, k) * G(L, i));
  }
}

void BulkTerm::add_stiffness_bound(const VectorX& u, Tangent& K, VectorX&) const {
  VectorX none = VectorX::Zero(u.size());
  if (nodes_per_tet_ == 4)
    linearize_all<Tet4>(u, none, &K, true);
  else
    linearize_all<Tet10>(u, none, &K, true);
}

void BulkTerm::couple(Tangent& K) const {
  std::vector<int> nodes;
  nodes.reserve(work_.size() * block_size * nodes_per_tet_);
  for (const auto& [g, b] : work_)
    for (int l = 0; l < block_size; ++l)
      for (int a = 0; a < nodes_per_tet_; ++a)
        nodes.push_back(groups_[g].nodes[(b * nodes_per_tet_ + a) * block_size + l]);
  if (nodes_per_tet_ == 10 && K.points())
    K.points()->couple_points(this, std::move(nodes));
  else
    K.couple(this, nodes_per_tet_, std::move(nodes));
}

} // namespace kypho

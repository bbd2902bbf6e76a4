// The explicit path of the bulk term: forces with the history moved on, and bounds of the stiffness.
#include "core/fem/bulk_kernels.hpp"

#include <Eigen/LU>
#include <numeric>
#include <optional>
#include <type_traits>

namespace kypho {

template <class Shape, class R>
void BulkTerm::evaluate_block(Group& group, int block, const VectorX& u) {
  constexpr int Q = Shape::points;
  alignas(64) R F[Q][9 * block_size], P[9 * block_size], f[3 * Shape::nodes * block_size];
  alignas(64) double x[3 * Shape::nodes * block_size];
  take<Shape>(group, block, u, x);
  for (int q = 0; q < Q; ++q) gradients<Shape>(group, block, q, x, F[q]);
  const int stored = group.law->history_size(), fixed = group.law->constants_size();
  Arrays<R>& arrays = Group::arrays<R>(group);
  const auto batch_at = [&](int q, const R* at_F, R* at_P) {
    const std::ptrdiff_t point = block * Q + q;
    return PointBatchOf<R>{block_size,
                           block_size,
                           at_F,
                           arrays.constants.data() + point * fixed * block_size,
                           arrays.history.data() + point * stored * block_size,
                           at_P,
                           nullptr,
                           static_cast<R>(strength)};
  };
  const auto hand_out_all = [&] {
    magnitude_[static_cast<std::size_t>(group.first + block)] = hand_out<Shape>(group, block, f, force_);
  };
  if constexpr (Q > 1) std::fill(f, f + 3 * Shape::nodes * block_size, R{});
  if constexpr (Q > 1 && std::is_same_v<R, double>)
    if (group.mean_dilatation) {
      bulk::MeanDilatation mean(arrays.geometry.data() + block * Q * 10 * block_size, &F[0][0]);
      alignas(64) double barred[9 * block_size], all[Q][9 * block_size];
      for (int q = 0; q < Q; ++q) {
        mean.stretch(q, barred);
        group.law->evaluate_batch(batch_at(q, barred, all[q]));
      }
      mean.stresses(&all[0][0]);
      for (int q = 0; q < Q; ++q)
        bulk::add_point_forces<Shape>(arrays.geometry.data() + (block * Q + q) * 10 * block_size, q, all[q], f);
      return hand_out_all();
    }
  for (int q = 0; q < Q; ++q) {
    group.law->evaluate_batch(batch_at(q, F[q], P));
    bulk::add_point_forces<Shape>(arrays.geometry.data() + (block * Q + q) * 10 * block_size, q, P, f);
  }
  hand_out_all();
}

void BulkTerm::add_forces(const VectorX& u, VectorX& f) {
  const bool linear = nodes_per_tet_ == 4;
#pragma omp parallel for schedule(dynamic, 8)
  for (std::size_t w = 0; w < work_.size(); ++w) {
    Group& group = groups_[work_[w].first];
    const int block = work_[w].second;
    if (linear)
      group.in_single ? evaluate_block<Tet4, float>(group, block, u) : evaluate_block<Tet4, double>(group, block, u);
    else
      group.in_single ? evaluate_block<Tet10, float>(group, block, u) : evaluate_block<Tet10, double>(group, block, u);
  }
  gather_.add(reinterpret_cast<const double*>(force_.data()), f);
}

template <class Shape>
double BulkTerm::stored_in_block(const Group& group, int block, const VectorX& u) const {
  constexpr int Q = Shape::points;
  alignas(64) double F[Q][9 * block_size], barred[9 * block_size], P[9 * block_size], W[block_size];
  alignas(64) double x[3 * Shape::nodes * block_size];
  take<Shape>(group, block, u, x);
  for (int q = 0; q < Q; ++q) gradients<Shape>(group, block, q, x, F[q]);
  const int stored = group.law->history_size() * block_size;
  std::vector<double> history(static_cast<std::size_t>(stored));
  std::optional<bulk::MeanDilatation> mean;
  if constexpr (Q > 1)
    if (group.mean_dilatation) mean.emplace(group.full.geometry.data() + block * Q * 10 * block_size, &F[0][0]);
  double sum = 0;
  for (int q = 0; q < Q; ++q) {
    if (mean) mean->stretch(q, barred);
    PointBatch batch = batch_of(group, block, q, mean ? barred : F[q], P);
    for (int k = 0; k < stored; ++k) history[k] = group.remembered((block * Q + q) * stored + k);
    batch.history = history.data();
    batch.W = W;
    group.law->evaluate_batch(batch);
    const double* weight = group.full.geometry.data() + ((block * Q + q) * 10 + 9) * block_size;
    for (int l = 0; l < block_size; ++l) sum += weight[l] * W[l];
  }
  return sum;
}

double BulkTerm::force_sum() const { return magnitude(magnitude_); }

double BulkTerm::stored(const VectorX& u) const {
  const bool linear = nodes_per_tet_ == 4;
  std::vector<double> part(work_.size());
#pragma omp parallel for schedule(dynamic, 8)
  for (std::size_t w = 0; w < work_.size(); ++w) {
    const Group& group = groups_[work_[w].first];
    part[w] =
        linear ? stored_in_block<Tet4>(group, work_[w].second, u) : stored_in_block<Tet10>(group, work_[w].second, u);
  }
  return std::accumulate(part.begin(), part.end(), 0.0);
}

template <class Shape>
void BulkTerm::stiffness_rows(const VectorX& u, std::vector<RowOf<double>>& buffer) const {
  constexpr int N = Shape::nodes, Q = Shape::points;
  static constexpr auto dN = gradients_at_points<Shape>();
#pragma omp parallel for schedule(static)
  for (std::size_t w = 0; w < work_.size(); ++w) {
    const Group& group = groups_[work_[w].first];
    const int b = work_[w].second;
    alignas(64) double rows[3 * N * block_size] = {}, x[3 * N * block_size], F[Q][9 * block_size];
    take<Shape>(group, b, u, x);
    for (int q = 0; q < Q; ++q) gradients<Shape>(group, b, q, x, F[q]);
    VectorX c(group.law->constants_size()), h(group.law->history_size());
    for (int l = 0; l < block_size; ++l) {
      const int t = group.tets[b * block_size + l];
      if (t < 0) continue;
      for (int q = 0; q < Q; ++q) {
        for (int k = 0; k < c.size(); ++k) c[k] = group.full.constants[((b * Q + q) * c.size() + k) * block_size + l];
        for (int k = 0; k < h.size(); ++k) h[k] = group.remembered(((b * Q + q) * h.size() + k) * block_size + l);
        const double* geo = group.full.geometry.data() + (b * Q + q) * 10 * block_size + l;
        // Spatial gradients: columns of F^-T grad N.
        Mat3 now;
        for (int k = 0; k < 9; ++k) now(k / 3, k % 3) = F[q][k * block_size + l];
        const Mat3 inverse_F = now.inverse();
        double norm[N], sum = 0;
        Vec3 g[3], of_node[N];
        for (int k = 0; k < 3; ++k)
          g[k] = inverse_F.transpose() *
                 Vec3(geo[3 * k * block_size], geo[(3 * k + 1) * block_size], geo[(3 * k + 2) * block_size]);
        for (int a = 0; a < N; ++a) {
          of_node[a] = g[0] * dN[q][a][0] + g[1] * dN[q][a][1] + g[2] * dN[q][a][2];
          norm[a] = of_node[a].norm();
          sum += norm[a];
        }
        const double k = geo[9 * block_size] * over_weights(group.law->stiffness_bound(c, h), of_node, norm, 3) * sum;
        for (int a = 0; a < N; ++a)
          for (int i = 0; i < 3; ++i) rows[(3 * a + i) * block_size + l] += k * norm[a];
      }
    }
    hand_out<Shape>(group, b, rows, buffer);
  }
}

void BulkTerm::add_stiffness_rows(const VectorX& u, VectorX& rows) const {
  std::vector<RowOf<double>> buffer(force_.size());
  if (nodes_per_tet_ == 4)
    stiffness_rows<Tet4>(u, buffer);
  else
    stiffness_rows<Tet10>(u, buffer);
  gather_.add(reinterpret_cast<const double*>(buffer.data()), rows);
}

} // namespace kypho

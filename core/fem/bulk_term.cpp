#include "core/fem/bulk_term.hpp"

#include <Eigen/LU>
#include <cmath>

namespace kypho {
BulkTerm::BulkTerm(const TetMesh& mesh, std::vector<std::shared_ptr<const Material>> laws,
                   const std::vector<int>& law_of_tet, std::vector<PointData> points)
    : place_(mesh.tets.size(), {-1, -1}), points_(std::move(points)) {
  groups_.resize(laws.size());
  for (std::size_t g = 0; g < laws.size(); ++g) groups_[g].law = laws[g];
  for (int t = 0; t < static_cast<int>(mesh.tets.size()); ++t) {
    if (law_of_tet[t] < 0) continue;
    Group& group = groups_[law_of_tet[t]];
    place_[t] = {law_of_tet[t], group.count++};
    group.tets.push_back(t);
  }
  std::vector<std::pair<int, int>> entries;
  int force_size = 0;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    Group& group = groups_[g];
    group.blocks = (group.count + block_size - 1) / block_size;
    group.tets.resize(group.blocks * block_size, -1);
    group.nodes.assign(group.blocks * 4 * block_size, 0);
    group.geometry.assign(group.blocks * 10 * block_size, 0.0);
    group.constants.assign(group.blocks * group.law->constants_size() * block_size, 0.0);
    group.history.assign(group.blocks * group.law->history_size() * block_size, 0.0);
    group.force_start = force_size;
    force_size += group.blocks * 12 * block_size;
    VectorX virgin(group.law->history_size());
    group.law->initial_history(virgin);
    const PointData* last = nullptr;
    for (int slot = 0; slot < group.blocks * block_size; ++slot) {
      const int b = slot / block_size, l = slot % block_size, t = group.tets[slot];
      for (int k = 0; k < virgin.size(); ++k) group.history[(b * virgin.size() + k) * block_size + l] = virgin[k];
      if (t < 0) { // padding: all nodes equal, so F = I, and no volume
        fill_constants(group, slot, *last);
        continue;
      }
      const auto& tet = mesh.tets[t];
      Mat3 edges;
      for (int a = 0; a < 3; ++a) edges.col(a) = mesh.nodes[tet[a + 1]] - mesh.nodes[tet[0]];
      const double volume = edges.determinant() / 6;
      const Mat3 inverse = edges.inverse();
      for (int k = 0; k < 9; ++k) group.geometry[(b * 10 + k) * block_size + l] = inverse(k / 3, k % 3);
      group.geometry[(b * 10 + 9) * block_size + l] = volume;
      points_[t].size = std::cbrt(6 * std::sqrt(2.0) * volume); // edge of the regular tetrahedron
      fill_constants(group, slot, points_[t]);
      last = &points_[t];
      for (int a = 0; a < 4; ++a) {
        group.nodes[(b * 4 + a) * block_size + l] = tet[a];
        entries.emplace_back(tet[a], group.force_start + (b * 12 + 3 * a) * block_size + l);
      }
    }
    for (int b = 0; b < group.blocks; ++b) work_.emplace_back(static_cast<int>(g), b);
  }
  force_.assign(force_size, 0.0);
  gather_ = gather_of(static_cast<int>(mesh.nodes.size()), entries, block_size);
}

void BulkTerm::fill_constants(Group& group, int slot, const PointData& point) {
  VectorX c(group.law->constants_size());
  group.law->constants(point, c);
  for (int k = 0; k < c.size(); ++k)
    group.constants[(slot / block_size * c.size() + k) * block_size + slot % block_size] = c[k];
}

void BulkTerm::evaluate_block(Group& group, int block, const VectorX& u) {
  alignas(64) double F[9 * block_size], P[9 * block_size];
  const int* nodes = group.nodes.data() + block * 4 * block_size;
  const double* geo = group.geometry.data() + block * 10 * block_size;
  alignas(64) double D[9 * block_size]; // edge displacements, D[3*i + a]
  for (int l = 0; l < block_size; ++l) {
    const double* u0 = u.data() + 3 * nodes[l];
    for (int a = 0; a < 3; ++a) {
      const double* ua = u.data() + 3 * nodes[(a + 1) * block_size + l];
      for (int i = 0; i < 3; ++i) D[(3 * i + a) * block_size + l] = ua[i] - u0[i];
    }
  }
  for (int i = 0; i < 3; ++i)
    for (int J = 0; J < 3; ++J) {
      const double unit = i == J ? 1.0 : 0.0;
      for (int l = 0; l < block_size; ++l)
        F[(3 * i + J) * block_size + l] = unit + D[(3 * i) * block_size + l] * geo[J * block_size + l] +
                                          D[(3 * i + 1) * block_size + l] * geo[(3 + J) * block_size + l] +
                                          D[(3 * i + 2) * block_size + l] * geo[(6 + J) * block_size + l];
    }
  PointBatch batch;
  batch.n = block_size;
  batch.stride = block_size;
  batch.F = F;
  batch.P = P;
  batch.constants = group.constants.data() + static_cast<std::size_t>(block) * group.law->constants_size() * block_size;
  batch.history = group.history.data() + static_cast<std::size_t>(block) * group.law->history_size() * block_size;
  group.law->evaluate_batch(batch);
  double* f = force_.data() + group.force_start + block * 12 * block_size;
  const double* volume = geo + 9 * block_size;
  for (int i = 0; i < 3; ++i) {
    const double *P0 = P + 3 * i * block_size, *P1 = P0 + block_size, *P2 = P1 + block_size;
    for (int l = 0; l < block_size; ++l) {
      double sum = 0;
      for (int a = 0; a < 3; ++a) {
        const double* g = geo + 3 * a * block_size;
        const double fa = -volume[l] * (P0[l] * g[l] + P1[l] * g[block_size + l] + P2[l] * g[2 * block_size + l]);
        f[(3 * (a + 1) + i) * block_size + l] = fa;
        sum += fa;
      }
      f[i * block_size + l] = -sum;
    }
  }
}

void BulkTerm::add_forces(const VectorX& u, VectorX& f) {
#pragma omp parallel for schedule(dynamic, 8)
  for (std::size_t w = 0; w < work_.size(); ++w) evaluate_block(groups_[work_[w].first], work_[w].second, u);
  gather_.add(force_, f);
}

void BulkTerm::add_stiffness_rows(const VectorX& u, VectorX& rows) const {
  std::vector<double> buffer(force_.size(), 0.0);
#pragma omp parallel for schedule(static)
  for (std::size_t w = 0; w < work_.size(); ++w) {
    const Group& group = groups_[work_[w].first];
    const int b = work_[w].second;
    VectorX c(group.law->constants_size()), h(group.law->history_size());
    for (int l = 0; l < block_size; ++l) {
      const int t = group.tets[b * block_size + l];
      if (t < 0) continue;
      for (int k = 0; k < c.size(); ++k) c[k] = group.constants[(b * c.size() + k) * block_size + l];
      for (int k = 0; k < h.size(); ++k) h[k] = group.history[(b * h.size() + k) * block_size + l];
      // Spatial gradients: columns of F^-T grad N.
      const Mat3 inverse_F = deformation(t, u).inverse();
      double norm[4], sum = 0;
      Vec3 first = Vec3::Zero();
      for (int a = 0; a < 3; ++a) {
        Vec3 g;
        for (int J = 0; J < 3; ++J) g[J] = group.geometry[(b * 10 + 3 * a + J) * block_size + l];
        const Vec3 spatial = inverse_F.transpose() * g;
        first -= spatial;
        norm[a + 1] = spatial.norm();
      }
      norm[0] = first.norm();
      for (double n : norm) sum += n;
      const double k = group.geometry[(b * 10 + 9) * block_size + l] * group.law->stiffness_bound(c, h) * sum;
      for (int a = 0; a < 4; ++a)
        for (int i = 0; i < 3; ++i) buffer[group.force_start + (b * 12 + 3 * a + i) * block_size + l] = k * norm[a];
    }
  }
  gather_.add(buffer, rows);
}

void BulkTerm::visit(Archive& archive) {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    Group& group = groups_[g];
    visit_blocks(archive, "history_of_law_" + std::to_string(g), group.history, group.count, group.law->history_size(),
                 block_size);
  }
}

VectorX BulkTerm::history(int tet) const {
  const auto [g, slot] = place_[tet];
  if (g < 0) return {};
  const Group& group = groups_[g];
  VectorX h(group.law->history_size());
  for (int k = 0; k < h.size(); ++k)
    h[k] = group.history[(slot / block_size * h.size() + k) * block_size + slot % block_size];
  return h;
}

void BulkTerm::set_history(int tet, const VectorX& h) {
  const auto [g, slot] = place_[tet];
  Group& group = groups_[g];
  for (int k = 0; k < h.size(); ++k)
    group.history[(slot / block_size * h.size() + k) * block_size + slot % block_size] = h[k];
}

const Material* BulkTerm::law(int tet) const {
  return place_[tet].first < 0 ? nullptr : groups_[place_[tet].first].law.get();
}

void BulkTerm::set_point(int tet, const PointData& point) {
  const double size = points_[tet].size;
  points_[tet] = point;
  points_[tet].size = size;
  if (place_[tet].first >= 0) fill_constants(groups_[place_[tet].first], place_[tet].second, points_[tet]);
}

Mat3 BulkTerm::deformation(int tet, const VectorX& u) const {
  const auto [g, slot] = place_[tet];
  const Group& group = groups_[g];
  const int b = slot / block_size, l = slot % block_size;
  Mat3 D, inverse;
  const auto node = [&](int a) { return group.nodes[(b * 4 + a) * block_size + l]; };
  for (int a = 0; a < 3; ++a) D.col(a) = u.segment<3>(3 * node(a + 1)) - u.segment<3>(3 * node(0));
  for (int k = 0; k < 9; ++k) inverse(k / 3, k % 3) = group.geometry[(b * 10 + k) * block_size + l];
  return Mat3::Identity() + D * inverse;
}

std::pair<double, int> BulkTerm::smallest_volume_ratio(const VectorX& u) const {
  std::pair<double, int> smallest{1e300, -1};
  for (int t = 0; t < static_cast<int>(place_.size()); ++t) {
    if (place_[t].first < 0) continue;
    const double J = deformation(t, u).determinant();
    if (!(J >= smallest.first)) smallest = {J, t};
  }
  return smallest;
}

Mat3 BulkTerm::cauchy(int tet, const VectorX& u) const {
  const auto [g, slot] = place_[tet];
  const Group& group = groups_[g];
  const int b = slot / block_size, l = slot % block_size;
  const double volume = group.geometry[(b * 10 + 9) * block_size + l];
  // f_a = - V P grad N_a for a = 1..3: P = - [f_1 f_2 f_3] E^T / V with E the reference edges.
  Mat3 inverse, forces;
  for (int k = 0; k < 9; ++k) inverse(k / 3, k % 3) = group.geometry[(b * 10 + k) * block_size + l];
  for (int a = 0; a < 3; ++a)
    for (int i = 0; i < 3; ++i) forces(i, a) = force_[group.force_start + (b * 12 + 3 * (a + 1) + i) * block_size + l];
  const Mat3 P = -forces * inverse.inverse().transpose() / volume;
  const Mat3 F = deformation(tet, u);
  return P * F.transpose() / F.determinant();
}

} // namespace kypho

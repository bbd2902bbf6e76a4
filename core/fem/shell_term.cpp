#include "core/fem/shell_term.hpp"

#include <Eigen/Dense>
#include <cmath>

namespace kypho {

ShellTerm::ShellTerm(const TetMesh& mesh, std::vector<std::shared_ptr<const ShellLaw>> laws,
                     const std::vector<int>& law_of_facet)
    : place_(mesh.facets.size(), {-1, -1}), basis_(mesh.facets.size()) {
  groups_.resize(laws.size());
  for (std::size_t g = 0; g < laws.size(); ++g) groups_[g].law = laws[g];
  for (int f = 0; f < static_cast<int>(mesh.facets.size()); ++f) {
    const auto& n = mesh.facets[f].nodes;
    const Vec3 a = mesh.nodes[n[1]] - mesh.nodes[n[0]], b = mesh.nodes[n[2]] - mesh.nodes[n[0]];
    basis_[f].col(0) = a.normalized();
    basis_[f].col(1) = a.cross(b).cross(a).normalized();
    if (law_of_facet[f] < 0) continue;
    Group& group = groups_[law_of_facet[f]];
    place_[f] = {law_of_facet[f], group.count++};
    group.facets.push_back(f);
  }
  std::vector<std::pair<int, int>> entries;
  int force_size = 0;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    Group& group = groups_[g];
    const int stored = group.law->history_size();
    group.blocks = (group.count + block_size - 1) / block_size;
    group.facets.resize(group.blocks * block_size, -1);
    group.nodes.assign(group.blocks * 3 * block_size, 0);
    group.geometry.assign(group.blocks * 5 * block_size, 0.0);
    group.base.assign(group.blocks * 6 * block_size, 0.0);
    group.size.assign(group.blocks * block_size, 1.0);
    group.history.assign(group.blocks * stored * block_size, 0.0);
    group.force_start = force_size;
    force_size += group.blocks * 9 * block_size;
    VectorX virgin(stored);
    group.law->initial_history(virgin);
    for (int slot = 0; slot < group.blocks * block_size; ++slot) {
      const int b = slot / block_size, l = slot % block_size;
      for (int k = 0; k < stored; ++k) group.history[(b * stored + k) * block_size + l] = virgin[k];
      const int f = std::max(0, group.facets[slot]); // padding repeats a facet without area, at rest
      const auto& n = mesh.facets[f].nodes;
      for (int k = 0; k < 6; ++k) group.base[(b * 6 + k) * block_size + l] = basis_[f](k / 2, k % 2);
      if (group.facets[slot] < 0) continue;
      Eigen::Matrix<double, 3, 2> edges;
      edges << mesh.nodes[n[1]] - mesh.nodes[n[0]], mesh.nodes[n[2]] - mesh.nodes[n[0]];
      const Eigen::Matrix2d local = basis_[f].transpose() * edges;
      const Eigen::Matrix2d inverse = local.inverse();
      const double area = 0.5 * local.determinant();
      for (int k = 0; k < 4; ++k) group.geometry[(b * 5 + k) * block_size + l] = inverse(k / 2, k % 2);
      group.geometry[(b * 5 + 4) * block_size + l] = area;
      group.size[slot] = std::sqrt(area * 4 / std::sqrt(3.0));
      for (int a = 0; a < 3; ++a) {
        group.nodes[(b * 3 + a) * block_size + l] = n[a];
        entries.emplace_back(n[a], group.force_start + (b * 9 + 3 * a) * block_size + l);
      }
    }
    for (int b = 0; b < group.blocks; ++b) work_.emplace_back(static_cast<int>(g), b);
  }
  force_.assign(force_size, 0.0);
  gather_ = gather_of(static_cast<int>(mesh.nodes.size()), entries, block_size);
}

void ShellTerm::gradients(const Group& group, int block, const VectorX& u, double* F) const {
  const int* nodes = group.nodes.data() + block * 3 * block_size;
  const double* geo = group.geometry.data() + block * 5 * block_size;
  const double* base = group.base.data() + block * 6 * block_size;
  for (int l = 0; l < block_size; ++l) {
    const double* u0 = u.data() + 3 * nodes[l];
    const double* u1 = u.data() + 3 * nodes[block_size + l];
    const double* u2 = u.data() + 3 * nodes[2 * block_size + l];
    for (int i = 0; i < 3; ++i) {
      const double d1 = u1[i] - u0[i], d2 = u2[i] - u0[i];
      for (int A = 0; A < 2; ++A)
        F[(2 * i + A) * block_size + l] =
            base[(2 * i + A) * block_size + l] + d1 * geo[A * block_size + l] + d2 * geo[(2 + A) * block_size + l];
    }
  }
}

ShellBatch ShellTerm::batch_of(const Group& group, int block, const double* F, double* P) const {
  ShellBatch batch;
  batch.n = block_size;
  batch.stride = block_size;
  batch.F = F;
  batch.P = P;
  batch.size = group.size.data() + block * block_size;
  return batch;
}

void ShellTerm::block_forces(const Group& group, int block, const double* P, double* f) const {
  const double* geo = group.geometry.data() + block * 5 * block_size;
  for (int i = 0; i < 3; ++i)
    for (int l = 0; l < block_size; ++l) {
      const double area = geo[4 * block_size + l] * scale;
      double sum = 0;
      for (int a = 0; a < 2; ++a) {
        const double fa = -area * (P[2 * i * block_size + l] * geo[2 * a * block_size + l] +
                                   P[(2 * i + 1) * block_size + l] * geo[(2 * a + 1) * block_size + l]);
        f[(3 * (a + 1) + i) * block_size + l] = fa;
        sum += fa;
      }
      f[i * block_size + l] = -sum;
    }
}

void ShellTerm::add_forces(const VectorX& u, VectorX& f) {
#pragma omp parallel for schedule(dynamic, 8)
  for (std::size_t w = 0; w < work_.size(); ++w) {
    Group& group = groups_[work_[w].first];
    const int block = work_[w].second;
    alignas(64) double F[6 * block_size], P[6 * block_size];
    gradients(group, block, u, F);
    ShellBatch batch = batch_of(group, block, F, P);
    batch.history = group.history.data() + block * group.law->history_size() * block_size;
    group.law->evaluate_batch(batch);
    block_forces(group, block, P, force_.data() + group.force_start + block * 9 * block_size);
  }
  gather_.add(force_, f);
}

void ShellTerm::couple(Tangent& K) const {
  std::vector<int> nodes;
  for (const auto& [g, b] : work_)
    for (int l = 0; l < block_size; ++l)
      for (int a = 0; a < 3; ++a) nodes.push_back(groups_[g].nodes[(b * 3 + a) * block_size + l]);
  K.couple(this, 3, std::move(nodes));
}

// K_ai,bj = area sum_AB N_a,A A_iA,jB N_b,B
double ShellTerm::linearize(const VectorX& u, VectorX& f, Tangent* K) const {
  std::vector<double> forces(force_.size());
  std::vector<double> matrices(K ? work_.size() * block_size * 81 : 0);
#pragma omp parallel for schedule(dynamic, 8)
  for (std::size_t w = 0; w < work_.size(); ++w) {
    const Group& group = groups_[work_[w].first];
    const int block = work_[w].second, stored = group.law->history_size();
    alignas(64) double F[6 * block_size], P[6 * block_size], A[36 * block_size];
    gradients(group, block, u, F);
    ShellBatch batch = batch_of(group, block, F, P);
    const auto before = group.history.begin() + block * stored * block_size;
    std::vector<double> history(before, before + stored * block_size);
    batch.history = history.data();
    if (K)
      group.law->linearize_batch(batch, A);
    else
      group.law->evaluate_batch(batch);
    block_forces(group, block, P, forces.data() + group.force_start + block * 9 * block_size);
    if (!K) continue;
    const double* geo = group.geometry.data() + block * 5 * block_size;
    for (int l = 0; l < block_size; ++l) {
      double N[3][2];
      for (int d = 0; d < 2; ++d) {
        N[1][d] = geo[d * block_size + l];
        N[2][d] = geo[(2 + d) * block_size + l];
        N[0][d] = -N[1][d] - N[2][d];
      }
      const double area = geo[4 * block_size + l] * scale;
      double* out = matrices.data() + (w * block_size + l) * 81;
      for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b)
          for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 3; ++j) {
              double sum = 0;
              for (int d = 0; d < 2; ++d)
                for (int e = 0; e < 2; ++e)
                  sum += N[a][d] * A[(6 * (2 * i + d) + 2 * j + e) * block_size + l] * N[b][e];
              out[(3 * a + i) * 9 + 3 * b + j] = area * sum;
            }
    }
  }
  if (K) K->add(this, 0, static_cast<int>(work_.size()) * block_size, matrices.data());
  gather_.add(forces, f);
  return magnitude(forces);
}

Eigen::Matrix<double, 3, 2> ShellTerm::deformation(int facet, const VectorX& u) const {
  const auto [g, slot] = place_[facet];
  const Group& group = groups_[g];
  const int b = slot / block_size, l = slot % block_size;
  const auto node = [&](int a) { return group.nodes[(b * 3 + a) * block_size + l]; };
  Eigen::Matrix<double, 3, 2> D;
  for (int a = 0; a < 2; ++a) D.col(a) = u.segment<3>(3 * node(a + 1)) - u.segment<3>(3 * node(0));
  Eigen::Matrix2d inverse;
  for (int k = 0; k < 4; ++k) inverse(k / 2, k % 2) = group.geometry[(b * 5 + k) * block_size + l];
  return basis_[facet] + D * inverse;
}

void ShellTerm::add_stiffness_rows(const VectorX& u, VectorX& rows) const {
  std::vector<double> buffer(force_.size(), 0.0);
  for (const auto& [g, b] : work_) {
    const Group& group = groups_[g];
    for (int l = 0; l < block_size; ++l) {
      const int f = group.facets[b * block_size + l];
      if (f < 0) continue;
      // Spatial gradients in the plane: F (F^T F)^-1 grad N.
      const auto F = deformation(f, u);
      const Eigen::Matrix<double, 3, 2> dual = F * (F.transpose() * F).inverse();
      double norm[3], sum = 0;
      Vec3 first = Vec3::Zero();
      for (int a = 0; a < 2; ++a) {
        const Eigen::Vector2d g2(group.geometry[(b * 5 + 2 * a) * block_size + l],
                                 group.geometry[(b * 5 + 2 * a + 1) * block_size + l]);
        const Vec3 spatial = dual * g2;
        first -= spatial;
        norm[a + 1] = spatial.norm();
      }
      norm[0] = first.norm();
      for (double n : norm) sum += n;
      const double k = group.geometry[(b * 5 + 4) * block_size + l] * group.law->stiffness_bound() * scale * sum;
      for (int a = 0; a < 3; ++a)
        for (int i = 0; i < 3; ++i) buffer[group.force_start + (b * 9 + 3 * a + i) * block_size + l] = k * norm[a];
    }
  }
  gather_.add(buffer, rows);
}

void ShellTerm::visit(Archive& archive) {
  KYPHO_VISIT(archive, scale);
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    Group& group = groups_[g];
    visit_blocks(archive, "history_of_law_" + std::to_string(g), group.history, group.count, group.law->history_size(),
                 block_size);
  }
}

const ShellLaw* ShellTerm::law(int facet) const {
  return place_[facet].first < 0 ? nullptr : groups_[place_[facet].first].law.get();
}

VectorX ShellTerm::history(int facet) const {
  const auto [g, slot] = place_[facet];
  if (g < 0) return {};
  const Group& group = groups_[g];
  VectorX h(group.law->history_size());
  for (int k = 0; k < h.size(); ++k)
    h[k] = group.history[(slot / block_size * h.size() + k) * block_size + slot % block_size];
  return h;
}

void ShellTerm::set_history(int facet, const VectorX& h) {
  const auto [g, slot] = place_[facet];
  Group& group = groups_[g];
  for (int k = 0; k < h.size(); ++k)
    group.history[(slot / block_size * h.size() + k) * block_size + slot % block_size] = h[k];
}

} // namespace kypho

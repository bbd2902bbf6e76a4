#include "core/fem/shell_elements.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace kypho {

template <class Shape>
void ShellElements<Shape>::build(const std::vector<Vec3>& nodes, const Laws& laws,
                                 const std::vector<std::array<int, Shape::nodes>>& elements,
                                 const std::vector<int>& law_of_element) {
  constexpr int Q = Shape::points;
  groups_.resize(laws.size());
  for (std::size_t g = 0; g < laws.size(); ++g) groups_[g].law = laws[g];
  for (int e = 0; e < static_cast<int>(elements.size()); ++e) {
    Group& group = groups_[law_of_element[e]];
    place_.emplace_back(law_of_element[e], group.count++);
    group.elements.push_back(e);
  }
  std::vector<std::pair<int, int>> entries;
  int force_size = 0;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    Group& group = groups_[g];
    const int stored = group.law->history_size();
    group.blocks = (group.count + block_size - 1) / block_size;
    group.elements.resize(group.blocks * block_size, -1);
    group.nodes.assign(group.blocks * Shape::nodes * block_size, 0);
    group.geometry.assign(group.blocks * Q * 5 * block_size, 0.0);
    group.base.assign(group.blocks * Q * 6 * block_size, 0.0);
    group.size.assign(group.blocks * Q * block_size, 1.0);
    group.history.assign(group.blocks * Q * stored * block_size, 0.0);
    group.force_start = force_size;
    force_size += group.blocks * width * block_size;
    VectorX virgin(stored);
    group.law->initial_history(virgin);
    for (int slot = 0; slot < group.blocks * block_size; ++slot) {
      const int b = slot / block_size, l = slot % block_size, e = group.elements[slot];
      for (int q = 0; q < Q; ++q)
        for (int k = 0; k < stored; ++k) group.history[((b * Q + q) * stored + k) * block_size + l] = virgin[k];
      fill_slot(group, slot, nodes, elements[e < 0 ? group.elements[0] : e]);
      if (e < 0) continue;
      for (int a = 0; a < Shape::nodes; ++a)
        entries.emplace_back(elements[e][a], group.force_start + slot * width + 3 * a);
    }
    for (int b = 0; b < group.blocks; ++b) work_.emplace_back(static_cast<int>(g), b);
  }
  force_.assign(force_size, 0.0);
  gather_ = gather_of(static_cast<int>(nodes.size()), entries, 1);
}

/// Padding repeats an element without area, at rest: all its nodes are node 0.
template <class Shape>
void ShellElements<Shape>::fill_slot(Group& group, int slot, const std::vector<Vec3>& x,
                                     const std::array<int, Shape::nodes>& nodes) {
  static constexpr auto dN = gradients_at_points<Shape>();
  const int b = slot / block_size, l = slot % block_size;
  const bool padding = group.elements[slot] < 0;
  for (int q = 0; q < Shape::points; ++q) {
    Basis tangents = Basis::Zero();
    for (int a = 0; a < Shape::nodes; ++a)
      for (int k = 0; k < 2; ++k) tangents.col(k) += x[nodes[a]] * dN[q][a][k];
    const Vec3 first = tangents.col(0), second = tangents.col(1);
    Basis basis;
    basis.col(0) = first.normalized();
    basis.col(1) = first.cross(second).cross(first).normalized();
    const int at = b * Shape::points + q;
    for (int k = 0; k < 6; ++k) group.base[(at * 6 + k) * block_size + l] = basis(k / 2, k % 2);
    if (padding) continue;
    const Eigen::Matrix2d local = basis.transpose() * tangents;
    const Eigen::Matrix2d inverse = local.inverse();
    const double area = Shape::weight[q] * local.determinant();
    for (int k = 0; k < 4; ++k) group.geometry[(at * 5 + k) * block_size + l] = inverse(k / 2, k % 2);
    group.geometry[(at * 5 + 4) * block_size + l] = area;
    group.size[at * block_size + l] = std::sqrt(area * 4 / std::sqrt(3.0)); // edge of the equilateral triangle
  }
  if (padding) return;
  for (int a = 0; a < Shape::nodes; ++a) group.nodes[(b * Shape::nodes + a) * block_size + l] = nodes[a];
}

template <class Shape>
void ShellElements<Shape>::gather_nodes(const Group& group, int block, const VectorX& u, double* local) const {
  const int* nodes = group.nodes.data() + block * Shape::nodes * block_size;
  for (int a = 0; a < Shape::nodes; ++a)
    for (int l = 0; l < block_size; ++l) {
      const double* at = u.data() + 3 * nodes[a * block_size + l];
      for (int i = 0; i < 3; ++i) local[(3 * a + i) * block_size + l] = at[i];
    }
}

template <class Shape>
void ShellElements<Shape>::gradients(const Group& group, int block, int q, const double* local, double* F) const {
  static constexpr auto dN = gradients_at_points<Shape>();
  const int at = block * Shape::points + q;
  const double* geo = group.geometry.data() + at * 5 * block_size;
  const double* base = group.base.data() + at * 6 * block_size;
  for (int i = 0; i < 3; ++i)
    for (int l = 0; l < block_size; ++l) {
      const auto u = [&](int a) { return local[(3 * a + i) * block_size + l]; };
      double d1 = 0, d2 = 0; // du_i / d xi
      if constexpr (Shape::nodes == 3) {
        d1 = u(1) - u(0);
        d2 = u(2) - u(0);
      } else
        for (int a = 0; a < Shape::nodes; ++a) {
          d1 += u(a) * dN[q][a][0];
          d2 += u(a) * dN[q][a][1];
        }
      for (int A = 0; A < 2; ++A)
        F[(2 * i + A) * block_size + l] =
            base[(2 * i + A) * block_size + l] + d1 * geo[A * block_size + l] + d2 * geo[(2 + A) * block_size + l];
    }
}

template <class Shape>
ShellBatch ShellElements<Shape>::batch_of(const Group& group, int block, int q, const double* F, double* P,
                                          double* history) const {
  ShellBatch batch;
  batch.n = block_size;
  batch.stride = block_size;
  batch.F = F;
  batch.P = P;
  batch.size = group.size.data() + (block * Shape::points + q) * block_size;
  batch.history = history;
  batch.strength = strength;
  return batch;
}

template <class Shape>
void ShellElements<Shape>::add_point_forces(const Group& group, int block, int q, double scale, const double* P,
                                            double* f) const {
  static constexpr auto dN = gradients_at_points<Shape>();
  const double* geo = group.geometry.data() + (block * Shape::points + q) * 5 * block_size;
  for (int i = 0; i < 3; ++i)
    for (int l = 0; l < block_size; ++l) {
      const double area = geo[4 * block_size + l] * scale;
      double G[2];
      for (int k = 0; k < 2; ++k)
        G[k] = -area * (P[2 * i * block_size + l] * geo[2 * k * block_size + l] +
                        P[(2 * i + 1) * block_size + l] * geo[(2 * k + 1) * block_size + l]);
      if constexpr (Shape::nodes == 3) {
        f[(3 + i) * block_size + l] = G[0];
        f[(6 + i) * block_size + l] = G[1];
        f[i * block_size + l] = -(G[0] + G[1]);
      } else
        for (int a = 0; a < Shape::nodes; ++a)
          f[(3 * a + i) * block_size + l] += G[0] * dN[q][a][0] + G[1] * dN[q][a][1];
    }
}

/// @param f [3 a + i][lane]
template <class Shape>
void ShellElements<Shape>::hand_over(const Group& group, int block, const double* f, double* to) const {
  to += group.force_start + block * block_size * width;
  for (int l = 0; l < block_size; ++l)
    for (int k = 0; k < width; ++k) to[l * width + k] = f[k * block_size + l];
}

template <class Shape>
void ShellElements<Shape>::add_forces(const VectorX& u, double scale, VectorX& f) {
  if (empty()) return;
#pragma omp parallel for schedule(dynamic, 8)
  for (std::size_t w = 0; w < work_.size(); ++w) {
    Group& group = groups_[work_[w].first];
    const int block = work_[w].second, stored = group.law->history_size();
    alignas(64) double local[width * block_size], F[6 * block_size], P[6 * block_size], out[width * block_size] = {};
    gather_nodes(group, block, u, local);
    for (int q = 0; q < Shape::points; ++q) {
      gradients(group, block, q, local, F);
      double* history = group.history.data() + (block * Shape::points + q) * stored * block_size;
      group.law->evaluate_batch(batch_of(group, block, q, F, P, history));
      add_point_forces(group, block, q, scale, P, out);
    }
    hand_over(group, block, out, force_.data());
  }
  gather_.add(force_, f);
}

template <class Shape>
double ShellElements<Shape>::stored(const VectorX& u) const {
  std::vector<double> part(work_.size(), 0.0);
#pragma omp parallel for schedule(dynamic, 8)
  for (std::size_t w = 0; w < work_.size(); ++w) {
    const Group& group = groups_[work_[w].first];
    const int block = work_[w].second, stored = group.law->history_size();
    alignas(64) double local[width * block_size], F[6 * block_size], P[6 * block_size], W[block_size];
    gather_nodes(group, block, u, local);
    for (int q = 0; q < Shape::points; ++q) {
      gradients(group, block, q, local, F);
      const int at = block * Shape::points + q;
      const auto before = group.history.begin() + at * stored * block_size;
      std::vector<double> history(before, before + stored * block_size);
      ShellBatch batch = batch_of(group, block, q, F, P, history.data());
      batch.W = W;
      group.law->evaluate_batch(batch);
      const double* area = group.geometry.data() + (at * 5 + 4) * block_size;
      for (int l = 0; l < block_size; ++l) part[w] += area[l] * W[l];
    }
  }
  return std::accumulate(part.begin(), part.end(), 0.0);
}

template <class Shape>
void ShellElements<Shape>::couple(Tangent& K) const {
  if (empty()) return;
  std::vector<int> nodes;
  for (const auto& [g, b] : work_)
    for (int l = 0; l < block_size; ++l)
      for (int a = 0; a < Shape::nodes; ++a) nodes.push_back(groups_[g].nodes[(b * Shape::nodes + a) * block_size + l]);
  K.couple(this, Shape::nodes, std::move(nodes));
}

// K_ai,bj += area sum_AB N_a,A A_iA,jB N_b,B
template <class Shape>
void ShellElements<Shape>::add_matrices(const Group& group, int block, int q, double scale, const double* A,
                                        double* K) const {
  static constexpr auto dN = gradients_at_points<Shape>();
  const double* geo = group.geometry.data() + (block * Shape::points + q) * 5 * block_size;
  for (int l = 0; l < block_size; ++l) {
    double N[Shape::nodes][2];
    for (int a = 0; a < Shape::nodes; ++a)
      for (int d = 0; d < 2; ++d)
        N[a][d] = dN[q][a][0] * geo[d * block_size + l] + dN[q][a][1] * geo[(2 + d) * block_size + l];
    const double area = geo[4 * block_size + l] * scale;
    double* out = K + l * width * width;
    for (int b = 0; b < Shape::nodes; ++b) {
      double D[3][2][3]; // area sum_B A_iA,jB N_b,B
      for (int i = 0; i < 3; ++i)
        for (int d = 0; d < 2; ++d)
          for (int j = 0; j < 3; ++j) {
            const double* row = A + (6 * (2 * i + d) + 2 * j) * block_size + l;
            D[i][d][j] = area * (row[0] * N[b][0] + row[block_size] * N[b][1]);
          }
      for (int a = 0; a < Shape::nodes; ++a)
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j)
            out[(3 * a + i) * width + 3 * b + j] += N[a][0] * D[i][0][j] + N[a][1] * D[i][1][j];
    }
  }
}

template <class Shape>
double ShellElements<Shape>::linearize(const VectorX& u, double scale, VectorX& f, Tangent* K) const {
  if (empty()) return 0;
  std::vector<double> forces(force_.size());
  std::vector<double> matrices(K ? work_.size() * block_size * width * width : 0);
#pragma omp parallel for schedule(dynamic, 8)
  for (std::size_t w = 0; w < work_.size(); ++w) {
    const Group& group = groups_[work_[w].first];
    const int block = work_[w].second, stored = group.law->history_size();
    alignas(64) double local[width * block_size], F[6 * block_size], P[6 * block_size], A[36 * block_size];
    alignas(64) double out[width * block_size] = {};
    gather_nodes(group, block, u, local);
    for (int q = 0; q < Shape::points; ++q) {
      gradients(group, block, q, local, F);
      const auto before = group.history.begin() + (block * Shape::points + q) * stored * block_size;
      std::vector<double> history(before, before + stored * block_size);
      const ShellBatch batch = batch_of(group, block, q, F, P, history.data());
      if (K)
        group.law->linearize_batch(batch, A);
      else
        group.law->evaluate_batch(batch);
      add_point_forces(group, block, q, scale, P, out);
      if (K) add_matrices(group, block, q, scale, A, matrices.data() + w * block_size * width * width);
    }
    hand_over(group, block, out, forces.data());
  }
  if (K) K->add(this, 0, static_cast<int>(work_.size()) * block_size, matrices.data());
  gather_.add(forces, f);
  return magnitude(forces);
}

template <class Shape>
void ShellElements<Shape>::add_stiffness_bound(const VectorX& u, double scale, Tangent& K) const {
  if (empty()) return;
  std::vector<double> matrices(work_.size() * block_size * width * width);
#pragma omp parallel for schedule(dynamic, 8)
  for (std::size_t w = 0; w < work_.size(); ++w) {
    const Group& group = groups_[work_[w].first];
    const int block = work_[w].second;
    const StiffnessBound bound = group.law->stiffness_bound();
    alignas(64) double local[width * block_size], F[6 * block_size], A[36 * block_size];
    gather_nodes(group, block, u, local);
    for (int q = 0; q < Shape::points; ++q) {
      gradients(group, block, q, local, F);
      for (int l = 0; l < block_size; ++l) {
        Basis now;
        for (int k = 0; k < 6; ++k) now(k / 2, k % 2) = F[k * block_size + l];
        const Eigen::Matrix2d C = (now.transpose() * now).inverse();
        const Basis G = now * C;
        const Mat3 in_plane = G * now.transpose();
        for (int i = 0; i < 3; ++i)
          for (int d = 0; d < 2; ++d)
            for (int j = 0; j < 3; ++j)
              for (int e = 0; e < 2; ++e)
                A[(6 * (2 * i + d) + 2 * j + e) * block_size + l] =
                    bound.volumetric * G(i, d) * G(j, e) +
                    0.5 * bound.any * (in_plane(i, j) * C(d, e) + G(i, e) * G(j, d));
      }
      add_matrices(group, block, q, scale, A, matrices.data() + w * block_size * width * width);
    }
  }
  K.add(this, 0, static_cast<int>(work_.size()) * block_size, matrices.data());
}

template <class Shape>
void ShellElements<Shape>::add_stiffness_rows(const VectorX& u, double scale, VectorX& rows) const {
  static constexpr auto dN = gradients_at_points<Shape>();
  if (empty()) return;
  std::vector<double> buffer(force_.size(), 0.0);
#pragma omp parallel for schedule(static)
  for (std::size_t w = 0; w < work_.size(); ++w) {
    const int b = work_[w].second;
    const Group& group = groups_[work_[w].first];
    for (int l = 0; l < block_size; ++l) {
      const int e = group.elements[b * block_size + l];
      if (e < 0) continue;
      for (int q = 0; q < Shape::points; ++q) {
        const double* geo = group.geometry.data() + (b * Shape::points + q) * 5 * block_size + l;
        // Spatial gradients in the plane: F (F^T F)^-1 grad N.
        const Basis F = deformation(e, q, u);
        const Basis dual = F * (F.transpose() * F).inverse();
        const Vec3 g1 = dual * Eigen::Vector2d(geo[0], geo[block_size]);
        const Vec3 g2 = dual * Eigen::Vector2d(geo[2 * block_size], geo[3 * block_size]);
        Vec3 of_node[Shape::nodes];
        double norm[Shape::nodes], sum = 0;
        for (int a = 0; a < Shape::nodes; ++a) {
          of_node[a] = g1 * dN[q][a][0] + g2 * dN[q][a][1];
          norm[a] = of_node[a].norm();
          sum += norm[a];
        }
        const double k =
            geo[4 * block_size] * over_weights(group.law->stiffness_bound(), of_node, norm, 2) * scale * sum;
        for (int a = 0; a < Shape::nodes; ++a)
          for (int i = 0; i < 3; ++i)
            buffer[group.force_start + (b * block_size + l) * width + 3 * a + i] += k * norm[a];
      }
    }
  }
  gather_.add(buffer, rows);
}

template <class Shape>
void ShellElements<Shape>::visit(Archive& archive) {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    Group& group = groups_[g];
    visit_blocks(archive, "history_of_law_" + std::to_string(g), group.history, group.count,
                 Shape::points * group.law->history_size(), block_size);
  }
}

template <class Shape>
VectorX ShellElements<Shape>::history(int element, int q) const {
  const auto [g, slot] = place_[element];
  const Group& group = groups_[g];
  VectorX h(group.law->history_size());
  for (int k = 0; k < h.size(); ++k)
    h[k] = group.history[((slot / block_size * Shape::points + q) * h.size() + k) * block_size + slot % block_size];
  return h;
}

template <class Shape>
void ShellElements<Shape>::set_history(int element, int q, const VectorX& h) {
  const auto [g, slot] = place_[element];
  Group& group = groups_[g];
  for (int k = 0; k < h.size(); ++k)
    group.history[((slot / block_size * Shape::points + q) * h.size() + k) * block_size + slot % block_size] = h[k];
}

template <class Shape>
typename ShellElements<Shape>::Basis ShellElements<Shape>::basis(int element, int q) const {
  const auto [g, slot] = place_[element];
  const int at = slot / block_size * Shape::points + q;
  Basis basis;
  for (int k = 0; k < 6; ++k) basis(k / 2, k % 2) = groups_[g].base[(at * 6 + k) * block_size + slot % block_size];
  return basis;
}

template <class Shape>
typename ShellElements<Shape>::Basis ShellElements<Shape>::deformation(int element, int q, const VectorX& u) const {
  static constexpr auto dN = gradients_at_points<Shape>();
  const auto [g, slot] = place_[element];
  const Group& group = groups_[g];
  const int b = slot / block_size, l = slot % block_size;
  Basis D = Basis::Zero();
  for (int a = 0; a < Shape::nodes; ++a) {
    const Vec3 ua = u.segment<3>(3 * group.nodes[(b * Shape::nodes + a) * block_size + l]);
    for (int k = 0; k < 2; ++k) D.col(k) += ua * dN[q][a][k];
  }
  Eigen::Matrix2d inverse;
  for (int k = 0; k < 4; ++k)
    inverse(k / 2, k % 2) = group.geometry[((b * Shape::points + q) * 5 + k) * block_size + l];
  return basis(element, q) + D * inverse;
}

template <class Shape>
double ShellElements<Shape>::weight(int element, int q) const {
  const auto [g, slot] = place_[element];
  return groups_[g].geometry[((slot / block_size * Shape::points + q) * 5 + 4) * block_size + slot % block_size];
}

template class ShellElements<Tri3>;
template class ShellElements<Tri6Membrane>;

} // namespace kypho

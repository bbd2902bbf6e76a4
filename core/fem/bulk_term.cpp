// What the bulk term keeps: blocks, histories, points. What it computes: bulk_forces.cpp and bulk_tangent.cpp.
#include "core/fem/bulk_term.hpp"

#include "core/fem/neighbour_order.hpp"
#include "core/fem/shapes.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>

namespace kypho {

BulkTerm::BulkTerm(const TetMesh& mesh, std::vector<std::shared_ptr<const Material>> laws,
                   const std::vector<int>& law_of_tet, std::vector<PointData> points, std::vector<char> mean_dilatation)
    : place_(mesh.tets.size(), {-1, -1}), points_(std::move(points)) {
  groups_.resize(laws.size());
  for (std::size_t g = 0; g < laws.size(); ++g) {
    groups_[g].law = laws[g];
    groups_[g].mean_dilatation = g < mean_dilatation.size() && mean_dilatation[g];
  }
  for (int t = 0; t < static_cast<int>(mesh.tets.size()); ++t)
    if (law_of_tet[t] >= 0) groups_[law_of_tet[t]].tets.push_back(t);
  for (Group& group : groups_) {
    group.tets = neighbours_together(mesh, std::move(group.tets), block_size);
    for (const int t : group.tets) place_[t] = {law_of_tet[t], group.count++};
  }
  if (mesh.mids.empty())
    build<Tet4>(mesh);
  else
    build<Tet10>(mesh);
}

template <class Shape>
void BulkTerm::build(const TetMesh& mesh) {
  constexpr int N = Shape::nodes, Q = Shape::points;
  constexpr auto dN = gradients_at_points<Shape>();
  nodes_per_tet_ = N;
  points_per_tet_ = Q;
  if (points_.size() == mesh.tets.size() && Q > 1) { // the same at all points of a tetrahedron
    std::vector<PointData> each;
    for (const PointData& point : points_) each.insert(each.end(), Q, point);
    points_ = std::move(each);
  }
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    Group& group = groups_[g];
    const int stored = group.law->history_size();
    group.blocks = (group.count + block_size - 1) / block_size;
    group.tets.resize(group.blocks * block_size, -1);
    group.nodes.assign(group.blocks * N * block_size, 0);
    group.full.geometry.assign(group.blocks * Q * 10 * block_size, 0.0);
    group.full.constants.assign(group.blocks * Q * group.law->constants_size() * block_size, 0.0);
    group.full.history.assign(group.blocks * Q * stored * block_size, 0.0);
    group.first = static_cast<int>(work_.size());
    VectorX virgin(stored);
    group.law->initial_history(virgin);
    const PointData* last = nullptr;
    for (int slot = 0; slot < group.blocks * block_size; ++slot) {
      const int b = slot / block_size, l = slot % block_size, t = group.tets[slot];
      for (int q = 0; q < Q; ++q)
        for (int k = 0; k < stored; ++k) group.full.history[((b * Q + q) * stored + k) * block_size + l] = virgin[k];
      if (t < 0) { // padding: all nodes equal, so F = I, and no volume
        for (int q = 0; q < Q; ++q) fill_constants(group, slot, q, *last);
        continue;
      }
      const auto node = [&](int a) { return a < 4 ? mesh.tets[t][a] : mesh.mids[t][a - 4]; };
      for (int q = 0; q < Q; ++q) {
        Mat3 jacobian = Mat3::Zero(); // dX_J / d xi_k
        if constexpr (N == 4)
          for (int k = 0; k < 3; ++k) jacobian.col(k) = mesh.nodes[node(k + 1)] - mesh.nodes[node(0)];
        else
          for (int a = 0; a < N; ++a)
            for (int k = 0; k < 3; ++k) jacobian.col(k) += mesh.nodes[node(a)] * dN[q][a][k];
        const double weight = jacobian.determinant() * Shape::weight[q];
        const Mat3 inverse = jacobian.inverse();
        double* geo = group.full.geometry.data() + (b * Q + q) * 10 * block_size + l;
        for (int k = 0; k < 9; ++k) geo[k * block_size] = inverse(k / 3, k % 3);
        geo[9 * block_size] = weight;
        PointData& point = points_[t * Q + q];
        point.size = std::cbrt(6 * std::sqrt(2.0) * weight); // edge of the regular tetrahedron of the point's volume
        fill_constants(group, slot, q, point);
        last = &point;
      }
      for (int a = 0; a < N; ++a) group.nodes[(b * N + a) * block_size + l] = node(a);
    }
    for (int b = 0; b < group.blocks; ++b) work_.emplace_back(static_cast<int>(g), b);
  }
  find_block_nodes(static_cast<int>(mesh.nodes.size()));
}

void BulkTerm::find_block_nodes(int node_count) {
  std::vector<std::pair<int, int>> entries;
  block_start_ = {0};
  for (const auto& [g, b] : work_) {
    Group& group = groups_[g];
    const int size = nodes_per_tet_ * block_size;
    const int* nodes = group.nodes.data() + b * size;
    std::vector<int> own(nodes, nodes + size);
    std::sort(own.begin(), own.end());
    own.erase(std::unique(own.begin(), own.end()), own.end());
    for (int k = 0; k < size; ++k)
      group.local.push_back(
          static_cast<std::uint16_t>(4 * (std::lower_bound(own.begin(), own.end(), nodes[k]) - own.begin())));
    for (const int n : own) {
      entries.emplace_back(n, 4 * static_cast<int>(block_nodes_.size()));
      block_nodes_.push_back(n);
    }
    block_start_.push_back(static_cast<int>(block_nodes_.size()));
  }
  force_.assign(block_nodes_.size(), RowOf<double>{});
  magnitude_.assign(work_.size(), 0.0);
  gather_ = gather_of(node_count, entries, 1);
}

void BulkTerm::fill_constants(Group& group, int slot, int q, const PointData& point) {
  VectorX c(group.law->constants_size());
  group.law->constants(point, c);
  for (int k = 0; k < c.size(); ++k) {
    const auto at = ((slot / block_size * points_per_tet_ + q) * c.size() + k) * block_size + slot % block_size;
    group.full.constants[at] = c[k];
    if (group.in_single) group.single.constants[at] = static_cast<float>(c[k]);
  }
}

void BulkTerm::work_in(Precision precision) {
  const auto converted = [](const auto& from, auto& to) { to.assign(from.begin(), from.end()); };
  for (Group& group : groups_) {
    const bool single = precision == Precision::single && !(group.mean_dilatation && points_per_tet_ > 1);
    if (single == group.in_single) continue;
    if (single) {
      converted(group.full.geometry, group.single.geometry);
      converted(group.full.constants, group.single.constants);
      converted(group.full.history, group.single.history);
    } else
      converted(group.single.history, group.full.history);
    group.in_single = single;
  }
}

void BulkTerm::visit(Archive& archive) {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    Group& group = groups_[g];
    if (group.in_single && !archive.reading())
      group.full.history.assign(group.single.history.begin(), group.single.history.end());
    visit_blocks(archive, "history_of_law_" + std::to_string(g), group.full.history, group.count,
                 points_per_tet_ * group.law->history_size(), block_size);
    if (group.in_single && archive.reading())
      group.single.history.assign(group.full.history.begin(), group.full.history.end());
  }
}

VectorX BulkTerm::history(int tet, int q) const {
  const auto [g, slot] = place_[tet];
  if (g < 0) return {};
  const Group& group = groups_[g];
  VectorX h(group.law->history_size());
  for (int k = 0; k < h.size(); ++k)
    h[k] =
        group.remembered(((slot / block_size * points_per_tet_ + q) * h.size() + k) * block_size + slot % block_size);
  return h;
}

void BulkTerm::set_history(int tet, const VectorX& h, int q) {
  const auto [g, slot] = place_[tet];
  Group& group = groups_[g];
  for (int k = 0; k < h.size(); ++k) {
    const auto at = ((slot / block_size * points_per_tet_ + q) * h.size() + k) * block_size + slot % block_size;
    group.full.history[at] = h[k];
    if (group.in_single) group.single.history[at] = static_cast<float>(h[k]);
  }
}

const Material* BulkTerm::law(int tet) const {
  return place_[tet].first < 0 ? nullptr : groups_[place_[tet].first].law.get();
}

void BulkTerm::set_point(int tet, const PointData& point, int q) {
  PointData& here = points_[tet * points_per_tet_ + q];
  const double size = here.size;
  here = point;
  here.size = size;
  if (place_[tet].first >= 0) fill_constants(groups_[place_[tet].first], place_[tet].second, q, here);
}

double BulkTerm::weight(int tet, int q) const {
  const auto [g, slot] = place_[tet];
  return g < 0 ? 0
               : groups_[g].full.geometry[((slot / block_size * points_per_tet_ + q) * 10 + 9) * block_size +
                                          slot % block_size];
}

Mat3 BulkTerm::deformation(int tet, const VectorX& u, int q) const {
  static constexpr auto linear = gradients_at_points<Tet4>();
  static constexpr auto quadratic = gradients_at_points<Tet10>();
  const auto [g, slot] = place_[tet];
  const Group& group = groups_[g];
  const int b = slot / block_size, l = slot % block_size;
  Mat3 D = Mat3::Zero(), inverse;
  for (int a = 0; a < nodes_per_tet_; ++a) {
    const Vec3 ua = u.segment<3>(3 * group.nodes[(b * nodes_per_tet_ + a) * block_size + l]);
    const auto& slope = nodes_per_tet_ == 4 ? linear[0][a] : quadratic[q][a];
    for (int k = 0; k < 3; ++k) D.col(k) += ua * slope[k];
  }
  const double* geo = group.full.geometry.data() + (b * points_per_tet_ + q) * 10 * block_size + l;
  for (int k = 0; k < 9; ++k) inverse(k / 3, k % 3) = geo[k * block_size];
  return Mat3::Identity() + D * inverse;
}

std::pair<double, int> BulkTerm::smallest_volume_ratio(const VectorX& u) const {
  std::pair<double, int> smallest{1e300, -1};
  for (int t = 0; t < static_cast<int>(place_.size()); ++t) {
    if (place_[t].first < 0) continue;
    for (int q = 0; q < points_per_tet_; ++q) {
      const double J = deformation(t, u, q).determinant();
      if (!(J >= smallest.first)) smallest = {J, t};
    }
  }
  return smallest;
}

Mat3 BulkTerm::cauchy(int tet, const VectorX& u, int q) const {
  const Mat3 F = deformation(tet, u, q);
  return response(tet, u, q).P * F.transpose() / F.determinant();
}

Material::Response BulkTerm::response(int tet, const VectorX& u, int q) const {
  const auto [g, slot] = place_[tet];
  const Group& group = groups_[g];
  const int b = slot / block_size, l = slot % block_size;
  VectorX c(group.law->constants_size()), trial(group.law->history_size());
  for (int k = 0; k < c.size(); ++k)
    c[k] = group.full.constants[((b * points_per_tet_ + q) * c.size() + k) * block_size + l];
  group.law->strengthen(c, strength);
  Mat3 F = deformation(tet, u, q);
  if (group.mean_dilatation && points_per_tet_ > 1) {
    double now = 0, before = 0;
    for (int p = 0; p < points_per_tet_; ++p) {
      now += weight(tet, p) * deformation(tet, u, p).determinant();
      before += weight(tet, p);
    }
    F *= std::cbrt(now / before / F.determinant());
  }
  return group.law->evaluate(F, c, history(tet, q), trial);
}

} // namespace kypho

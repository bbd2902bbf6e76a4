#include "core/devices/balloon_term.hpp"

#include "core/base/errors.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <map>

namespace kypho {

std::vector<std::vector<int>> open_loops(const std::vector<std::array<int, 3>>& triangles) {
  std::map<std::pair<int, int>, int> edges; // directed edge -> how often
  for (const auto& t : triangles)
    for (int k = 0; k < 3; ++k) ++edges[{t[k], t[(k + 1) % 3]}];
  std::map<int, int> next;
  for (const auto& [edge, count] : edges)
    if (!edges.count({edge.second, edge.first})) next[edge.second] = edge.first;
  std::vector<std::vector<int>> loops;
  while (!next.empty()) {
    std::vector<int> loop;
    for (int n = next.begin()->first; next.count(n);) {
      loop.push_back(n);
      const int to = next[n];
      next.erase(n);
      n = to;
    }
    loops.push_back(std::move(loop));
  }
  return loops;
}

BalloonTerm::BalloonTerm(const TetMesh& mesh, std::vector<int> facets, double stiffness, double shaft_stiffness,
                         const Vec3& axis, std::vector<int> cannula)
    : reference_(mesh.nodes), facets_(std::move(facets)), back_(std::move(cannula)), stiffness_(stiffness),
      shaft_stiffness_(shaft_stiffness) {
  if (facets_.empty()) throw InputError("the balloon touches no wall of its channel");
  for (int f : facets_) {
    const auto& n = mesh.facets[f].nodes; // outward from the bone is into the cavity
    triangles_.push_back({n[0], n[2], n[1]});
  }
  loops_ = open_loops(triangles_);
  set_shaft(axis);
}

void BalloonTerm::set_shaft(const Vec3& axis) {
  constexpr double bonded = 1.2; // mm of the wall at the nose
  double last = -1e300;
  std::map<int, double> along;
  for (const auto& t : triangles_)
    for (int n : t) {
      along[n] = reference_[n].dot(axis);
      last = std::max(last, along[n]);
    }
  front_slot_.assign(reference_.size(), -1);
  for (const auto& [n, s] : along) {
    if (s <= last - bonded) continue;
    front_slot_[n] = static_cast<int>(front_.size());
    front_.push_back(n);
  }
  if (back_.empty()) {
    shaft_stiffness_ = 0; // nothing holds it: a balloon in air
    back_ = front_;
  }
  const VectorX rest = VectorX::Zero(3 * static_cast<int>(reference_.size()));
  shaft_length_ = (mean_position(rest, front_) - mean_position(rest, back_)).norm();
}

Vec3 BalloonTerm::mean_position(const VectorX& u, const std::vector<int>& nodes) const {
  Vec3 mean = Vec3::Zero();
  for (int n : nodes) mean += position(u, n);
  return mean / static_cast<double>(nodes.size());
}

double BalloonTerm::volume(const VectorX& u) const {
  const Vec3 origin = position(u, triangles_.front()[0]);
  double six = 0;
  const auto add = [&](const Vec3& a, const Vec3& b, const Vec3& c) {
    six += (a - origin).dot((b - origin).cross(c - origin));
  };
  for (const auto& t : triangles_) add(position(u, t[0]), position(u, t[1]), position(u, t[2]));
  for (const auto& loop : loops_) {
    Vec3 middle = Vec3::Zero();
    for (int n : loop) middle += position(u, n);
    middle /= static_cast<double>(loop.size());
    for (std::size_t k = 0; k < loop.size(); ++k)
      add(middle, position(u, loop[k]), position(u, loop[(k + 1) % loop.size()]));
  }
  return six / 6;
}

VectorX BalloonTerm::volume_gradient(const VectorX& u) const {
  VectorX g = VectorX::Zero(u.size());
  const Vec3 origin = position(u, triangles_.front()[0]); // the surface is closed: V does not depend on it
  const auto side = [&](const Vec3& b, const Vec3& c) -> Vec3 { return (b - origin).cross(c - origin) / 6; };
  for (const auto& t : triangles_)
    for (int k = 0; k < 3; ++k)
      g.segment<3>(3 * t[k]) += side(position(u, t[(k + 1) % 3]), position(u, t[(k + 2) % 3]));
  for (const auto& loop : loops_) {
    Vec3 middle = Vec3::Zero(), of_middle = Vec3::Zero();
    for (int n : loop) middle += position(u, n);
    middle /= static_cast<double>(loop.size());
    for (std::size_t k = 0; k < loop.size(); ++k) {
      const int n = loop[k], m = loop[(k + 1) % loop.size()];
      const Vec3 a = position(u, n), b = position(u, m);
      of_middle += side(a, b);
      g.segment<3>(3 * n) += side(b, middle);
      g.segment<3>(3 * m) += side(middle, a);
    }
    for (int n : loop) g.segment<3>(3 * n) += of_middle / static_cast<double>(loop.size());
  }
  return g;
}

double BalloonTerm::pressure_at(const VectorX& u) const {
  return held_pressure >= 0 ? held_pressure : std::max(0.0, stiffness_ * (fluid - volume(u)));
}

/// @return sum of the magnitudes of what presses on the wall, N
double BalloonTerm::push(const VectorX& u, double pressure, VectorX& f) const {
  const Vec3 d = mean_position(u, front_) - mean_position(u, back_);
  const double length = d.norm();
  const Vec3 along = length > 0 ? Vec3(d / length) : Vec3::Zero();
  std::vector<double> lean(front_.size(), 0.0); // what each node of the nose presses forward with
  Vec3 total = Vec3::Zero();
  double sum = 0;
  for (const auto& t : triangles_) {
    const Vec3 a = position(u, t[0]), b = position(u, t[1]), c = position(u, t[2]);
    const Vec3 push = pressure / 6 * (b - a).cross(c - a); // p A n / 3
    for (int n : t) {
      f.segment<3>(3 * n) += push;
      if (front_slot_[n] >= 0) lean[front_slot_[n]] += push.dot(along);
    }
    total += 3 * push;
    sum += 3 * push.lpNorm<1>();
  }
  // A closed balloon pushes nothing away on the whole: its rear end leans on the catheter.
  if (shaft_stiffness_ == 0) return sum;
  for (int n : back_) f.segment<3>(3 * n) -= total / static_cast<double>(back_.size());
  // The shaft takes push off the bone at the nose, never more than there is: balloon and bone are not glued.
  double most = 0;
  for (double& push : lean) most += push = std::max(0.0, push);
  const double tension = shaft * std::clamp(shaft_stiffness_ * (length - shaft_length_), 0.0, most);
  if (tension == 0) return sum;
  for (std::size_t k = 0; k < front_.size(); ++k) f.segment<3>(3 * front_[k]) -= tension * lean[k] / most * along;
  for (int n : back_) f.segment<3>(3 * n) += tension / static_cast<double>(back_.size()) * along;
  return sum;
}

void BalloonTerm::add_forces(const VectorX& u, VectorX& f) {
  pressure_ = pressure_at(u);
  push(u, pressure_, f);
}

void BalloonTerm::couple(Tangent& K) const {
  std::vector<int> nodes;
  for (const auto& t : triangles_) nodes.insert(nodes.end(), t.begin(), t.end());
  K.couple(this, 3, std::move(nodes));
}

// f = p(V) a(u): K = k a (dV/du)^T - p da/du, a = what one MPa pushes.
double BalloonTerm::linearize(const VectorX& u, VectorX& f, Tangent* K) const {
  const double p = pressure_at(u);
  const double sum = push(u, p, f);
  if (!K) return sum;
  std::vector<double> matrices(triangles_.size() * 81, 0.0);
  for (std::size_t k = 0; k < triangles_.size(); ++k) {
    const auto& t = triangles_[k];
    const Vec3 a = position(u, t[0]), b = position(u, t[1]), c = position(u, t[2]);
    // d (b - a) x (c - a): each corner moves the area vector by (opposite edge) x
    const Vec3 opposite[3] = {b - c, c - a, a - b};
    for (int m = 0; m < 3; ++m) {
      const Vec3& e = opposite[m];
      Mat3 cross; // da x (b - c) and its turns
      cross << 0, e[2], -e[1], -e[2], 0, e[0], e[1], -e[0], 0;
      for (int n = 0; n < 3; ++n)
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j) matrices[k * 81 + (3 * n + i) * 9 + 3 * m + j] = -p / 6 * cross(i, j);
    }
  }
  K->add(this, 0, static_cast<int>(triangles_.size()), matrices.data());
  if (held_pressure < 0 && p > 0) {
    VectorX a = VectorX::Zero(u.size());
    push(u, p, a);
    K->add_rank_one(stiffness_ / p * a, volume_gradient(u));
  }
  return sum;
}

void BalloonTerm::add_stiffness_rows(const VectorX& u, VectorX& rows) const {
  double total = 0;
  std::map<int, double> share;
  std::map<int, double> edges;
  for (const auto& t : triangles_) {
    const Vec3 a = position(u, t[0]), b = position(u, t[1]), c = position(u, t[2]);
    const double area = 0.5 * (b - a).cross(c - a).norm();
    const double around = (b - a).norm() + (c - b).norm() + (a - c).norm();
    for (int n : t) {
      share[n] += area / 3;
      edges[n] += around;
    }
    total += area;
  }
  const double k = held_pressure >= 0 ? 0 : stiffness_;
  for (const auto& [n, area] : share)
    for (int i = 0; i < 3; ++i) rows[3 * n + i] += 1.8 * k * area * total + pressure_ * edges[n] / 3;
  for (const auto* end : {&front_, &back_})
    for (int n : *end)
      for (int i = 0; i < 3; ++i) rows[3 * n + i] += 2 * shaft_stiffness_ / static_cast<double>(end->size());
}

void BalloonTerm::visit(Archive& archive) {
  KYPHO_VISIT(archive, shaft, fluid, held_pressure, pressure_, facets_, triangles_, front_, back_, front_slot_,
              shaft_length_, stiffness_, shaft_stiffness_);
  if (archive.reading()) loops_ = open_loops(triangles_);
}

} // namespace kypho

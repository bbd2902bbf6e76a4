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
  // As quadratic shape functions share an even pressure on a face: nothing to its corners.
  std::vector<char> corner(reference_.size(), 0);
  if (!mesh.mids.empty())
    for (const auto& tet : mesh.tets)
      for (const int n : tet) corner[n] = 1;
  for (const auto& t : triangles_) {
    const int carrying = 3 - corner[t[0]] - corner[t[1]] - corner[t[2]];
    std::array<double, 3> share{};
    for (int k = 0; k < 3; ++k) share[k] = corner[t[k]] ? 0.0 : 3.0 / carrying;
    shares_.push_back(share);
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

/// What pressure on a triangle gives each of its corners: p A n / 3.
Vec3 BalloonTerm::third_of(const VectorX& u, const std::array<int, 3>& t, double pressure) const {
  const Vec3 a = position(u, t[0]), b = position(u, t[1]), c = position(u, t[2]);
  return pressure / 6 * (b - a).cross(c - a);
}

/// Its derivative by each corner: p / 6 (opposite edge) x.
std::array<Mat3, 3> BalloonTerm::slopes_of(const VectorX& u, const std::array<int, 3>& t, double pressure) const {
  std::array<Mat3, 3> of_corner;
  for (int m = 0; m < 3; ++m) {
    const Vec3 e = pressure / 6 * (position(u, t[(m + 1) % 3]) - position(u, t[(m + 2) % 3]));
    of_corner[m] << 0, e[2], -e[1], -e[2], 0, e[0], e[1], -e[0], 0; // da x e
  }
  return of_corner;
}

double BalloonTerm::pressure_at(const VectorX& u) const {
  return held_pressure >= 0 ? held_pressure : std::max(0.0, stiffness_ * (fluid - volume(u)));
}

BalloonTerm::Pull BalloonTerm::pull_of(const VectorX& u, double pressure) const {
  Pull pull;
  const Vec3 d = mean_position(u, front_) - mean_position(u, back_);
  pull.length = d.norm();
  if (pull.length > 0) pull.along = d / pull.length;
  pull.push.assign(front_.size(), Vec3::Zero());
  pull.lean.assign(front_.size(), 0.0);
  for (std::size_t k = 0; k < triangles_.size(); ++k) {
    const Vec3 push = third_of(u, triangles_[k], pressure);
    for (int c = 0; c < 3; ++c)
      if (const int slot = front_slot_[triangles_[k][c]]; slot >= 0) {
        pull.push[slot] += shares_[k][c] * push;
        pull.lean[slot] += shares_[k][c] * push.dot(pull.along);
      }
    pull.total += 3 * push;
  }
  for (double& lean : pull.lean) pull.most += lean = std::max(0.0, lean);
  const double stretched = shaft_stiffness_ * (pull.length - shaft_length_);
  pull.springy = stretched > 0 && stretched < pull.most;
  pull.tension = shaft * std::clamp(stretched, 0.0, pull.most);
  return pull;
}

/// @return sum of the magnitudes of what presses on the wall, N
double BalloonTerm::push(const VectorX& u, double pressure, VectorX& f) const {
  double sum = 0;
  for (std::size_t k = 0; k < triangles_.size(); ++k) {
    const Vec3 push = third_of(u, triangles_[k], pressure);
    for (int c = 0; c < 3; ++c) f.segment<3>(3 * triangles_[k][c]) += shares_[k][c] * push;
    sum += 3 * push.lpNorm<1>();
  }
  return sum;
}

void BalloonTerm::lean_and_pull(const Pull& pull, VectorX& f) const {
  // A closed balloon pushes nothing away on the whole: its rear end leans on the catheter.
  if (shaft_stiffness_ == 0) return;
  const double back = static_cast<double>(back_.size());
  for (int n : back_) f.segment<3>(3 * n) -= pull.total / back;
  // The shaft takes push off the bone at the nose, never more than there is: balloon and bone are not glued.
  if (pull.tension == 0) return;
  for (std::size_t k = 0; k < front_.size(); ++k)
    f.segment<3>(3 * front_[k]) -= pull.tension * pull.lean[k] / pull.most * pull.along;
  for (int n : back_) f.segment<3>(3 * n) += pull.tension / back * pull.along;
}

void BalloonTerm::add_forces(const VectorX& u, VectorX& f) {
  pressure_ = pressure_at(u);
  push(u, pressure_, f);
  lean_and_pull(pull_of(u, pressure_), f);
}

void BalloonTerm::couple(Tangent& K) const {
  std::vector<int> nodes;
  for (const auto& t : triangles_) nodes.insert(nodes.end(), t.begin(), t.end());
  K.couple(this, 3, std::move(nodes));
}

// f = p(V) a(u) + what the catheter does: K = -p da/du + (df/dp) k dV/du^T + -df/du of the catheter at constant pressure.
double BalloonTerm::linearize(const VectorX& u, VectorX& f, Tangent* K) const {
  const double p = pressure_at(u);
  const Pull pull = pull_of(u, p);
  const double sum = push(u, p, f);
  lean_and_pull(pull, f);
  if (!K) return sum;
  const double off = pull.tension > 0 ? pull.tension / pull.most : 0; // share of its push that the nose is spared
  std::vector<double> matrices(triangles_.size() * 81, 0.0);
  for (std::size_t k = 0; k < triangles_.size(); ++k) {
    const auto& t = triangles_[k];
    const auto of_corner = slopes_of(u, t, p);
    for (int n = 0; n < 3; ++n) {
      const int slot = front_slot_[t[n]];
      const bool spared = off > 0 && slot >= 0 && pull.lean[slot] > 0;
      const Mat3 left = spared ? Mat3(Mat3::Identity() - off * pull.along * pull.along.transpose()) : Mat3::Identity();
      for (int m = 0; m < 3; ++m) {
        const Mat3 block = -shares_[k][n] * left * of_corner[m];
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j) matrices[k * 81 + (3 * n + i) * 9 + 3 * m + j] = block(i, j);
      }
    }
  }
  K->add(this, 0, static_cast<int>(triangles_.size()), matrices.data());
  if (held_pressure < 0 && p > 0) {
    VectorX a = VectorX::Zero(u.size());
    push(u, p, a);
    Pull with_pressure = pull;
    if (pull.springy) with_pressure.tension = 0; // a spring does not know the pressure
    lean_and_pull(with_pressure, a);
    K->add_rank_one(stiffness_ / p * a, volume_gradient(u));
  }
  if (shaft_stiffness_ > 0) add_catheter(u, p, pull, *K);
  return sum;
}

// What the catheter couples far apart, at constant pressure. With e the shaft's direction, d its span and L its length,
//   back nodes:  f = (T e - total) / count       nose:  f_k = -T lean_k / most e,   lean_k = push_k . e
//   de = G dd,  G = (I - e e^T) / L,   dT = k e . dd while it is a spring, else the change of most = sum lean_k.
// The change of push_k itself is in the triangles.
void BalloonTerm::add_catheter(const VectorX& u, double p, const Pull& pull, Tangent& K) const {
  const int n = static_cast<int>(u.size());
  const double back = static_cast<double>(back_.size()), front = static_cast<double>(front_.size());
  const Vec3& e = pull.along;
  const bool pulls = pull.tension > 0;
  VectorX of_total[3];
  for (VectorX& row : of_total) row = VectorX::Zero(n);
  VectorX of_most = VectorX::Zero(n); // for a fixed direction
  for (std::size_t k = 0; k < triangles_.size(); ++k) {
    const auto& t = triangles_[k];
    const auto of_corner = slopes_of(u, t, p);
    Vec3 leaning = Vec3::Zero();
    for (int c = 0; c < 3; ++c)
      if (const int slot = front_slot_[t[c]]; slot >= 0 && pull.lean[slot] > 0) leaning += shares_[k][c] * e;
    for (int m = 0; m < 3; ++m) {
      for (int i = 0; i < 3; ++i) of_total[i].segment<3>(3 * t[m]) += 3 * of_corner[m].row(i).transpose();
      of_most.segment<3>(3 * t[m]) += of_corner[m].transpose() * leaning;
    }
  }
  for (int i = 0; i < 3; ++i) {
    VectorX column = VectorX::Zero(n);
    for (int node : back_) column[3 * node + i] = 1 / back;
    K.add_rank_one(std::move(column), std::move(of_total[i]));
  }
  if (!pulls) return;

  const double off = pull.tension / pull.most;
  const Mat3 G = (Mat3::Identity() - e * e.transpose()) / pull.length;
  Vec3 of_direction = Vec3::Zero(); // change of most with the direction
  for (std::size_t k = 0; k < front_.size(); ++k)
    if (pull.lean[k] > 0) of_direction += pull.push[k];
  of_direction = G * of_direction;
  const Vec3 tension_slope = shaft * (pull.springy ? Vec3(shaft_stiffness_ * e) : of_direction); // with the span
  const Vec3 off_slope = pull.springy ? Vec3((tension_slope - off * of_direction) / pull.most) : Vec3::Zero();
  const double tension_most = pull.springy ? 0 : shaft, off_most = pull.springy ? -off / pull.most : 0;
  for (int i = 0; i < 3; ++i) {
    VectorX column = VectorX::Zero(n), of_span = VectorX::Zero(n);
    for (int node : front_) of_span[3 * node + i] = 1 / front;
    for (int node : back_) of_span[3 * node + i] = -1 / back;
    for (std::size_t k = 0; k < front_.size(); ++k) {
      if (pull.lean[k] == 0) continue;
      const double of_lean = pull.push[k].dot(G.col(i));
      column.segment<3>(3 * front_[k]) =
          off * (of_lean * e + pull.lean[k] * G.col(i)) + pull.lean[k] * off_slope[i] * e;
    }
    for (int node : back_) column.segment<3>(3 * node) = -(pull.tension * G.col(i) + tension_slope[i] * e) / back;
    K.add_rank_one(std::move(column), std::move(of_span));
  }
  VectorX column = VectorX::Zero(n);
  for (std::size_t k = 0; k < front_.size(); ++k) column.segment<3>(3 * front_[k]) = pull.lean[k] * off_most * e;
  for (int node : back_) column.segment<3>(3 * node) = -tension_most / back * e;
  K.add_rank_one(std::move(column), std::move(of_most));
}

void BalloonTerm::add_stiffness_rows(const VectorX& u, VectorX& rows) const {
  double total = 0;
  std::map<int, double> share;
  std::map<int, double> edges;
  for (std::size_t k = 0; k < triangles_.size(); ++k) {
    const auto& t = triangles_[k];
    const Vec3 a = position(u, t[0]), b = position(u, t[1]), c = position(u, t[2]);
    const double area = 0.5 * (b - a).cross(c - a).norm();
    const double around = (b - a).norm() + (c - b).norm() + (a - c).norm();
    for (int n = 0; n < 3; ++n) {
      share[t[n]] += shares_[k][n] * area / 3;
      edges[t[n]] += shares_[k][n] * around;
    }
    total += area;
  }
  const double fluid_stiffness = held_pressure >= 0 ? 0 : stiffness_;
  for (const auto& [n, area] : share)
    for (int i = 0; i < 3; ++i) rows[3 * n + i] += 1.8 * fluid_stiffness * area * total + pressure_ * edges[n] / 3;
  for (const auto* end : {&front_, &back_})
    for (int n : *end)
      for (int i = 0; i < 3; ++i) rows[3 * n + i] += 2 * shaft_stiffness_ / static_cast<double>(end->size());
}

void BalloonTerm::visit(Archive& archive) {
  KYPHO_VISIT(archive, shaft, fluid, held_pressure, pressure_, facets_, triangles_, shares_, front_, back_, front_slot_,
              shaft_length_, stiffness_, shaft_stiffness_);
  if (archive.reading()) loops_ = open_loops(triangles_);
}

} // namespace kypho

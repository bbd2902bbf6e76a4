#include "core/devices/expander_term.hpp"

#include "core/base/errors.hpp"
#include "core/base/hat.hpp"

#include <Eigen/Geometry>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>

namespace kypho {

ExpanderTerm::ExpanderTerm(const TetMesh& mesh, std::vector<int> facets, std::vector<int> shaft, const Vec3& middle,
                           const Vec3& axis, const Vec3& up, double stiffness)
    : reference_(mesh.nodes), facets_(std::move(facets)), shaft_(std::move(shaft)), middle_(middle),
      axis_(axis.normalized()), up_(up.normalized()), stiffness_(stiffness) {
  if (facets_.empty()) throw InputError("the expander touches no wall of its channel");
  for (const int f : facets_) {
    const auto& n = mesh.facets[f].nodes;
    triangles_.push_back(n);
    area_.push_back(0.5 * (reference_[n[1]] - reference_[n[0]]).cross(reference_[n[2]] - reference_[n[0]]).norm());
  }
  if (shaft_.empty()) return;
  for (const int n : shaft_) centre_ += reference_[n] / static_cast<double>(shaft_.size());
  Mat3 inertia = Mat3::Zero();
  for (const int n : shaft_) inertia += arm(n).squaredNorm() * Mat3::Identity() - arm(n) * arm(n).transpose();
  inverse_inertia_ = inertia.inverse();
}

/// The centroids of the nine parts into which thirds of the edges divide a triangle.
template <class Use>
void ExpanderTerm::for_pieces(const VectorX& u, const Pose& pose, Use&& use) const {
  static constexpr auto centroids = [] {
    std::array<std::array<double, 3>, 9> all{};
    int k = 0;
    for (int i = 0; i < 3; ++i)
      for (int j = 0; i + j < 3; ++j) { // in ninths: the upright parts, and those upside down
        all[k++] = {(3 * i + 1) / 9.0, (3 * j + 1) / 9.0, (7 - 3 * i - 3 * j) / 9.0};
        if (i + j < 2) all[k++] = {(3 * i + 2) / 9.0, (3 * j + 2) / 9.0, (5 - 3 * i - 3 * j) / 9.0};
      }
    return all;
  }();
  for (std::size_t t = 0; t < triangles_.size(); ++t) {
    const Vec3 middle = position(u, {triangles_[t], {1.0 / 3, 1.0 / 3, 1.0 / 3}, 0});
    double reach = 0;
    for (const int n : triangles_[t]) reach = std::max(reach, (reference_[n] + u.segment<3>(3 * n) - middle).norm());
    if (touch(middle, pose).depth < -reach) continue;
    for (const auto& shape : centroids) use(t, Piece{triangles_[t], shape, area_[t] / 9});
  }
}

Vec3 ExpanderTerm::position(const VectorX& u, const Piece& p) const {
  Vec3 x = Vec3::Zero();
  for (int n = 0; n < 3; ++n) x += p.shape[n] * (reference_[p.nodes[n]] + u.segment<3>(3 * p.nodes[n]));
  return x;
}

ExpanderTerm::Pose ExpanderTerm::pose(const VectorX& u) const {
  Pose q;
  if (shaft_.empty()) return q;
  Vec3 turned = Vec3::Zero();
  for (const int n : shaft_) {
    q.moved += u.segment<3>(3 * n) / static_cast<double>(shaft_.size());
    turned += arm(n).cross(Vec3(u.segment<3>(3 * n)));
  }
  q.turn = inverse_inertia_ * turned;
  return q;
}

ExpanderTerm::Touch ExpanderTerm::touch(const Vec3& x, const Pose& q) const {
  Touch t;
  t.v = x - centre_ - q.moved;
  const Vec3 y = t.v - q.turn.cross(t.v) - (middle_ - centre_), side = axis_.cross(up_);
  const double along = y.dot(axis_), across = y.dot(up_);
  const double beyond = along - std::clamp(along, -shape.half_length, shape.half_length);
  const double above = across - std::clamp(across, -shape.half_height, shape.half_height);
  const Vec3 d = beyond * axis_ + y.dot(side) * side + above * up_;
  const double size = d.norm();
  t.depth = shape.radius - size;
  t.out = size > 1e-9 ? Vec3(d / size) : Vec3(across < 0 ? -up_ : up_);
  Mat3 free = side * side.transpose();
  if (beyond != 0) free += axis_ * axis_.transpose();
  if (above != 0) free += up_ * up_.transpose();
  t.curvature = (free - t.out * t.out.transpose()) / std::max(size, 0.1 * shape.radius);
  return t;
}

bool ExpanderTerm::holds(const Vec3& x, const VectorX& u) const { return touch(x, pose(u)).depth > 0; }

void ExpanderTerm::push_shaft(const Vec3& force, const Vec3& moment, VectorX& f) const {
  const Vec3 m = inverse_inertia_ * moment;
  for (const int n : shaft_) f.segment<3>(3 * n) += force / static_cast<double>(shaft_.size()) + m.cross(arm(n));
}

void ExpanderTerm::add_forces(const VectorX& u, VectorX& f) {
  const Pose q = pose(u);
  Vec3 force = Vec3::Zero(), moment = Vec3::Zero();
  push_up_ = push_down_ = 0;
  for_pieces(u, q, [&](std::size_t, const Piece& p) {
    const Touch t = touch(position(u, p), q);
    if (t.depth <= 0) return;
    const Vec3 out = stiffness_ * p.area * t.depth * t.out, push = out + q.turn.cross(out);
    for (int n = 0; n < 3; ++n) f.segment<3>(3 * p.nodes[n]) += p.shape[n] * push;
    force -= push;
    moment -= t.v.cross(out);
    (out.dot(up_) > 0 ? push_up_ : push_down_) += std::abs(out.dot(up_));
  });
  push_shaft(force, moment, f);
}

void ExpanderTerm::couple(Tangent& K) const {
  std::vector<int> nodes;
  for (const auto& t : triangles_) nodes.insert(nodes.end(), t.begin(), t.end());
  K.couple(this, 3, std::move(nodes));
}

double ExpanderTerm::linearize(const VectorX& u, VectorX& f, Tangent* K) const {
  const Pose q = pose(u);
  Vec3 force = Vec3::Zero(), moment = Vec3::Zero();
  double sum = 0;
  const bool held = !shaft_.empty();
  const Mat3 seen = Mat3::Identity() - hat(q.turn); // dy/dx
  std::vector<double> matrices(K ? 81 * triangles_.size() : 0, 0.0);
  Eigen::Matrix<double, 6, 6> of_pose = Eigen::Matrix<double, 6, 6>::Zero();
  std::vector<VectorX> of_wall(K && held ? 6 : 0, VectorX::Zero(u.size()));
  for_pieces(u, q, [&](std::size_t k, const Piece& p) {
    const Touch t = touch(position(u, p), q);
    if (t.depth <= 0) return;
    const double ka = stiffness_ * p.area;
    const Vec3 out = ka * t.depth * t.out, push = out + q.turn.cross(out);
    for (int n = 0; n < 3; ++n) f.segment<3>(3 * p.nodes[n]) += p.shape[n] * push;
    force -= push;
    moment -= t.v.cross(out);
    sum += 2 * push.lpNorm<1>();
    if (!K) return;
    const Mat3 M = ka * (t.out * t.out.transpose() - t.depth * t.curvature), own = seen.transpose() * M * seen;
    for (int n = 0; n < 3; ++n)
      for (int m = 0; m < 3; ++m)
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j)
            matrices[81 * k + 9 * (3 * n + i) + 3 * m + j] += p.shape[n] * p.shape[m] * own(i, j);
    if (!held) return;
    const Mat3 v = hat(t.v), with_turn = seen.transpose() * M * v + hat(out);
    Eigen::Matrix<double, 3, 6> with_pose;
    with_pose << -own, with_turn;
    of_pose.topLeftCorner<3, 3>() += own;
    of_pose.topRightCorner<3, 3>() -= with_turn;
    of_pose.bottomLeftCorner<3, 3>() -= with_turn.transpose();
    of_pose.bottomRightCorner<3, 3>() += v.transpose() * M * v;
    for (int i = 0; i < 6; ++i)
      for (int n = 0; n < 3; ++n) of_wall[i].segment<3>(3 * p.nodes[n]) += p.shape[n] * with_pose.col(i);
  });
  push_shaft(force, moment, f);
  if (!K) return sum;
  K->add(this, 0, static_cast<int>(triangles_.size()), matrices.data());
  if (!held) return sum;
  std::vector<VectorX> pose_of(6, VectorX::Zero(u.size())); // dq/du
  for (int i = 0; i < 3; ++i)
    for (const int n : shaft_) {
      pose_of[i][3 * n + i] = 1 / static_cast<double>(shaft_.size());
      pose_of[3 + i].segment<3>(3 * n) = Vec3(inverse_inertia_.row(i)).cross(arm(n));
    }
  for (int i = 0; i < 6; ++i) {
    VectorX with = of_wall[i];
    for (int j = 0; j < 6; ++j) with += of_pose(i, j) * pose_of[j];
    K->add_rank_one(pose_of[i], std::move(with));
    K->add_rank_one(std::move(of_wall[i]), pose_of[i]);
  }
  return sum;
}

// As if every triangle touched. (a + b)^2 <= 2 a^2 + 2 b^2 parts wall and shaft: a long lever makes the shaft heavy, and
// not the wall.
void ExpanderTerm::add_stiffness_rows(const VectorX& u, VectorX& rows) const {
  constexpr double of_wall = 2 * 1.75; // |n_i| sum |n_j| <= sqrt(3)
  const Pose q = pose(u);
  std::vector<Vec3> pull(shaft_.size()); // d phi / du of the shaft's nodes
  for (std::size_t t = 0; t < triangles_.size(); ++t) {
    const double ka = stiffness_ * area_[t];
    for (const int n : triangles_[t])
      for (int i = 0; i < 3; ++i) rows[3 * n + i] += of_wall * ka / 3;
    if (shaft_.empty()) continue;
    const Touch at = touch(position(u, {triangles_[t], {1.0 / 3, 1.0 / 3, 1.0 / 3}, 0}), q);
    const Vec3 turning = inverse_inertia_ * at.v.cross(at.out);
    double all = 0;
    for (std::size_t s = 0; s < shaft_.size(); ++s) {
      pull[s] = at.out / static_cast<double>(shaft_.size()) + turning.cross(arm(shaft_[s]));
      all += pull[s].lpNorm<1>();
    }
    for (std::size_t s = 0; s < shaft_.size(); ++s)
      for (int i = 0; i < 3; ++i) rows[3 * shaft_[s] + i] += 2 * ka * std::abs(pull[s][i]) * all;
  }
}

void ExpanderTerm::visit(Archive& archive) {
  KYPHO_VISIT(archive, shape, facets_, triangles_, shaft_, area_, middle_, axis_, up_, centre_, inverse_inertia_,
              stiffness_, push_up_, push_down_);
}

} // namespace kypho

#include "core/contact/platen_term.hpp"

#include "core/base/dual.hpp"
#include "core/base/errors.hpp"

#include <Eigen/Geometry>
#include <cmath>

namespace kypho {

std::vector<double> nodal_areas(const TetMesh& mesh, const std::vector<Vec3>& x, Surface surface) {
  std::vector<char> takes(mesh.nodes.size(), 1);
  if (!mesh.mids.empty())
    for (const auto& corners : mesh.tets)
      for (const int n : corners) takes[n] = 0;
  std::vector<double> area(mesh.nodes.size(), 0.0);
  for (const Facet& f : mesh.facets) {
    if (f.surface != surface) continue;
    const double a = 0.5 * (x[f.nodes[1]] - x[f.nodes[0]]).cross(x[f.nodes[2]] - x[f.nodes[0]]).norm();
    const int count = takes[f.nodes[0]] + takes[f.nodes[1]] + takes[f.nodes[2]];
    for (int n : f.nodes)
      if (takes[n]) area[n] += a / count;
  }
  return area;
}

void PlatenTerm::tie_nodes(const TetMesh& mesh, const std::vector<Vec3>& positions, Surface surface) {
  const std::vector<double> area = nodal_areas(mesh, positions, surface);
  double total = 0;
  for (std::size_t n = 0; n < area.size(); ++n) {
    if (!(area[n] > 0)) continue;
    ties_.push_back({static_cast<int>(n), area[n], mesh.nodes[n], positions[n]});
    centre_ += area[n] * positions[n];
    total += area[n];
  }
  if (ties_.empty()) throw InputError(std::string("the mesh has no facets on the ") + name_of(surface));
  centre_ /= total;
  radius_ = std::sqrt(total / M_PI);
  for (Tie& tie : ties_) tie.arm -= centre_;
  if (central_only_)
    std::erase_if(ties_, [&](const Tie& tie) { return tie.arm.head<2>().norm() > central_share * radius_; });
}

PlatenTerm::PlatenTerm(const TetMesh& mesh, const std::vector<Vec3>& positions, Surface surface,
                       double normal_stiffness, double shear_stiffness, int first_unknown, bool central_only)
    : kn_(normal_stiffness), kt_(shear_stiffness), central_only_(central_only), first_(first_unknown) {
  tie_nodes(mesh, positions, surface);
}

PlatenTerm::PlatenTerm(const PlatenTerm& old, const VectorX& u, const TetMesh& mesh, const std::vector<Vec3>& positions,
                       Surface surface, int first_unknown)
    : load(old.load), moment_load(old.moment_load), kn_(old.kn_), kt_(old.kt_), central_only_(old.central_only_),
      first_(first_unknown), reaction_(old.reaction_), moments_(old.moments_) {
  tie_nodes(mesh, positions, surface);
  const Mat3 R = old.rotation(u);
  const Vec3 lifted = old.centre_ + Vec3(0, 0, u[old.first_]);
  std::vector<Vec3> place, gap;
  for (const Tie& tie : old.ties_) {
    place.push_back(tie.reference + u.segment<3>(3 * tie.node));
    gap.push_back(place.back() - lifted - R * tie.arm);
  }
  for (Tie& tie : ties_) {
    std::size_t nearest = 0;
    for (std::size_t k = 1; k < place.size(); ++k)
      if ((place[k] - positions[tie.node]).squaredNorm() < (place[nearest] - positions[tie.node]).squaredNorm())
        nearest = k;
    tie.arm -= gap[nearest];
  }
}

Mat3 PlatenTerm::rotation(const VectorX& u) const {
  return (Eigen::AngleAxisd(u[first_ + 2] / radius_, Vec3::UnitY()) *
          Eigen::AngleAxisd(u[first_ + 1] / radius_, Vec3::UnitX()))
      .toRotationMatrix();
}

void PlatenTerm::add_forces(const VectorX& u, VectorX& f) {
  const Mat3 R = rotation(u);
  const Vec3 lifted = centre_ + Vec3(0, 0, u[first_]);
  double push = 0;
  Eigen::Vector2d moments = Eigen::Vector2d::Zero();
  for (const Tie& tie : ties_) {
    const Vec3 arm = R * tie.arm;
    const Vec3 gap = tie.reference + u.segment<3>(3 * tie.node) - lifted - arm;
    const Vec3 force = -tie.area * Vec3(kt_ * gap[0], kt_ * gap[1], kn_ * gap[2]); // on the bone
    f.segment<3>(3 * tie.node) += force;
    push -= force[2];
    moments[0] -= arm[1] * force[2] - arm[2] * force[1];
    moments[1] -= arm[2] * force[0] - arm[0] * force[2];
  }
  reaction_ = push;
  moments_ = moments;
  f[first_] += push + load;
  f[first_ + 1] += (moments[0] + moment_load[0]) / radius_;
  f[first_ + 2] += (moments[1] + moment_load[1]) / radius_;
}

void PlatenTerm::add_stiffness_rows(const VectorX&, VectorX& rows) const {
  const double k = std::max(kn_, kt_);
  double lift = 0, tilt = 0;
  for (const Tie& tie : ties_) {
    const double ka = k * tie.area, r = tie.arm.norm() / radius_;
    for (int i = 0; i < 3; ++i) rows[3 * tie.node + i] += ka * (2 + 2 * r);
    lift += ka * (2 + 2 * r);
    tilt += ka * r * (2 + 2 * r);
  }
  rows[first_] += lift;
  rows[first_ + 1] += tilt;
  rows[first_ + 2] += tilt;
}

void PlatenTerm::couple(Tangent& K) const {
  std::vector<int> nodes;
  for (const Tie& tie : ties_) nodes.insert(nodes.end(), {tie.node, first_ / 3});
  K.couple(this, 2, std::move(nodes));
}

// Per tie, with the derivative after the node's displacements and the platen's unknowns d, rx, ry.
double PlatenTerm::linearize(const VectorX& u, VectorX& f, Tangent* K) const {
  using D = Dual<double, 6>;
  D rise = u[first_], turn_x = u[first_ + 1], turn_y = u[first_ + 2];
  rise.d[3] = turn_x.d[4] = turn_y.d[5] = 1;
  const D cx = cosine(turn_x / radius_), sx = sine(turn_x / radius_), cy = cosine(turn_y / radius_),
          sy = sine(turn_y / radius_);
  std::vector<double> matrices;
  double sum = 0;
  f[first_] += load;
  for (int k = 0; k < 2; ++k) f[first_ + 1 + k] += moment_load[k] / radius_;
  for (const Tie& tie : ties_) {
    const Vec3& Y = tie.arm;
    const D y = cx * Y[1] - sx * Y[2], z = sx * Y[1] + cx * Y[2]; // R = R_y R_x
    const D arm[3] = {cy * Y[0] + sy * z, y, cy * z - sy * Y[0]};
    D out[6];
    for (int i = 0; i < 3; ++i) {
      D moved = u[3 * tie.node + i];
      moved.d[i] = 1;
      D gap = tie.reference[i] + moved - centre_[i] - arm[i];
      if (i == 2) gap -= rise;
      out[i] = -tie.area * (i == 2 ? kn_ : kt_) * gap;
    }
    out[3] = -out[2];
    out[4] = (arm[2] * out[1] - arm[1] * out[2]) / radius_;
    out[5] = (arm[0] * out[2] - arm[2] * out[0]) / radius_;
    for (int i = 0; i < 3; ++i) {
      f[3 * tie.node + i] += out[i].v;
      f[first_ + i] += out[3 + i].v;
      sum += std::abs(out[i].v);
    }
    if (K)
      for (const D& each : out)
        for (const double d : each.d) matrices.push_back(-d);
  }
  if (K) K->add(this, 0, static_cast<int>(ties_.size()), matrices.data());
  return sum;
}

void PlatenTerm::visit(Archive& archive) {
  KYPHO_VISIT(archive, load, moment_load, ties_, centre_, kn_, kt_, radius_, central_only_, first_, reaction_,
              moments_);
}

} // namespace kypho

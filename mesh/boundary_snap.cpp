#include "mesh/boundary_snap.hpp"
#include "core/fem/tet_mesh.hpp"
#include "mesh/topology.hpp"
#include <Eigen/Geometry>
#include <algorithm>
#include <optional>

namespace kypho {
namespace {

constexpr double farthest_per_edge = 0.6; // way to the surface, in edge lengths
constexpr double least_radius_ratio = 0.12;
constexpr int rounds = 2;

class Snapper {
public:
  Snapper(LabelledMesh& mesh, const std::function<int(const Vec3&)>& label, double tolerance)
      : mesh_(mesh), label_(label), tolerance_(tolerance), faces_(boundary_faces(mesh.tets)),
        around_(mesh.nodes.size()) {
    std::vector<char> outer(mesh.nodes.size(), 0);
    for (const BoundaryFace& face : faces_)
      for (const int n : face.nodes) outer[n] = 1;
    for (std::size_t t = 0; t < mesh.tets.size(); ++t)
      for (const int n : mesh.tets[t])
        if (outer[n]) around_[n].push_back(static_cast<int>(t));
  }

  void run() {
    std::vector<Vec3> normals(mesh_.nodes.size(), Vec3::Zero());
    for (const auto& [nodes, tet] : faces_) {
      const Vec3 &a = mesh_.nodes[nodes[0]], &b = mesh_.nodes[nodes[1]], &c = mesh_.nodes[nodes[2]];
      for (const int n : nodes) normals[n] += (b - a).cross(c - a);
    }
    for (std::size_t n = 0; n < normals.size(); ++n) {
      if (around_[n].empty() || normals[n].isZero()) continue;
      const Vec3 normal = normals[n].normalized();
      if (const auto way = way_to_surface(static_cast<int>(n), normal)) move(static_cast<int>(n), *way * normal);
    }
  }

private:
  bool bone(const Vec3& p) const { return label_(p) != 0; }

  /// Signed way along @p normal; none if the node lies on the surface or no surface is near.
  std::optional<double> way_to_surface(int n, const Vec3& normal) const {
    const Vec3& p = mesh_.nodes[n];
    const bool below = bone(p + tolerance_ * normal);
    if (!below && bone(p - tolerance_ * normal)) return {};
    const double sign = below ? 1 : -1;
    const double farthest = farthest_per_edge * edge_at(n);
    double near = tolerance_, far = tolerance_;
    while (bone(p + sign * far * normal) == below) {
      near = far;
      far += 0.25 * farthest;
      if (far > farthest) return {};
    }
    for (int i = 0; i < 12; ++i) {
      const double middle = 0.5 * (near + far);
      (bone(p + sign * middle * normal) == below ? near : far) = middle;
    }
    return sign * 0.5 * (near + far);
  }

  double edge_at(int n) const {
    double sum = 0;
    for (const int t : around_[n])
      for (const int other : mesh_.tets[t]) sum += (mesh_.nodes[other] - mesh_.nodes[n]).norm();
    return sum / (3.0 * static_cast<double>(around_[n].size()));
  }

  double quality(int n) const {
    double worst = 1;
    for (const int t : around_[n]) {
      const auto& [a, b, c, d] = mesh_.tets[t];
      const auto& x = mesh_.nodes;
      const double volume = tet_volume(x[a], x[b], x[c], x[d]);
      worst = std::min(worst, volume > 0 ? radius_ratio(x[a], x[b], x[c], x[d]) : -1.0);
    }
    return worst;
  }

  void move(int n, const Vec3& way) {
    const Vec3 start = mesh_.nodes[n];
    const double enough = std::min(quality(n), least_radius_ratio);
    for (const double part : {1.0, 0.75, 0.5, 0.25}) {
      mesh_.nodes[n] = start + part * way;
      if (quality(n) >= enough) return;
    }
    mesh_.nodes[n] = start;
  }

  LabelledMesh& mesh_;
  const std::function<int(const Vec3&)>& label_;
  double tolerance_;
  std::vector<BoundaryFace> faces_;
  std::vector<std::vector<int>> around_;
};

} // namespace

void snap_boundary(LabelledMesh& mesh, const std::function<int(const Vec3&)>& label, double tolerance) {
  Snapper snapper(mesh, label, tolerance);
  for (int round = 0; round < rounds; ++round) snapper.run();
}

} // namespace kypho

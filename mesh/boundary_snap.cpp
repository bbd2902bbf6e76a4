#include "mesh/boundary_snap.hpp"
#include "core/fem/quadratic.hpp"
#include "core/fem/shapes.hpp"
#include "mesh/topology.hpp"
#include <Eigen/Geometry>
#include <Eigen/LU>
#include <algorithm>
#include <optional>

namespace kypho {
namespace {

constexpr double farthest_per_edge = 0.6; // way to the surface, in edge lengths
constexpr double least_radius_ratio = 0.12;
constexpr int rounds = 2;

using Label = std::function<int(const Vec3&)>;

/// Signed way from @p p along @p normal to the surface of what is not outside; none if @p p lies on it or none is near.
std::optional<double> way_to_surface(const Label& label, const Vec3& p, const Vec3& normal, double tolerance,
                                     double farthest) {
  const auto bone = [&](const Vec3& x) { return label(x) != 0; };
  const bool below = bone(p + tolerance * normal);
  if (!below && bone(p - tolerance * normal)) return {};
  const double sign = below ? 1 : -1;
  double near = tolerance, far = tolerance;
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
      const int node = static_cast<int>(n);
      if (const auto way =
              way_to_surface(label_, mesh_.nodes[n], normal, tolerance_, farthest_per_edge * edge_at(node)))
        move(node, *way * normal);
    }
  }

private:
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

/// The middle nodes of a quadratic mesh whose facets are split.
class MidSnapper {
public:
  MidSnapper(TetMesh& mesh, const Label& label, double tolerance)
      : mesh_(mesh), label_(label), tolerance_(tolerance), around_(mesh.nodes.size()) {
    for (std::size_t t = 0; t < mesh.tets.size(); ++t)
      for (int e = 0; e < 6; ++e) around_[mesh.mids[t][e]].emplace_back(static_cast<int>(t), e);
  }

  void run() {
    std::vector<Vec3> normals(mesh_.nodes.size(), Vec3::Zero());
    for (const Facet& facet : mesh_.facets) {
      const Vec3 &a = mesh_.nodes[facet.nodes[0]], &b = mesh_.nodes[facet.nodes[1]], &c = mesh_.nodes[facet.nodes[2]];
      for (const int n : facet.nodes) normals[n] += (b - a).cross(c - a);
    }
    for (std::size_t n = 0; n < normals.size(); ++n) {
      if (around_[n].empty() || normals[n].isZero()) continue;
      const auto [tet, e] = around_[n].front();
      const auto& corners = mesh_.tets[tet];
      const double edge = (mesh_.nodes[corners[Tet10::edge[e][0]]] - mesh_.nodes[corners[Tet10::edge[e][1]]]).norm();
      const Vec3 normal = normals[n].normalized();
      if (const auto way = way_to_surface(label_, mesh_.nodes[n], normal, tolerance_, farthest_bulge * edge))
        move(n, *way * normal);
    }
  }

private:
  /// Smallest Jacobian at corners and quadrature points of the tetrahedra around, and smallest volume of their linear
  /// parts, over those with straight edges.
  double straightness(std::size_t n) const {
    static constexpr auto inner = gradients_at_points<Tet10>();
    static constexpr std::array<std::array<double, 3>, 4> corners{{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    double worst = 1;
    for (const auto& [t, e] : around_[n]) {
      const auto& [a, b, c, d] = mesh_.tets[t];
      const double straight = 6 * tet_volume(mesh_.nodes[a], mesh_.nodes[b], mesh_.nodes[c], mesh_.nodes[d]);
      for (int p = 0; p < 8; ++p) {
        const auto slopes = p < 4 ? inner[p] : Tet10::gradients(corners[p - 4]);
        Mat3 jacobian = Mat3::Zero();
        for (int i = 0; i < 10; ++i)
          for (int k = 0; k < 3; ++k)
            jacobian.col(k) += slopes[i][k] * mesh_.nodes[i < 4 ? mesh_.tets[t][i] : mesh_.mids[t][i - 4]];
        worst = std::min(worst, jacobian.determinant() / straight);
      }
      for (const auto& [i, j, k, l] : parts_of(mesh_, t))
        worst = std::min(worst, 6 * parts_per_tet / straight *
                                    tet_volume(mesh_.nodes[i], mesh_.nodes[j], mesh_.nodes[k], mesh_.nodes[l]));
    }
    return worst;
  }

  void move(std::size_t n, const Vec3& way) {
    const Vec3 start = mesh_.nodes[n];
    for (const double part : {1.0, 0.5, 0.25}) {
      mesh_.nodes[n] = start + part * way;
      if (straightness(n) >= least_straightness) return;
    }
    mesh_.nodes[n] = start;
  }

  static constexpr double farthest_bulge = 0.2; // of an edge, in edge lengths
  static constexpr double least_straightness = 0.3;
  TetMesh& mesh_;
  const Label& label_;
  double tolerance_;
  std::vector<std::vector<std::pair<int, int>>> around_; // tetrahedra and which of their edges, per middle node
};

} // namespace

void snap_mids(TetMesh& mesh, const std::function<int(const Vec3&)>& label, double tolerance) {
  MidSnapper(mesh, label, tolerance).run();
}

void snap_boundary(LabelledMesh& mesh, const std::function<int(const Vec3&)>& label, double tolerance) {
  Snapper snapper(mesh, label, tolerance);
  for (int round = 0; round < rounds; ++round) snapper.run();
}

} // namespace kypho

#include "mesh/deformed_bone.hpp"
#include "core/fem/quadratic.hpp"
#include "core/fem/shapes.hpp"
#include "mesh/channel_shape.hpp"
#include "mesh/mesh_checks.hpp"
#include "mesh/topology.hpp"
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

constexpr double seed_spacing = 4.0, seed_step = 0.5; // mm
constexpr double half_crossing = 0.15;                // of a seed across a known wall, mm
constexpr double pedicle_wall_coarsening = 1.7;       // the channel in the pedicle only guides the instrument

std::vector<std::array<int, 3>> triangles_of(const TetMesh& mesh) {
  std::vector<std::array<int, 3>> triangles;
  for (const Facet& facet : mesh.facets) triangles.push_back(facet.nodes);
  return triangles;
}

std::vector<std::array<int, 3>> cement_surface(const TetMesh& mesh) {
  std::vector<std::array<int, 4>> cement;
  for (std::size_t t = 0; t < mesh.tets.size(); ++t)
    if (mesh.region[t] == Region::cement) cement.push_back(mesh.tets[t]);
  std::vector<std::array<int, 3>> triangles;
  for (const BoundaryFace& face : boundary_faces(cement)) triangles.push_back(face.nodes);
  return triangles;
}

template <class Weights, class Indices>
Vec3 blend(const std::vector<Vec3>& values, const Indices& indices, const Weights& weights) {
  Vec3 sum = Vec3::Zero();
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * values[indices[i]];
  return sum;
}

/// The centroid and the points half-way to the corners.
std::array<Vec3, 5> samples_of(const std::array<Vec3, 4>& corners) {
  const Vec3 centre = (corners[0] + corners[1] + corners[2] + corners[3]) / 4;
  std::array<Vec3, 5> samples{centre};
  for (int i = 0; i < 4; ++i) samples[i + 1] = 0.5 * (centre + corners[i]);
  return samples;
}

} // namespace

DeformedBone::DeformedBone(const TetMesh& whole, const std::vector<Vec3>& positions,
                           const std::vector<Channel>& channels, bool fill_cavities, const Params& mesh_params)
    : whole_(whole), old_(linear_parts(whole)), positions_(positions), channels_(channels), fill_(fill_cavities),
      locator_(positions, old_.tets), boundary_(positions, triangles_of(old_)), cement_faces_(cement_surface(old_)),
      cavities_(old_, positions), body_edge_(mesh_params.number("edge_length")),
      posterior_edge_(mesh_params.number("posterior_edge_length")),
      cavity_edge_(mesh_params.number("cavity_edge_length")), growth_(mesh_params.number("edge_growth")) {
  cement_ = TriangleTree(positions, cement_faces_);
  if (fill_) cavities_.make_table();
}

bool DeformedBone::in_a_channel(const Vec3& p) const {
  return std::any_of(channels_.begin(), channels_.end(),
                     [&](const Channel& channel) { return channel_distance(channel, p) < 0; });
}

Region DeformedBone::region(const Vec3& p) const {
  if (in_a_channel(p)) return Region::outside;
  if (const int tet = locator_.find(p); tet >= 0) return old_.region[tet];
  return fill_ && cavities_.in_body_part(p) ? Region::cement : Region::outside;
}

double DeformedBone::edge_length(const Vec3& p, bool cement) const {
  bool posterior = false;
  if (!cement) {
    const int tet = locator_.find(p);
    posterior = old_.region[tet >= 0 ? tet : old_.facets[boundary_.nearest(p).triangle].tet] == Region::posterior;
  }
  const double base = posterior ? posterior_edge_ : body_edge_;
  const double wall_edge = posterior ? pedicle_wall_coarsening * cavity_edge_ : cavity_edge_;
  double distance = (base - wall_edge) / growth_;
  if (distance <= 0) return base;
  for (const Channel& channel : channels_) distance = std::min(distance, std::abs(channel_distance(channel, p)));
  if (const auto wall = cavities_.nearest_wall(p, distance); wall.triangle >= 0) distance = wall.distance;
  if (const auto face = cement_.nearest(p, distance); face.triangle >= 0) distance = face.distance;
  return std::min(base, wall_edge + growth_ * distance);
}

std::vector<std::pair<Vec3, Vec3>> DeformedBone::seeds() const {
  std::vector<std::pair<Vec3, Vec3>> seeds;
  const auto add = [&](const Vec3& a, const Vec3& b) {
    if (region(a) != region(b)) seeds.emplace_back(a, b);
  };
  const auto add_face = [&](const std::array<int, 3>& nodes) {
    const Vec3 &a = positions_[nodes[0]], &b = positions_[nodes[1]], &c = positions_[nodes[2]];
    const Vec3 centroid = (a + b + c) / 3, way = half_crossing * (b - a).cross(c - a).normalized();
    add(centroid - way, centroid + way);
  };
  for (const Channel& channel : channels_)
    for (const WallSample& s : channel_wall(channel, cavity_edge_)) add(s.inside, s.outside);
  for (const Facet& facet : old_.facets)
    if (facet.surface == Surface::cavity_left || facet.surface == Surface::cavity_right) add_face(facet.nodes);
  for (const auto& face : cement_faces_) add_face(face);
  const auto lines =
      label_changes([this](const Vec3& p) { return static_cast<int>(region(p)); }, bounds(), seed_spacing, seed_step);
  seeds.insert(seeds.end(), lines.begin(), lines.end());
  return seeds;
}

Box DeformedBone::cement_bounds() const {
  Box box = cavities_.bounds();
  for (const auto& face : cement_faces_)
    for (const int n : face) box.extend(positions_[n]);
  return box;
}

double DeformedBone::cavity_wall_area() const {
  double area = 0;
  for (const Facet& facet : old_.facets) {
    if (facet.surface != Surface::cavity_left && facet.surface != Surface::cavity_right) continue;
    const Vec3 &a = positions_[facet.nodes[0]], &b = positions_[facet.nodes[1]], &c = positions_[facet.nodes[2]];
    area += 0.5 * (b - a).cross(c - a).norm();
  }
  return area;
}

int DeformedBone::source_of(const std::array<Vec3, 4>& corners, bool cement) const {
  const auto fits = [&](int tet) { return tet >= 0 && (old_.region[tet] == Region::cement) == cement; };
  for (const Vec3& sample : samples_of(corners))
    if (const int tet = locator_.find(sample); fits(tet)) return tet;
  if (cement && fill_) return -1;
  const Vec3 centre = samples_of(corners)[0];
  if (const int tet = old_.facets[boundary_.nearest(centre).triangle].tet; fits(tet)) return tet;
  return nearest_tet(centre, cement);
}

int DeformedBone::nearest_tet(const Vec3& p, bool cement) const {
  constexpr std::array<double, 4> quarters{0.25, 0.25, 0.25, 0.25};
  int best = -1;
  double closest = 1e300;
  for (std::size_t t = 0; t < old_.tets.size(); ++t) {
    if ((old_.region[t] == Region::cement) != cement) continue;
    const double distance = (blend(positions_, old_.tets[t], quarters) - p).squaredNorm();
    if (distance >= closest) continue;
    closest = distance;
    best = static_cast<int>(t);
  }
  return best;
}

int DeformedBone::point_source_of(const Vec3& p, int source) const {
  if (whole_.mids.empty()) return source;
  const int found = locator_.find(p), part = found >= 0 && old_.region[found] == old_.region[source] ? found : source;
  const auto at = whole_coordinates(whole_, old_, part, locator_.coordinates(part, p));
  // Point q lies towards corner q.
  return part / parts_per_tet * Tet10::points + static_cast<int>(std::ranges::max_element(at) - at.begin());
}

// bmd = bmd_old / J, J = current over reference volume: of a whole tetrahedron, because a single part may be nearly flat.
double DeformedBone::density_now(int tet) const {
  const int family = whole_.mids.empty() ? 1 : parts_per_tet, first = tet / family * family;
  double reference = 0, current = 0;
  for (int part = first; part < first + family; ++part) {
    const auto& [a, b, c, d] = old_.tets[part];
    reference += tet_volume(old_.nodes[a], old_.nodes[b], old_.nodes[c], old_.nodes[d]);
    current += tet_volume(positions_[a], positions_[b], positions_[c], positions_[d]);
  }
  return current > 0 ? old_.bmd[tet] * reference / current : old_.bmd[tet];
}

double DeformedBone::bmd_of(const std::array<Vec3, 4>& corners, int source) const {
  double sum = 0;
  int count = 0;
  for (const Vec3& sample : samples_of(corners)) {
    const int tet = locator_.find(sample);
    if (tet < 0 || old_.region[tet] != old_.region[source]) continue;
    sum += density_now(tet);
    ++count;
  }
  return count > 0 ? sum / count : density_now(source);
}

Vec3 DeformedBone::intact_of(const Vec3& p) const {
  if (const int tet = locator_.find(p); tet >= 0)
    return blend(old_.intact, old_.tets[tet], locator_.coordinates(tet, p));
  // Outside the old bone: moved along with the nearest point of its surface.
  const TriangleTree::Nearest near = boundary_.nearest(p);
  return p - near.point + blend(old_.intact, old_.facets[near.triangle].nodes, near.weights);
}

std::pair<Surface, int> DeformedBone::class_of(const Vec3& centroid) const {
  const TriangleTree::Nearest near = boundary_.nearest(centroid);
  double closest = near.distance;
  std::pair<Surface, int> result{old_.facets[near.triangle].surface, near.triangle};
  for (const Channel& channel : channels_)
    if (const double distance = std::abs(channel_distance(channel, centroid)); distance < closest) {
      closest = distance;
      result = {channel.wall, -1};
    }
  return result;
}

double DeformedBone::mass() const {
  constexpr int n = 5; // barycentric lattice in tetrahedra that a channel may cut
  double mass = 0;
  for (std::size_t t = 0; t < old_.tets.size(); ++t) {
    const auto& [a, b, c, d] = old_.tets[t];
    const double whole = old_.bmd[t] * tet_volume(old_.nodes[a], old_.nodes[b], old_.nodes[c], old_.nodes[d]);
    const Vec3 &pa = positions_[a], &pb = positions_[b], &pc = positions_[c], &pd = positions_[d];
    const double size = std::max({(pa - pb).norm(), (pa - pc).norm(), (pa - pd).norm()});
    const bool cut = std::any_of(channels_.begin(), channels_.end(),
                                 [&](const Channel& channel) { return channel_distance(channel, pa) < size; });
    if (!cut) {
      mass += whole;
      continue;
    }
    int kept = 0, count = 0;
    for (int i = 0; i < n; ++i)
      for (int j = 0; i + j < n; ++j)
        for (int k = 0; i + j + k < n; ++k) {
          const double u = (i + 0.25) / n, v = (j + 0.25) / n, w = (k + 0.25) / n;
          kept += !in_a_channel(pa + u * (pb - pa) + v * (pc - pa) + w * (pd - pa));
          ++count;
        }
    mass += whole * kept / count;
  }
  return mass;
}

double DeformedBone::wall_in_bone(const Channel& channel) const {
  constexpr double spacing = 0.5; // mm
  double area = 0;
  for (const WallSample& s : channel_wall(channel, spacing))
    if (region(s.outside) != Region::outside) area += s.area;
  return area;
}

} // namespace kypho

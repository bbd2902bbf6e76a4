#include "core/base/errors.hpp"
#include "mesh/cavity_volume.hpp"
#include "mesh/cgal_mesh.hpp"
#include "mesh/channel_shape.hpp"
#include "mesh/facet_classes.hpp"
#include "mesh/mesh_checks.hpp"
#include "mesh/mesher.hpp"
#include "mesh/tet_locator.hpp"
#include "mesh/topology.hpp"
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace kypho {
namespace {

constexpr double seed_spacing = 4.0, seed_step = 0.5; // mm
constexpr double grid_step = 0.7;                     // of the volume estimate, mm
constexpr double mass_tolerance = 0.02;
constexpr double least_wall_fraction = 0.7; // of a channel's wall area that the mesh must show

std::vector<std::array<int, 3>> triangles_of(const TetMesh& mesh) {
  std::vector<std::array<int, 3>> triangles;
  for (const Facet& facet : mesh.facets) triangles.push_back(facet.nodes);
  return triangles;
}

template <class Weights, class Indices>
Vec3 blend(const std::vector<Vec3>& values, const Indices& indices, const Weights& weights) {
  Vec3 sum = Vec3::Zero();
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * values[indices[i]];
  return sum;
}

/// The deformed bone with its channels and cavities: what is where, and which piece of the old mesh it was.
class DeformedBone {
public:
  DeformedBone(const TetMesh& old, const std::vector<Vec3>& positions, const std::vector<Channel>& channels, bool fill,
               const Params& params)
      : old_(old), positions_(positions), channels_(channels), fill_(fill), locator_(positions, old.tets),
        boundary_(positions, triangles_of(old)), cavities_(old, positions),
        body_edge_(params.number("edge_length")), posterior_edge_(params.number("posterior_edge_length")),
        cavity_edge_(params.number("cavity_edge_length")), growth_(params.number("edge_growth")) {
    if (fill_) cavities_.make_table();
  }

  int label(const Vec3& p) const {
    for (const Channel& channel : channels_)
      if (channel_distance(channel, p) < 0) return static_cast<int>(Region::outside);
    if (const int tet = locator_.find(p); tet >= 0) return static_cast<int>(old_.region[tet]);
    const bool cement = fill_ && cavities_.in_body_part(p);
    return static_cast<int>(cement ? Region::cement : Region::outside);
  }

  double edge_length(const Vec3& p, int label) const {
    const double base = label == static_cast<int>(Region::posterior) ? posterior_edge_ : body_edge_;
    double distance = (base - cavity_edge_) / growth_;
    if (distance <= 0) return base;
    for (const Channel& channel : channels_) distance = std::min(distance, std::abs(channel_distance(channel, p)));
    if (!cavities_.empty()) {
      const TriangleTree::Nearest wall = cavities_.nearest_wall(p, distance);
      if (wall.triangle >= 0) distance = wall.distance;
    }
    return std::min(base, cavity_edge_ + growth_ * distance);
  }

  std::vector<std::pair<Vec3, Vec3>> seeds() const {
    std::vector<std::pair<Vec3, Vec3>> seeds;
    const auto add = [&](const Vec3& a, const Vec3& b) {
      if (label(a) != label(b)) seeds.emplace_back(a, b);
    };
    for (const Channel& channel : channels_)
      for (const WallSample& s : channel_wall(channel, cavity_edge_)) add(s.inside, s.outside);
    for (const Facet& facet : old_.facets) {
      if (facet.surface != Surface::cavity_left && facet.surface != Surface::cavity_right) continue;
      const auto [centroid, normal] = frame_of(facet.nodes, positions_);
      add(centroid - 0.15 * normal, centroid + 0.15 * normal);
    }
    const auto lines =
        label_changes([this](const Vec3& p) { return label(p); }, locator_.bounds(), seed_spacing, seed_step);
    seeds.insert(seeds.end(), lines.begin(), lines.end());
    return seeds;
  }

  static std::pair<Vec3, Vec3> frame_of(const std::array<int, 3>& nodes, const std::vector<Vec3>& positions) {
    const Vec3 &a = positions[nodes[0]], &b = positions[nodes[1]], &c = positions[nodes[2]];
    return {(a + b + c) / 3, (b - a).cross(c - a).normalized()};
  }

  /// Old tetrahedron of @p region at the centroid of a new one, else at other places inside it, else behind the nearest
  /// facet, else the nearest one; -1 if the old mesh has none of that region, or if @p region is newly filled cement.
  int source_of(const std::array<Vec3, 4>& corners, Region region) const {
    const Vec3 centre = (corners[0] + corners[1] + corners[2] + corners[3]) / 4;
    if (const int tet = locator_.find(centre); tet >= 0 && old_.region[tet] == region) return tet;
    for (const Vec3& corner : corners)
      if (const int tet = locator_.find(0.5 * (centre + corner)); tet >= 0 && old_.region[tet] == region) return tet;
    if (region == Region::cement) return -1;
    if (const int tet = old_.facets[boundary_.nearest(centre).triangle].tet; old_.region[tet] == region) return tet;
    return nearest_of_region(centre, region);
  }

  Vec3 intact_of(const Vec3& p) const {
    if (const int tet = locator_.find(p); tet >= 0)
      return blend(old_.intact, old_.tets[tet], locator_.coordinates(tet, p));
    // Outside the old bone: moved along with the nearest point of its surface.
    const TriangleTree::Nearest near = boundary_.nearest(p);
    return p - near.point + blend(old_.intact, old_.facets[near.triangle].nodes, near.weights);
  }

  /// Mineral density in the deformed state: old density / J.
  double bmd_of(int tet) const {
    const auto& [a, b, c, d] = old_.tets[tet];
    const double reference = tet_volume(old_.nodes[a], old_.nodes[b], old_.nodes[c], old_.nodes[d]);
    const double current = tet_volume(positions_[a], positions_[b], positions_[c], positions_[d]);
    return current > 0 ? old_.bmd[tet] * reference / current : old_.bmd[tet];
  }

  /// Density of a new tetrahedron: mean of samples of the same region inside it.
  double mean_bmd(const std::array<Vec3, 4>& corners, Region region, int source) const {
    const Vec3 centre = (corners[0] + corners[1] + corners[2] + corners[3]) / 4;
    double sum = bmd_of(source);
    int count = 1;
    for (const Vec3& corner : corners) {
      const int tet = locator_.find(0.5 * (centre + corner));
      if (tet < 0 || old_.region[tet] != region) continue;
      sum += bmd_of(tet);
      ++count;
    }
    return sum / count;
  }

  /// Class and old facet of a new boundary facet.
  std::pair<Surface, int> class_of(const Vec3& centroid) const {
    const TriangleTree::Nearest near = boundary_.nearest(centroid);
    double closest = near.distance;
    std::pair<Surface, int> result{old_.facets[near.triangle].surface, near.triangle};
    for (const Channel& channel : channels_)
      if (const double d = std::abs(channel_distance(channel, centroid)); d < closest) {
        closest = d;
        result = {channel.wall, -1};
      }
    return result;
  }

  /// Mineral mass outside the channels, mm3 mg/cm3.
  double mass() const;
  /// Wall area of @p channel that has bone behind it, mm2.
  double wall_in_bone(const Channel& channel) const {
    double area = 0;
    for (const WallSample& s : channel_wall(channel, 0.5))
      if (label(s.outside) != 0) area += s.area;
    return area;
  }
  const Box& bounds() const { return locator_.bounds(); }


private:
  int nearest_of_region(const Vec3& p, Region region) const {
    int best = -1;
    double closest = 1e300;
    for (std::size_t t = 0; t < old_.tets.size(); ++t) {
      if (old_.region[t] != region) continue;
      const double d = (blend(positions_, old_.tets[t], std::array<double, 4>{0.25, 0.25, 0.25, 0.25}) - p).squaredNorm();
      if (d < closest) {
        closest = d;
        best = static_cast<int>(t);
      }
    }
    return best;
  }
  const TetMesh& old_;
  const std::vector<Vec3>& positions_;
  const std::vector<Channel>& channels_;
  bool fill_;
  TetLocator locator_;
  TriangleTree boundary_;
  CavityVolume cavities_;
  double body_edge_, posterior_edge_, cavity_edge_, growth_;
};

double DeformedBone::mass() const {
  constexpr int n = 5; // barycentric lattice for tetrahedra that a channel may cut
  double mass = 0;
  for (std::size_t t = 0; t < old_.tets.size(); ++t) {
    const auto& [a, b, c, d] = old_.tets[t];
    const double whole = old_.bmd[t] * tet_volume(old_.nodes[a], old_.nodes[b], old_.nodes[c], old_.nodes[d]);
    const Vec3 &pa = positions_[a], &pb = positions_[b], &pc = positions_[c], &pd = positions_[d];
    const double size = std::max({(pa - pb).norm(), (pa - pc).norm(), (pa - pd).norm()});
    const bool cut = std::any_of(channels_.begin(), channels_.end(),
                                 [&](const Channel& ch) { return channel_distance(ch, pa) < size; });
    if (!cut) {
      mass += whole;
      continue;
    }
    int kept = 0, count = 0;
    for (int i = 0; i < n; ++i)
      for (int j = 0; i + j < n; ++j)
        for (int k = 0; i + j + k < n; ++k) {
          const double u = (i + 0.25) / n, v = (j + 0.25) / n, w = (k + 0.25) / n;
          const Vec3 p = pa + u * (pb - pa) + v * (pc - pa) + w * (pd - pa);
          kept += std::none_of(channels_.begin(), channels_.end(),
                               [&](const Channel& ch) { return channel_distance(ch, p) < 0; });
          ++count;
        }
    mass += whole * kept / count;
  }
  return mass;
}

void check_channels(const DeformedBone& bone, const std::vector<Channel>& channels, const TetMesh& mesh,
                    const std::vector<int>& facet_source) {
  for (const Channel& channel : channels) {
    double area = 0;
    for (std::size_t f = 0; f < mesh.facets.size(); ++f) {
      if (facet_source[f] >= 0 || mesh.facets[f].surface != channel.wall) continue;
      const auto& [a, b, c] = mesh.facets[f].nodes;
      area += 0.5 * (mesh.nodes[b] - mesh.nodes[a]).cross(mesh.nodes[c] - mesh.nodes[a]).norm();
    }
    const double wanted = bone.wall_in_bone(channel);
    if (area < least_wall_fraction * wanted)
      throw InputError(fmt::format("the mesh lost the channel of {}: {:.0f} of {:.0f} mm2 of its wall; use a smaller "
                                   "cavity_edge_length",
                                   name_of(channel.wall), area, wanted));
  }
}

void check_mass(const DeformedBone& bone, const TetMesh& mesh) {
  double mass = 0;
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    const auto& [a, b, c, d] = mesh.tets[t];
    mass += mesh.bmd[t] * tet_volume(mesh.nodes[a], mesh.nodes[b], mesh.nodes[c], mesh.nodes[d]);
  }
  const double before = bone.mass();
  if (std::abs(mass - before) > mass_tolerance * before)
    throw InputError(fmt::format("remeshing changed the bone's mineral mass by {:+.1f} %; use smaller edge lengths",
                                 100 * (mass - before) / before));
}

LabelledMesh make_mesh(const DeformedBone& bone) {
  LabelledSolid solid;
  solid.label = [&bone](const Vec3& p) { return bone.label(p); };
  solid.edge_length = [&bone](const Vec3& p, int label) { return bone.edge_length(p, label); };
  solid.bounds = bone.bounds();
  solid.seeds = bone.seeds();
  LabelledMesh mesh = mesh_labelled_solid(solid);
  make_manifold(mesh);
  return mesh;
}

void add_tets(const DeformedBone& bone, LabelledMesh&& labelled, Remeshed& result) {
  TetMesh& mesh = result.mesh;
  mesh.nodes = std::move(labelled.nodes);
  mesh.tets = std::move(labelled.tets);
  for (const Vec3& p : mesh.nodes) mesh.intact.push_back(bone.intact_of(p));
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    const auto region = static_cast<Region>(labelled.label[t]);
    std::array<Vec3, 4> corners;
    for (int i = 0; i < 4; ++i) corners[i] = mesh.nodes[mesh.tets[t][i]];
    const int source = bone.source_of(corners, region);
    mesh.region.push_back(region);
    result.tet_source.push_back(source);
    mesh.bmd.push_back(source < 0 ? 0.0 : bone.mean_bmd(corners, region, source));
  }
}

} // namespace

Remeshed remesh(const TetMesh& old, const std::vector<Vec3>& positions, const std::vector<Channel>& channels,
                bool fill_cavities, const Params& mesh_params) {
  const DeformedBone bone(old, positions, channels, fill_cavities, mesh_params);
  for (const Channel& channel : channels) {
    if (!(channel.radius > 0) || (channel.tip - channel.entry).norm() <= channel.radius)
      throw InputError(fmt::format("the channel of {} is shorter than its radius", name_of(channel.wall)));
    if (bone.wall_in_bone(channel) < channel.radius * channel.radius)
      throw InputError(fmt::format("the channel of {} does not meet the bone", name_of(channel.wall)));
  }
  Remeshed result;
  add_tets(bone, make_mesh(bone), result);
  for (const BoundaryFace& face : boundary_faces(result.mesh.tets)) {
    const auto [surface, source] = bone.class_of(DeformedBone::frame_of(face.nodes, result.mesh.nodes).first);
    const Surface fitting = source < 0 ? surface : fit_to_region(surface, result.mesh.region[face.tet]);
    result.mesh.facets.push_back({face.nodes, fitting, face.tet});
    result.facet_source.push_back(source);
  }
  smooth_classes(result.mesh.facets);
  check_mesh(result.mesh, grid_volumes([&bone](const Vec3& p) { return bone.label(p); }, bone.bounds(), grid_step));
  check_channels(bone, channels, result.mesh, result.facet_source);
  check_mass(bone, result.mesh);
  return result;
}

} // namespace kypho

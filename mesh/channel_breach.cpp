#include "mesh/channel_breach.hpp"
#include "core/fem/quadratic.hpp"
#include "mesh/tet_locator.hpp"
#include "mesh/triangle_tree.hpp"
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <set>

namespace kypho {
namespace {

constexpr double step = 0.25;                           // along the channel, mm
constexpr int generators = 36;                          // lines along the bore
constexpr double least_length = 0.5, least_depth = 0.1; // mm
constexpr double least_wall = 1.0;                      // towards the canal, mm
constexpr double facing = -0.5;                         // cosine of a surface that the instrument meets on its way in
constexpr std::size_t walls = 7;                        // of BreachedWall

std::vector<std::array<int, 3>> triangles_of(const TetMesh& mesh) {
  std::vector<std::array<int, 3>> triangles;
  for (const Facet& facet : mesh.facets) triangles.push_back(facet.nodes);
  return triangles;
}

/// A point beside the bone: the wall it came through, and how far it stands out.
struct Outside {
  BreachedWall wall;
  double depth;
  Vec3 normal; // of the wall, out of the bone
};

class Bone {
public:
  Bone(const TetMesh& mesh, const std::vector<Vec3>& positions)
      : mesh_(linear_parts(mesh)), positions_(positions), locator_(positions, mesh_.tets),
        surface_(positions, triangles_of(mesh_)) {}

  bool holds(const Vec3& p) const { return locator_.find(p) >= 0; }

  /// Nothing if @p p lies in the bone or in a cavity that is there already.
  std::optional<Outside> outside(const Vec3& p) const {
    if (holds(p)) return std::nullopt;
    const TriangleTree::Nearest near = surface_.nearest(p);
    const Facet& facet = mesh_.facets[near.triangle];
    if (is_cavity(facet)) return std::nullopt;
    const Vec3 normal = normal_of(facet);
    return Outside{wall_of(facet, normal, p), near.distance, normal};
  }

  /// Bone between @p p, inside, and the canal; nothing if it is thick enough.
  std::optional<double> thin_wall(const Vec3& p, const Vec3& axis, const Vec3& canal) const {
    const TriangleTree::Nearest near = surface_.nearest(p, least_wall);
    if (near.triangle < 0) return std::nullopt;
    const Facet& facet = mesh_.facets[near.triangle];
    const Vec3 normal = normal_of(facet);
    const bool medial = !is_cavity(facet) && wall_of(facet, normal, p) == BreachedWall::canal;
    if (!medial || normal.dot(axis) < facing || !sees_canal(near.point + least_depth * normal, canal))
      return std::nullopt;
    return near.distance;
  }

  /// Whether no bone lies between @p p and the middle of the canal beside it.
  bool sees_canal(const Vec3& p, const Vec3& canal) const {
    const Vec3 way = Vec3(canal.x(), canal.y(), p.z()) - p;
    const int pieces = static_cast<int>(way.norm() / step) + 1;
    for (int i = 1; i <= pieces; ++i)
      if (holds(p + i * way / pieces)) return false;
    return true;
  }

private:
  static bool is_cavity(const Facet& facet) {
    return facet.surface == Surface::cavity_left || facet.surface == Surface::cavity_right;
  }
  Vec3 normal_of(const Facet& facet) const {
    const Vec3 &a = positions_[facet.nodes[0]], &b = positions_[facet.nodes[1]], &c = positions_[facet.nodes[2]];
    return (b - a).cross(c - a).normalized();
  }
  BreachedWall wall_of(const Facet& facet, const Vec3& n, const Vec3& p) const {
    constexpr double steep = 0.7; // cosine to the long axis: rims of the endplates, roof and floor of the pedicle
    const bool in_arch = mesh_.region[facet.tet] == Region::posterior;
    if (facet.surface == Surface::upper_endplate) return BreachedWall::upper_endplate;
    if (facet.surface == Surface::lower_endplate) return BreachedWall::lower_endplate;
    if (n.z() > steep) return in_arch ? BreachedWall::above_pedicle : BreachedWall::upper_endplate;
    if (n.z() < -steep) return in_arch ? BreachedWall::below_pedicle : BreachedWall::lower_endplate;
    if (n.y() * p.y() < 0) return BreachedWall::canal; // no other wall faces the midline
    if (!in_arch && n.x() < -std::abs(n.y())) return BreachedWall::canal;
    return !in_arch && n.x() > std::abs(n.y()) ? BreachedWall::anterior : BreachedWall::lateral;
  }

  const TetMesh mesh_;
  const std::vector<Vec3>& positions_;
  TetLocator locator_;
  TriangleTree surface_;
};

/// Points of the bore, along its shaft and over its round tip.
struct Bore {
  explicit Bore(const Channel& c)
      : channel(c), length((c.tip - c.entry).norm()), axis((c.tip - c.entry) / length), u(axis.unitOrthogonal()),
        v(axis.cross(u)) {}
  double along(const Vec3& p) const { return axis.dot(p - channel.entry); }
  /// @param way along the generator, mm; up to end()
  Vec3 point(int generator, double way) const {
    const double angle = 2 * std::numbers::pi * generator / generators, r = channel.radius, shaft = length - r;
    const Vec3 out = std::cos(angle) * u + std::sin(angle) * v;
    if (way <= shaft) return channel.entry + way * axis + r * out;
    const double polar = (way - shaft) / r;
    return channel.entry + (shaft + r * std::sin(polar)) * axis + r * std::cos(polar) * out;
  }
  double end() const { return length + (0.5 * std::numbers::pi - 1) * channel.radius; }

  const Channel& channel;
  double length;
  Vec3 axis, u, v;
};

} // namespace

std::vector<ChannelBreach> find_breaches(const TetMesh& mesh, const std::vector<Vec3>& positions,
                                         const Channel& channel, const Vec3& isthmus, const Vec3& canal) {
  const Bone bone(mesh, positions);
  const Bore bore(channel);
  const double narrow = bore.along(isthmus);
  double start = narrow;
  while (start > step && bone.holds(channel.entry + (start - step) * bore.axis)) start -= step;

  std::array<std::set<int>, walls> open; // pieces of the channel, one step long
  std::array<double, walls> depth{};
  std::set<int> thin; // pieces with little bone towards the canal
  double thinnest = least_wall;
  for (int g = 0; g < generators; ++g) {
    bool entered = false;
    for (double way = start; way <= bore.end(); way += step) {
      const Vec3 p = bore.point(g, way);
      const auto out = bone.outside(p);
      if (!out) {
        entered = true;
        if (const auto wall = bone.thin_wall(p, bore.axis, canal)) {
          thin.insert(static_cast<int>(bore.along(p) / step));
          thinnest = std::min(thinnest, *wall);
        }
        continue;
      }
      if (way < narrow) { // air here may be the way in
        const bool before_bone = !entered && out->normal.dot(bore.axis) < facing;
        const bool medial = out->wall == BreachedWall::canal;
        if (medial ? before_bone || !bone.sees_canal(p, canal) : !entered) continue;
      }
      const auto w = static_cast<std::size_t>(out->wall);
      open[w].insert(static_cast<int>(bore.along(p) / step));
      depth[w] = std::max(depth[w], out->depth);
    }
  }
  std::vector<ChannelBreach> found;
  for (std::size_t w = 0; w < walls; ++w)
    if (const double length = step * static_cast<double>(open[w].size());
        length >= least_length && depth[w] >= least_depth)
      found.push_back({static_cast<BreachedWall>(w), length, depth[w]});
  const bool opened = !found.empty() && found.front().wall == BreachedWall::canal;
  if (const double length = step * static_cast<double>(thin.size()); !opened && length >= least_length)
    found.insert(found.begin(), {BreachedWall::canal, length, -thinnest});
  return found;
}

} // namespace kypho

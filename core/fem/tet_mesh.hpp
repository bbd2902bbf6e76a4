#pragma once
// The mesh of one vertebra: tetrahedra with region and density, boundary facets with the surface they lie on.
#include "core/base/archive.hpp"

namespace kypho {

/// What a tetrahedron is made of.
enum class Region : std::uint8_t {
  outside = 0,
  body = 1,      ///< trabecular bone of the vertebral body
  posterior = 2, ///< pedicles, arch, processes
  cement = 3,    ///< PMMA that fills a cavity
  composite = 4  ///< trabecular bone permeated by PMMA
};

/// What a boundary facet lies on.
enum class Surface : std::uint8_t {
  cortex = 1, ///< lateral wall of the body, canal wall included
  upper_endplate = 2,
  lower_endplate = 3,
  posterior_cortex = 4, ///< outer surface of pedicles and arch
  cavity_left = 5,      ///< wall of the channel or cavity entered through the left pedicle
  cavity_right = 6
};

const char* name_of(Region region);
const char* name_of(Surface surface);

struct Facet {
  std::array<int, 3> nodes; ///< counter-clockwise seen from outside the solid
  Surface surface;
  int tet; ///< the tetrahedron behind it
  KYPHO_STATE(nodes, surface, tet)
};

/// Plain data; no behaviour beyond what the numbers say.
struct TetMesh {
  std::vector<Vec3> nodes;              ///< reference positions, mm
  std::vector<Vec3> intact;             ///< where the same material point lay in the intact vertebra, mm
  std::vector<std::array<int, 4>> tets; ///< positive orientation: det(b-a, c-a, d-a) > 0
  std::vector<std::array<int, 6>> mids; ///< nodes in the middle of edges 01, 12, 20, 03, 13, 23; empty: linear
  std::vector<Region> region;           ///< per tetrahedron
  std::vector<double> bmd;              ///< per tetrahedron, mineral density mg/cm3 in the reference state
  std::vector<Facet> facets;            ///< outer boundary and cavity walls
  KYPHO_STATE(nodes, intact, tets, mids, region, bmd, facets)
};

/// Signed volume, mm3.
double tet_volume(const Vec3& a, const Vec3& b, const Vec3& c, const Vec3& d);
/// Volume of one region in the reference state, mm3.
double region_volume(const TetMesh& mesh, Region region);
/// 3 * (inradius / circumradius): 1 for the regular tetrahedron, 0 for a flat one.
double radius_ratio(const Vec3& a, const Vec3& b, const Vec3& c, const Vec3& d);

} // namespace kypho

#include "core/base/errors.hpp"
#include "mesh/cavity_volume.hpp"
#include "mesh/channel_shape.hpp"
#include "mesh/mesh_checks.hpp"
#include "mesh/topology.hpp"
#include "mesh/triangle_tree.hpp"
#include "mesh_probe.hpp"
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numbers>

namespace kypho {
namespace {

using test::mesh_params;
using test::vertebra;

constexpr double radius = 2.1;

const Anatomy& l1() {
  static const auto anatomy = make_anatomy(vertebra("L1"));
  return *anatomy;
}
const Params& params() {
  static const Params value = mesh_params(3, 3, 1.1);
  return value;
}
const TetMesh& intact_mesh() {
  static const TetMesh mesh = mesh_anatomy(l1(), params());
  return mesh;
}
Channel channel(const PedicleLandmarks& pedicle, Surface wall) {
  return {wall, pedicle.entry - 5 * pedicle.axis, pedicle.isthmus + 28 * pedicle.axis, radius};
}
const std::vector<Channel>& channels() {
  static const std::vector<Channel> both{channel(l1().landmarks().left, Surface::cavity_left),
                                         channel(l1().landmarks().right, Surface::cavity_right)};
  return both;
}
const Remeshed& drilled() {
  static const Remeshed value = remesh(intact_mesh(), intact_mesh().nodes, channels(), false, params());
  return value;
}

/// Pushes the walls of both channels outwards near their tips: s^2 -> s^2 + q s^2 / (s^2 + 9) with q fading away.
std::vector<Vec3> inflated(const std::vector<Vec3>& nodes) {
  std::vector<Vec3> positions = nodes;
  for (Vec3& p : positions)
    for (const Channel& c : channels()) {
      const Vec3 axis = (c.tip - c.entry).normalized();
      const double t = axis.dot(p - c.tip) + 9;
      const Vec3 out = p - c.tip - axis.dot(p - c.tip) * axis;
      const double s2 = out.squaredNorm();
      if (s2 == 0) continue;
      const double q = 45 * std::exp(-t * t / 64) * std::exp(-s2 / 144);
      p += out * (std::sqrt(1 + q / (s2 + 9)) - 1);
    }
  return positions;
}
const Remeshed& lifted() {
  static const Remeshed value = remesh(drilled().mesh, inflated(drilled().mesh.nodes), {}, false, params());
  return value;
}
const Remeshed& filled() {
  static const Remeshed value = remesh(lifted().mesh, lifted().mesh.nodes, {}, true, params());
  return value;
}

void expect_sound(const TetMesh& mesh) {
  EXPECT_GT(test::smallest_tet_volume(mesh), 0);
  EXPECT_GT(worst_radius_ratio(mesh), 0.02);
  EXPECT_EQ(count_bad_edges(boundary_faces(mesh.tets)), 0);
  EXPECT_NEAR(test::enclosed_volume(mesh), test::total_volume(mesh), 1e-9 * test::total_volume(mesh));
}

/// Distance of the boundary node farthest from the old surface; nodes on new walls do not count.
double farthest_outer_node(const Remeshed& r, const TetMesh& old, const std::vector<Vec3>& positions,
                           const std::vector<Channel>& new_channels) {
  std::vector<std::array<int, 3>> triangles;
  for (const Facet& facet : old.facets) triangles.push_back(facet.nodes);
  const TriangleTree surface(positions, triangles);
  double farthest = 0;
  for (const Facet& facet : r.mesh.facets)
    for (const int n : facet.nodes) {
      double distance = surface.nearest(r.mesh.nodes[n]).distance;
      for (const Channel& c : new_channels)
        distance = std::min(distance, std::abs(channel_distance(c, r.mesh.nodes[n])));
      farthest = std::max(farthest, distance);
    }
  return farthest;
}

TEST(Remesh, thin_channels_are_drilled_and_their_walls_known) {
  const TetMesh& mesh = drilled().mesh;
  expect_sound(mesh);
  for (std::size_t t = 0; t < mesh.tets.size(); ++t)
    for (const Channel& c : channels()) EXPECT_GT(channel_distance(c, test::centroid(mesh, t)), -0.2);
  for (const Surface side : {Surface::cavity_left, Surface::cavity_right}) {
    const PedicleLandmarks& p = side == Surface::cavity_left ? l1().landmarks().left : l1().landmarks().right;
    const double shaft = (p.isthmus + 28 * p.axis - p.entry).norm() - radius;
    const double wall = 2 * std::numbers::pi * radius * (shaft + radius);
    EXPECT_NEAR(test::area_of(mesh, side), wall, 0.06 * wall);
    const double drilled_volume = std::numbers::pi * radius * radius * (shaft + 2.0 / 3.0 * radius);
    // Both outer surfaces are polyhedra of 3 mm: their difference is part of the tolerance.
    EXPECT_NEAR(0.5 * (test::total_volume(intact_mesh()) - test::total_volume(mesh)), drilled_volume,
                0.2 * drilled_volume);
  }
}

TEST(Remesh, new_walls_have_no_source_and_old_facets_keep_their_class) {
  const Remeshed& r = drilled();
  ASSERT_EQ(r.facet_source.size(), r.mesh.facets.size());
  for (std::size_t f = 0; f < r.mesh.facets.size(); ++f) {
    const Facet& facet = r.mesh.facets[f];
    const bool wall = facet.surface >= Surface::cavity_left;
    EXPECT_EQ(wall, r.facet_source[f] < 0);
    if (wall) {
      EXPECT_EQ(facet.surface == Surface::cavity_left, test::centroid(r.mesh, facet).y() > 0);
    } else {
      EXPECT_EQ(facet.surface == Surface::posterior_cortex, r.mesh.region[facet.tet] == Region::posterior);
    }
  }
  for (const Surface side : {Surface::upper_endplate, Surface::lower_endplate}) {
    const double before = test::area_of(intact_mesh(), side);
    EXPECT_NEAR(test::area_of(r.mesh, side), before, 0.05 * before);
  }
}

TEST(Remesh, the_outer_surface_stays_where_it_is) {
  EXPECT_LT(farthest_outer_node(drilled(), intact_mesh(), intact_mesh().nodes, channels()), 0.1);
  EXPECT_LT(farthest_outer_node(lifted(), drilled().mesh, inflated(drilled().mesh.nodes), {}), 0.1);
}

TEST(Remesh, an_affine_deformation_is_carried_over_exactly) {
  Mat3 stretch;
  stretch << 1.05, 0.03, 0, -0.02, 0.98, 0.04, 0.01, 0, 0.85;
  std::vector<Vec3> positions;
  for (const Vec3& p : intact_mesh().nodes) positions.push_back(stretch * p + Vec3(1, 2, 3));
  TetMesh uniform = intact_mesh();
  std::fill(uniform.bmd.begin(), uniform.bmd.end(), 90.0);
  const Remeshed r = remesh(uniform, positions, {}, false, params());
  const Mat3 back = stretch.inverse();
  // Surface nodes may lie outside the old mesh by the mesher's tolerance; they move along with its surface.
  for (std::size_t n = 0; n < r.mesh.nodes.size(); ++n)
    EXPECT_LT((r.mesh.intact[n] - back * (r.mesh.nodes[n] - Vec3(1, 2, 3))).norm(), 5e-3);
  for (const double bmd : r.mesh.bmd) EXPECT_NEAR(bmd, 90 / stretch.determinant(), 1e-9);
  EXPECT_NEAR(test::mineral_mass(r.mesh), test::mineral_mass(uniform), 0.01 * test::mineral_mass(uniform));
}

TEST(Remesh, sources_have_the_region_of_the_new_tetrahedron_and_hold_its_density) {
  const Remeshed& r = lifted();
  ASSERT_EQ(r.tet_source.size(), r.mesh.tets.size());
  for (std::size_t t = 0; t < r.mesh.tets.size(); ++t) {
    ASSERT_GE(r.tet_source[t], 0);
    EXPECT_EQ(drilled().mesh.region[r.tet_source[t]], r.mesh.region[t]);
  }
  EXPECT_NEAR(test::mineral_mass(r.mesh), test::mineral_mass(drilled().mesh), 0.02 * test::mineral_mass(r.mesh));
}

TEST(Remesh, an_inflated_cavity_keeps_its_volume_and_its_side) {
  const TetMesh& old = drilled().mesh;
  TetMesh deformed = old;
  deformed.nodes = inflated(old.nodes);
  ASSERT_GT(test::smallest_tet_volume(deformed), 0) << "the test's own deformation must be physical";
  const TetMesh& mesh = lifted().mesh;
  expect_sound(mesh);
  // Facets of 3 mm on walls of radius 20 mm cut off e^2 / (12 R) times the area: half a per cent.
  EXPECT_NEAR(test::total_volume(mesh), test::total_volume(deformed), 0.01 * test::total_volume(deformed));
  for (const Surface side : {Surface::cavity_left, Surface::cavity_right})
    EXPECT_NEAR(test::area_of(mesh, side), test::area_of(deformed, side), 0.06 * test::area_of(deformed, side));
  // The intact place of a material point is far from where the wall now is, and near where the channel was drilled.
  double most = 0;
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) most = std::max(most, (mesh.nodes[n] - mesh.intact[n]).norm());
  EXPECT_GT(most, 1.5);
}

TEST(Remesh, cement_fills_the_cavities_in_the_body_and_leaves_the_pedicles_empty) {
  const Remeshed& r = filled();
  expect_sound(r.mesh);
  const CavityVolume cavity(lifted().mesh, lifted().mesh.nodes);
  double expected = 0;
  constexpr double step = 0.35;
  const Box box = l1().bounds();
  for (double x = box.lower.x(); x < box.upper.x(); x += step)
    for (double y = box.lower.y(); y < box.upper.y(); y += step)
      for (double z = box.lower.z(); z < box.upper.z(); z += step)
        if (cavity.inside({x, y, z}) && cavity.beside_body({x, y, z})) expected += step * step * step;
  EXPECT_GT(expected, 800);
  EXPECT_NEAR(region_volume(r.mesh, Region::cement), expected, 0.04 * expected);
  EXPECT_NEAR(region_volume(r.mesh, Region::body), region_volume(lifted().mesh, Region::body),
              0.01 * region_volume(lifted().mesh, Region::body));
  const PedicleLandmarks& left = l1().landmarks().left;
  for (std::size_t t = 0; t < r.mesh.tets.size(); ++t) {
    const bool cement = r.mesh.region[t] == Region::cement;
    EXPECT_EQ(cement, r.tet_source[t] < 0);
    if (!cement) continue;
    EXPECT_EQ(r.mesh.bmd[t], 0);
    EXPECT_GT(test::centroid(r.mesh, t).x(), left.isthmus.x());
  }
  EXPECT_GT(test::area_of(r.mesh, Surface::cavity_left), 100) << "the channel in the pedicle stays";
}

TEST(Remesh, cement_stays_cement_when_meshed_again) {
  const Remeshed again = remesh(filled().mesh, filled().mesh.nodes, {}, false, params());
  const double before = region_volume(filled().mesh, Region::cement);
  EXPECT_NEAR(region_volume(again.mesh, Region::cement), before, 0.05 * before);
  for (std::size_t t = 0; t < again.mesh.tets.size(); ++t) ASSERT_GE(again.tet_source[t], 0);
}

// Recoil may close a cavity: slits are filled as far as they are open, films vanish without an error.
TEST(Remesh, a_cavity_squeezed_to_a_slit_is_filled_and_a_closed_one_is_no_error) {
  const double middle = channels()[0].entry.z(), reach = radius + 0.3;
  for (const double squeeze : {0.3, 0.03}) {
    std::vector<Vec3> positions = drilled().mesh.nodes;
    for (Vec3& p : positions) {
      const double d = p.z() - middle, near = std::min(std::abs(d), reach);
      p.z() = middle + std::copysign(squeeze * near + std::abs(d) - near, d);
    }
    const Remeshed r = remesh(drilled().mesh, positions, {}, true, params());
    expect_sound(r.mesh);
    const double open = squeeze * std::numbers::pi * radius * radius * 2 * 15; // 15 mm of each channel, or more
    const double cement = region_volume(r.mesh, Region::cement);
    EXPECT_GT(cement, squeeze > 0.1 ? 0.8 * open : -1.0);
    EXPECT_LT(cement, 2 * open);
  }
}

TEST(Remesh, two_channels_that_cross_become_one_cavity_full_of_cement) {
  std::vector<Channel> crossing = channels();
  for (Channel& c : crossing) c.tip = Vec3(4, c.entry.y() > 0 ? -3 : 3, c.entry.z());
  const Remeshed open = remesh(intact_mesh(), intact_mesh().nodes, crossing, false, params());
  expect_sound(open.mesh);
  const Remeshed full = remesh(open.mesh, open.mesh.nodes, {}, true, params());
  expect_sound(full.mesh);
  EXPECT_NEAR(region_volume(full.mesh, Region::cement) + region_volume(full.mesh, Region::body),
              region_volume(intact_mesh(), Region::body), 0.01 * region_volume(intact_mesh(), Region::body));
}

TEST(Remesh, the_same_input_gives_the_same_bits_twice) {
  const Remeshed again = remesh(intact_mesh(), intact_mesh().nodes, channels(), false, params());
  EXPECT_TRUE(test::same_bits(again.mesh, drilled().mesh));
  EXPECT_EQ(again.tet_source, drilled().tet_source);
  EXPECT_EQ(again.facet_source, drilled().facet_source);
}

TEST(Remesh, a_channel_beside_the_bone_is_refused) {
  Channel beside = channels()[0];
  beside.entry.z() += 60;
  beside.tip.z() += 60;
  try {
    remesh(intact_mesh(), intact_mesh().nodes, {beside}, false, params());
    FAIL() << "a channel in the air was accepted";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("does not meet the bone"));
  }
}

TEST(Remesh, a_channel_shorter_than_its_radius_is_refused) {
  Channel stub = channels()[0];
  stub.tip = stub.entry + Vec3(1, 0, 0);
  EXPECT_THROW(remesh(intact_mesh(), intact_mesh().nodes, {stub}, false, params()), InputError);
}

} // namespace
} // namespace kypho

#include "mesh/channel_breach.hpp"
#include "mesh/topology.hpp"
#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numbers>

namespace kypho {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

constexpr double radius = 1.9;
// A point of the bore is met every ten degrees, a piece of the channel every quarter mm, at both ends of a window.
constexpr double depth_tolerance = radius * 0.004, length_tolerance = 0.5;

/// The block [0,40] x [5,20] x [-10,10], left of the midline, its top and bottom endplates if it is a body.
TetMesh block(Region region) {
  TetMesh mesh;
  for (int corner = 0; corner < 8; ++corner)
    mesh.nodes.emplace_back(corner & 1 ? 40 : 0, corner & 2 ? 20 : 5, corner & 4 ? 10 : -10);
  mesh.intact = mesh.nodes;
  // Six tetrahedra around the diagonal from corner 0 to corner 7 (Kuhn).
  mesh.tets = {{0, 1, 3, 7}, {0, 3, 2, 7}, {0, 2, 6, 7}, {0, 6, 4, 7}, {0, 4, 5, 7}, {0, 5, 1, 7}};
  mesh.region.assign(6, region);
  mesh.bmd.assign(6, 100);
  for (const BoundaryFace& face : boundary_faces(mesh.tets)) {
    double z = 0;
    for (const int n : face.nodes) z += mesh.nodes[n].z() / 3;
    Surface surface = region == Region::body ? Surface::cortex : Surface::posterior_cortex;
    if (region == Region::body && z == 10) surface = Surface::upper_endplate;
    if (region == Region::body && z == -10) surface = Surface::lower_endplate;
    mesh.facets.push_back({face.nodes, surface, face.tet});
  }
  return mesh;
}

Channel straight(double y, double z, double tip = 30) {
  return {Surface::cavity_left, Vec3(-5, y, z), Vec3(tip, y, z), radius};
}

const Vec3 canal(10, 0, 0);

std::vector<ChannelBreach> breaches(const TetMesh& mesh, const Channel& channel) {
  const Vec3 axis = (channel.tip - channel.entry).normalized();
  return find_breaches(mesh, mesh.nodes, channel, channel.entry + 15 * axis, canal);
}

auto through(BreachedWall wall) { return ElementsAre(Field(&ChannelBreach::wall, wall)); }

TEST(ChannelBreach, a_channel_inside_the_bone_breaks_through_nothing) {
  EXPECT_THAT(breaches(block(Region::body), straight(12, 0)), IsEmpty());
}

TEST(ChannelBreach, its_length_and_depth_are_those_of_the_window) {
  const auto found = breaches(block(Region::posterior), straight(6, 0));
  ASSERT_THAT(found, through(BreachedWall::canal));
  EXPECT_NEAR(found[0].depth, radius - 1, depth_tolerance);
  // From the entry at x = 0 to where the round tip is less than 1 mm wide.
  EXPECT_NEAR(found[0].length, 30 - radius + std::sqrt(radius * radius - 1), length_tolerance);
}

TEST(ChannelBreach, a_thin_wall_towards_the_canal_is_told_with_the_bone_that_is_left) {
  const auto found = breaches(block(Region::posterior), straight(5 + radius + 0.7, 0));
  ASSERT_THAT(found, through(BreachedWall::canal));
  EXPECT_NEAR(found[0].depth, -0.7, depth_tolerance);
  EXPECT_THAT(breaches(block(Region::posterior), straight(5 + radius + 1.1, 0)), IsEmpty());
}

TEST(ChannelBreach, every_wall_has_its_name) {
  const TetMesh body = block(Region::body), arch = block(Region::posterior);
  EXPECT_THAT(breaches(body, straight(6, 0)), through(BreachedWall::canal));
  EXPECT_THAT(breaches(body, straight(19, 0)), through(BreachedWall::lateral));
  EXPECT_THAT(breaches(arch, straight(19, 0)), through(BreachedWall::lateral));
  EXPECT_THAT(breaches(body, straight(12, 9)), through(BreachedWall::upper_endplate));
  EXPECT_THAT(breaches(body, straight(12, -9)), through(BreachedWall::lower_endplate));
  EXPECT_THAT(breaches(arch, straight(12, 9)), through(BreachedWall::above_pedicle));
  EXPECT_THAT(breaches(arch, straight(12, -9)), through(BreachedWall::below_pedicle));
  EXPECT_THAT(breaches(body, straight(12, 0, 42)), through(BreachedWall::anterior));
}

TEST(ChannelBreach, the_right_side_mirrors_the_left) {
  TetMesh mesh = block(Region::body);
  for (Vec3& p : mesh.nodes) p = Vec3(p.x(), p.y() - 25, p.z()); // [-20,-5]
  const Channel medial{Surface::cavity_right, Vec3(-5, -6, 0), Vec3(30, -6, 0), radius};
  const Channel lateral{Surface::cavity_right, Vec3(-5, -19, 0), Vec3(30, -19, 0), radius};
  EXPECT_THAT(breaches(mesh, medial), through(BreachedWall::canal));
  EXPECT_THAT(breaches(mesh, lateral), through(BreachedWall::lateral));
}

TEST(ChannelBreach, an_oblique_way_in_is_no_breach) {
  const double slope = std::numbers::pi / 5;
  const Vec3 axis(std::cos(slope), std::sin(slope), 0), target(15, 15, 0); // past the edge between back and medial wall
  const Channel channel{Surface::cavity_left, target - 25 * axis, target, radius};
  const TetMesh arch = block(Region::posterior);
  EXPECT_THAT(find_breaches(arch, arch.nodes, channel, target - 8 * axis, canal), IsEmpty());
}

TEST(ChannelBreach, the_deformed_shape_counts) {
  const TetMesh mesh = block(Region::body);
  std::vector<Vec3> crushed = mesh.nodes;
  for (Vec3& p : crushed)
    if (p.x() > 20 && p.z() > 0) p.z() = 1; // the upper endplate falls forward to 1 mm
  const Channel channel = straight(12, 2.1);
  EXPECT_THAT(breaches(mesh, channel), IsEmpty());
  const auto found = find_breaches(mesh, crushed, channel, Vec3(10, 12, 2.1), canal);
  ASSERT_THAT(found, through(BreachedWall::upper_endplate));
  // The plate z = 10 - 0.225 x meets the top of the bore, z = 4, at 26.7 and its round tip at 29.6.
  EXPECT_NEAR(found[0].length, 2.9, length_tolerance);
}

TEST(ChannelBreach, a_cavity_that_is_there_already_is_no_breach) {
  TetMesh mesh = block(Region::body);
  for (Facet& facet : mesh.facets) facet.surface = Surface::cavity_left;
  EXPECT_THAT(breaches(mesh, straight(6, 0)), IsEmpty());
}

} // namespace
} // namespace kypho

#include "scenarios/stages/aim.hpp"

#include <gtest/gtest.h>

namespace kypho {
namespace {

/// Boundary of one tetrahedron with corners at the origin and on the axes at 3 mm.
TetMesh corner() {
  TetMesh mesh;
  mesh.nodes = {Vec3(0, 0, 0), Vec3(3, 0, 0), Vec3(0, 3, 0), Vec3(0, 0, 3)};
  mesh.intact = mesh.nodes;
  mesh.tets = {{0, 1, 2, 3}};
  mesh.region = {Region::body};
  mesh.bmd = {100};
  for (const auto& n : {std::array{0, 2, 1}, std::array{0, 1, 3}, std::array{0, 3, 2}, std::array{1, 2, 3}})
    mesh.facets.push_back({n, Surface::cortex, 0});
  return mesh;
}

TEST(crossings_of_a_line, are_where_it_enters_and_leaves_the_bone) {
  const TetMesh mesh = corner();
  const std::vector<double> s = crossings(mesh, mesh.nodes, Vec3(-1, 0.5, 0.5), Vec3::UnitX());
  ASSERT_EQ(s.size(), 2u);
  EXPECT_NEAR(s[0], 1, 1e-12); // x = 0
  EXPECT_NEAR(s[1], 3, 1e-12); // x = 2, on x + y + z = 3
}

TEST(crossings_of_a_line, follow_the_deformed_shape) {
  const TetMesh mesh = corner();
  std::vector<Vec3> x = mesh.nodes;
  for (Vec3& p : x) p *= 2;
  const std::vector<double> s = crossings(mesh, x, Vec3(-1, 0.5, 0.5), Vec3::UnitX());
  ASSERT_EQ(s.size(), 2u);
  EXPECT_NEAR(s[1], 6, 1e-12);
}

TEST(crossings_of_a_line, are_none_beside_the_bone) {
  const TetMesh mesh = corner();
  EXPECT_TRUE(crossings(mesh, mesh.nodes, Vec3(-1, 5, 5), Vec3::UnitX()).empty());
}

TEST(crossings_of_a_line, behind_its_start_have_negative_distances) {
  const TetMesh mesh = corner();
  const std::vector<double> s = crossings(mesh, mesh.nodes, Vec3(1, 0.5, 0.5), Vec3::UnitX());
  ASSERT_EQ(s.size(), 2u);
  EXPECT_NEAR(s[0], -1, 1e-12);
  EXPECT_NEAR(s[1], 1, 1e-12);
}

} // namespace
} // namespace kypho

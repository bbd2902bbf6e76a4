#include "core/fem/tet_mesh.hpp"
#include <cmath>
#include <gtest/gtest.h>

namespace kypho {
namespace {

const Vec3 o(0, 0, 0), x(1, 0, 0), y(0, 1, 0), z(0, 0, 1);

TEST(TetMesh, volume_of_the_unit_corner_is_one_sixth_and_changes_sign_with_orientation) {
  EXPECT_DOUBLE_EQ(tet_volume(o, x, y, z), 1.0 / 6.0);
  EXPECT_DOUBLE_EQ(tet_volume(o, y, x, z), -1.0 / 6.0);
}

TEST(TetMesh, radius_ratio_is_one_for_the_regular_tetrahedron_of_any_size) {
  const Vec3 a(1, 1, 1), b(1, -1, -1), c(-1, 1, -1), d(-1, -1, 1);
  EXPECT_NEAR(radius_ratio(a, b, c, d), 1, 1e-14);
  EXPECT_NEAR(radius_ratio(1e-3 * a, 1e-3 * b, 1e-3 * c, 1e-3 * d), 1, 1e-14);
}

// Unit corner: inradius 1 / (3 + sqrt 3), circumradius sqrt(3) / 2.
TEST(TetMesh, radius_ratio_of_the_unit_corner_is_the_analytic_one) {
  EXPECT_NEAR(radius_ratio(o, x, y, z), 3 * (1 / (3 + std::sqrt(3.0))) / (std::sqrt(3.0) / 2), 1e-14);
}

TEST(TetMesh, radius_ratio_of_a_flat_tetrahedron_is_zero) {
  EXPECT_NEAR(radius_ratio(o, x, y, Vec3(1, 1, 0)), 0, 1e-12);
  EXPECT_EQ(radius_ratio(o, o, o, o), 0);
}

TEST(TetMesh, region_volume_counts_only_the_asked_region) {
  TetMesh mesh;
  mesh.nodes = {o, x, y, z, Vec3(1, 1, 1)};
  mesh.tets = {{0, 1, 2, 3}, {1, 2, 3, 4}};
  mesh.region = {Region::body, Region::cement};
  EXPECT_DOUBLE_EQ(region_volume(mesh, Region::body), 1.0 / 6.0);
  EXPECT_DOUBLE_EQ(region_volume(mesh, Region::posterior), 0);
}

} // namespace
} // namespace kypho

#include "core/fem/quadratic.hpp"
#include "scenarios/stages/loading.hpp"
#include "tests/core/fem/random_fields.hpp"
#include <Eigen/Geometry>
#include <Eigen/LU>
#include <gtest/gtest.h>

namespace kypho {
namespace {

TEST(loading, a_body_without_platens_is_held_at_corners_of_elements_and_against_every_rigid_motion) {
  const TetMesh linear = testing_meshes::distorted_block(2);
  // The ends of a body whose faces bend are middles of edges.
  const TetMesh mesh =
      quadratic(linear, [](const Vec3& middle, int, int) { return Vec3(1.2 * middle - Vec3::Ones()); });
  const std::vector<int> held = anchors(mesh);
  Eigen::Matrix<double, 6, 6> rigid; // what each motion does at each unknown held
  for (int k = 0; k < 6; ++k) {
    ASSERT_LT(held[k] / 3, static_cast<int>(linear.nodes.size()));
    const Vec3 x = mesh.nodes[held[k] / 3];
    Eigen::Matrix<double, 3, 6> motions;
    motions << Mat3::Identity(), Vec3::UnitX().cross(x), Vec3::UnitY().cross(x), Vec3::UnitZ().cross(x);
    rigid.row(k) = motions.row(held[k] % 3);
  }
  EXPECT_GT(std::abs(rigid.determinant()), 1);
}

} // namespace
} // namespace kypho

// A block with a square hole through it: gaps, torn walls and pressed bone are known.
#include "scenarios/stages/wall_watch.hpp"

#include "core/materials/catalog.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/materials/point_driver.hpp"

#include <gtest/gtest.h>

namespace kypho {
namespace {

constexpr double side = 20; // mm; cells of 2 mm, a hole of 4 mm along X in the middle of Y and Z

/// Walls on the outside by where they face, the hole's walls as cavity_left.
TetMesh holed_block() {
  TetMesh solid = testing_meshes::box_mesh(
      10, 10, 10, [](int i, int j, int k) { return Vec3(2.0 * i - side / 2, 2.0 * j - side / 2, 2.0 * k - side / 2); });
  TetMesh mesh = solid;
  mesh.tets.clear();
  mesh.region.clear();
  mesh.bmd.clear();
  mesh.facets.clear();
  std::map<std::array<int, 3>, std::array<int, 3>> open; // sorted corners -> oriented ones
  for (const auto& t : solid.tets) {
    const Vec3 c = (solid.nodes[t[0]] + solid.nodes[t[1]] + solid.nodes[t[2]] + solid.nodes[t[3]]) / 4;
    if (std::abs(c.y()) < 2 && std::abs(c.z()) < 2) continue;
    mesh.tets.push_back(t);
    mesh.region.push_back(Region::body);
    mesh.bmd.push_back(100);
    for (const auto& f : {std::array{0, 2, 1}, std::array{0, 1, 3}, std::array{0, 3, 2}, std::array{1, 2, 3}}) {
      const std::array<int, 3> n{t[f[0]], t[f[1]], t[f[2]]};
      std::array<int, 3> key = n;
      std::sort(key.begin(), key.end());
      if (!open.emplace(key, n).second) open.erase(key);
    }
  }
  for (const auto& [key, n] : open) {
    const Vec3 c = (mesh.nodes[n[0]] + mesh.nodes[n[1]] + mesh.nodes[n[2]]) / 3;
    Surface surface = Surface::cavity_left;
    if (c.z() > side / 2 - 1e-9)
      surface = Surface::upper_endplate;
    else if (c.z() < -side / 2 + 1e-9)
      surface = Surface::lower_endplate;
    else if (std::max(std::abs(c.x()), std::abs(c.y())) > side / 2 - 1e-9)
      surface = Surface::cortex;
    mesh.facets.push_back({n, surface, 0});
  }
  mesh.intact = mesh.nodes;
  return mesh;
}

class Watched : public testing::Test {
protected:
  Watched() {
    const LawInfo& info = find_law("cortical_shell");
    const auto shell = [&] { return std::shared_ptr<const ShellLaw>(info.make_shell(Params(info.specs))); };
    Landmarks marks;
    for (EndplateLandmarks* plate : {&marks.upper, &marks.lower}) {
      const double z = plate == &marks.upper ? side / 2 : -side / 2;
      *plate = {Vec3(0, 0, z), Vec3(0, 0, z > 0 ? 1 : -1), Vec3(side / 2, 0, z), Vec3(-side / 2, 0, z)};
    }
    model = make_model(holed_block(), marks,
                       {testing_points::make_law("trabecular_bone"), testing_points::make_law("compact_solid"),
                        testing_points::make_law("bone_cement"), shell(), shell(), shell()});
    for (int f = 0; f < static_cast<int>(model->mesh().facets.size()); ++f)
      if (model->mesh().facets[f].surface == Surface::cavity_left) hole.push_back(f);
  }
  /// Moves every node by a function of its place.
  template <class Move>
  void move(Move by) {
    for (std::size_t n = 0; n < model->mesh().nodes.size(); ++n)
      model->system.u.segment<3>(3 * n) = by(model->mesh().nodes[n]);
  }
  std::unique_ptr<Model> model;
  std::vector<int> hole;
};

TEST_F(Watched, BoneLeftIsTheDistanceToEachWall) {
  const WallWatch watch(*model);
  const auto left = watch.bone_left(*model, hole);
  EXPECT_NEAR(left.at("upper_endplate"), 8, 1e-9);
  EXPECT_NEAR(left.at("lower_endplate"), 8, 1e-9);
  EXPECT_NEAR(left.at("lateral"), 8, 1e-9);
  EXPECT_NEAR(left.at("anterior"), 0, 1e-9); // the hole goes through
}

TEST_F(Watched, BoneLeftFollowsTheWallsOfTheHole) {
  const WallWatch watch(*model);
  move([](const Vec3& X) { // its roof goes up by 3 mm, the endplate stays
    return Vec3(0, 0, std::abs(X.y()) < 2.1 && X.z() > 0 && X.z() < 9 ? 3.0 * (10 - X.z()) / 8 : 0.0);
  });
  EXPECT_NEAR(watch.bone_left(*model, hole).at("upper_endplate"), 5, 1e-9);
  EXPECT_NEAR(watch.bone_left(*model, hole).at("lower_endplate"), 8, 1e-9);
}

TEST_F(Watched, BoneThatIsPressedTogetherIsMeasuredByThicknessAndDensity) {
  const WallWatch watch(*model);
  // The layer of 2 mm above the hole is pressed to half: 2 mm of width out of a hole whose walls are 4 x 4 mm round.
  move([](const Vec3& X) { return Vec3(0, 0, std::abs(X.y()) < 0.1 && std::abs(X.z() - 2) < 0.1 ? 1.0 : 0.0); });
  InflationMeasure m;
  watch.measure_compaction(*model, hole, m);
  EXPECT_GT(m.compaction_density_ratio, 1.1);
  EXPECT_LE(m.compaction_density_ratio, 2 + 1e-9);
  EXPECT_NEAR(m.compaction_density_mg_cm3, 100 * m.compaction_density_ratio, 1e-9) << "mass is conserved";
  EXPECT_GT(m.compaction_thickness_mm, 0);
}

TEST_F(Watched, NothingIsPressedOrTornBeforeADeviceOpens) {
  const WallWatch watch(*model);
  InflationMeasure m;
  watch.measure_compaction(*model, hole, m);
  EXPECT_EQ(m.compaction_thickness_mm, 0);
  EXPECT_EQ(m.compaction_density_ratio, 1);
  EXPECT_TRUE(watch.breaches(*model, hole).empty());
}

TEST_F(Watched, AWallThatIsStretchedOverTheHoleIsABreachAndOneWithBoneBehindItIsNone) {
  const WallWatch watch(*model);
  const auto push = [this](double roof, double bulge) {
    move([&](const Vec3& X) {
      if (std::abs(X.x()) > 4.1 || std::abs(X.y()) > 2.1) return Vec3(0, 0, 0);
      if (X.z() > 9.9) return Vec3(0, 0, std::abs(X.y()) < 0.1 && std::abs(X.x()) < 3.9 ? bulge : 0.0);
      return Vec3(0, 0, X.z() > 1.9 ? roof * (10 - X.z()) / 8 : 0.0);
    });
  };
  push(7.5, 2);
  const auto open = watch.breaches(*model, hole);
  ASSERT_TRUE(open.contains("upper_endplate"));
  EXPECT_GT(open.at("upper_endplate"), 3);
  EXPECT_EQ(open.size(), 1u);
  push(1, 2);
  EXPECT_TRUE(watch.breaches(*model, hole).empty());
}

} // namespace
} // namespace kypho

#include "core/base/errors.hpp"
#include "mesh/mesh_checks.hpp"
#include "mesh/topology.hpp"
#include "mesh_probe.hpp"
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numbers>

namespace kypho {
namespace {

using test::mesh_params;
using test::vertebra;

/// Elliptic cylinder (half axes 15 and 20, height 24) with flat ends; a second part can be added.
class Cylinder : public Anatomy {
public:
  static constexpr double a = 15, b = 20, h = 24;
  Cylinder() {
    marks_.upper = {{0, 0, h / 2}, Vec3::UnitZ(), {a, 0, h / 2}, {-a, 0, h / 2}};
    marks_.lower = {{0, 0, -h / 2}, -Vec3::UnitZ(), {a, 0, -h / 2}, {-a, 0, -h / 2}};
    box_.extend({-a - 12, -b, -h / 2});
    box_.extend({a, b, h / 2});
  }
  Region region(const Vec3& p) const override {
    const bool in = p.x() * p.x() / (a * a) + p.y() * p.y() / (b * b) <= 1 && std::abs(p.z()) <= h / 2;
    return in ? Region::body : Region::outside;
  }
  double bmd(const Vec3& p) const override { return 100 + p.z(); }
  Box bounds() const override { return box_; }
  const Landmarks& landmarks() const override { return marks_; }

private:
  Landmarks marks_;
  Box box_;
};

/// With a ball behind the body that does not touch it.
class LooseBall final : public Cylinder {
public:
  Region region(const Vec3& p) const override {
    return (p - Vec3(-a - 7, 0, 0)).norm() < 4 ? Region::posterior : Cylinder::region(p);
  }
};

const TetMesh& coarse_l1() {
  static const TetMesh mesh = mesh_anatomy(*make_anatomy(vertebra("L1")), mesh_params(3));
  return mesh;
}

void expect_sound(const TetMesh& mesh) {
  EXPECT_GT(test::smallest_tet_volume(mesh), 0);
  EXPECT_GT(worst_radius_ratio(mesh), 0.05);
  EXPECT_EQ(count_bad_edges(boundary_faces(mesh.tets)), 0);
  EXPECT_EQ(mesh.facets.size(), boundary_faces(mesh.tets).size());
  EXPECT_EQ(mesh.region.size(), mesh.tets.size());
  EXPECT_EQ(mesh.bmd.size(), mesh.tets.size());
  EXPECT_EQ(mesh.intact.size(), mesh.nodes.size());
  std::vector<char> used(mesh.nodes.size(), 0);
  for (const auto& tet : mesh.tets)
    for (const int n : tet) used[n] = 1;
  EXPECT_EQ(std::count(used.begin(), used.end(), 0), 0) << "unused nodes";
  Vec3 sum = Vec3::Zero();
  for (const Facet& facet : mesh.facets) {
    sum += test::area_vector(mesh, facet);
    // The tetrahedron stands behind its facet.
    EXPECT_LT((test::centroid(mesh, facet.tet) - test::centroid(mesh, facet)).dot(test::area_vector(mesh, facet)), 0);
  }
  EXPECT_LT(sum.norm(), 1e-8);
  EXPECT_NEAR(test::enclosed_volume(mesh), test::total_volume(mesh), 1e-9 * test::total_volume(mesh));
}

TEST(Mesher, an_elliptic_cylinder_keeps_its_volume_its_ends_and_its_side) {
  const Cylinder cylinder;
  const TetMesh mesh = mesh_anatomy(cylinder, mesh_params(2.5));
  expect_sound(mesh);
  const double ellipse = std::numbers::pi * Cylinder::a * Cylinder::b;
  EXPECT_NEAR(test::total_volume(mesh), ellipse * Cylinder::h, 0.02 * ellipse * Cylinder::h);
  // Sharp edges are cut by up to one facet, which takes a few per cent of the ends.
  EXPECT_NEAR(test::area_of(mesh, Surface::upper_endplate), ellipse, 0.08 * ellipse);
  EXPECT_NEAR(test::area_of(mesh, Surface::lower_endplate), ellipse, 0.08 * ellipse);
  EXPECT_EQ(test::area_of(mesh, Surface::posterior_cortex), 0);
  for (const Facet& facet : mesh.facets) {
    const double z = test::centroid(mesh, facet).z();
    EXPECT_TRUE(facet.surface != Surface::upper_endplate || z > 0.4 * Cylinder::h);
    EXPECT_TRUE(facet.surface != Surface::lower_endplate || z < -0.4 * Cylinder::h);
  }
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) EXPECT_DOUBLE_EQ(mesh.bmd[t], 100 + test::centroid(mesh, t).z());
}

TEST(Mesher, the_mesh_of_L1_is_sound_and_holds_both_regions_with_their_volumes) {
  const auto anatomy = make_anatomy(vertebra("L1"));
  const TetMesh& mesh = coarse_l1();
  expect_sound(mesh);
  const auto volumes =
      grid_volumes([&](const Vec3& p) { return static_cast<int>(anatomy->region(p)); }, anatomy->bounds(), 0.4);
  EXPECT_NEAR(region_volume(mesh, Region::body), volumes.at(1), 0.02 * volumes.at(1));
  EXPECT_NEAR(region_volume(mesh, Region::posterior), volumes.at(2), 0.05 * volumes.at(2));
  EXPECT_EQ(mesh.nodes, mesh.intact);
}

TEST(Mesher, surface_classes_cover_the_endplates_and_follow_the_region_behind) {
  const TetMesh& mesh = coarse_l1();
  for (const Facet& facet : mesh.facets)
    EXPECT_EQ(facet.surface == Surface::posterior_cortex, mesh.region[facet.tet] == Region::posterior);
  // Ellipses from the table, less than the rounded rim.
  const double upper = std::numbers::pi / 4 * 41.2 * 34.1, lower = std::numbers::pi / 4 * 43.3 * 35.3;
  EXPECT_NEAR(test::area_of(mesh, Surface::upper_endplate), upper, 0.12 * upper);
  EXPECT_NEAR(test::area_of(mesh, Surface::lower_endplate), lower, 0.12 * lower);
}

TEST(Mesher, the_mean_edge_is_the_asked_one) {
  const TetMesh& mesh = coarse_l1();
  double sum = 0;
  long count = 0;
  for (std::size_t t = 0; t < mesh.tets.size(); ++t)
    if (mesh.region[t] == Region::body)
      for (int i = 0; i < 4; ++i)
        for (int j = 0; j < i; ++j, ++count) sum += (mesh.nodes[mesh.tets[t][i]] - mesh.nodes[mesh.tets[t][j]]).norm();
  EXPECT_NEAR(sum / static_cast<double>(count), 3, 0.15);
}

TEST(Mesher, the_same_anatomy_gives_the_same_bits_twice) {
  EXPECT_TRUE(test::same_bits(coarse_l1(), mesh_anatomy(*make_anatomy(vertebra("L1")), mesh_params(3))));
}

TEST(Mesher, small_steep_and_large_levels_mesh_too) {
  for (const char* level : {"T5", "T12", "L5"}) {
    SCOPED_TRACE(level);
    expect_sound(mesh_anatomy(*make_anatomy(vertebra(level)), mesh_params(3)));
  }
}

TEST(Mesher, a_whole_arch_meshes_with_its_processes) {
  Params params = vertebra("L1");
  params.set("posterior_elements", std::string("full"));
  const TetMesh mesh = mesh_anatomy(*make_anatomy(params), mesh_params(3));
  expect_sound(mesh);
  EXPECT_GT(region_volume(mesh, Region::posterior), 3 * region_volume(coarse_l1(), Region::posterior));
}

TEST(Mesher, a_region_that_the_mesh_lost_is_refused_by_name) {
  try {
    mesh_anatomy(LooseBall(), mesh_params(3));
    FAIL() << "a loose ball was accepted";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("lost the region 'posterior'"));
  }
}

TEST(MeshChecks, a_volume_off_by_more_than_a_tenth_is_refused) {
  const TetMesh& mesh = coarse_l1();
  const double body = region_volume(mesh, Region::body);
  EXPECT_NO_THROW(check_mesh(mesh, {{1, 1.08 * body}}));
  EXPECT_THROW(check_mesh(mesh, {{1, 1.15 * body}}), InputError);
  EXPECT_THROW(check_mesh(mesh, {{3, 100.0}}), InputError);
}

} // namespace
} // namespace kypho

// Point location, nearest triangles and windings against brute force and known solids.
#include "mesh/tet_locator.hpp"
#include "mesh/topology.hpp"
#include "mesh/triangle_tree.hpp"
#include <Eigen/Geometry>
#include <gtest/gtest.h>
#include <random>

namespace kypho {
namespace {

/// n^3 cubes of edge 1, six tetrahedra each.
struct Bricks {
  explicit Bricks(int n) {
    const auto node = [n](int i, int j, int k) { return (i * (n + 1) + j) * (n + 1) + k; };
    for (int i = 0; i <= n; ++i)
      for (int j = 0; j <= n; ++j)
        for (int k = 0; k <= n; ++k) nodes.emplace_back(i, j, k);
    const int order[6][3] = {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {2, 1, 0}, {1, 0, 2}};
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j)
        for (int k = 0; k < n; ++k)
          for (int path = 0; path < 6; ++path) {
            std::array<int, 3> at{i, j, k};
            std::array<int, 4> tet{node(i, j, k), 0, 0, 0};
            for (int s = 0; s < 3; ++s) {
              ++at[order[path][s]];
              tet[s + 1] = node(at[0], at[1], at[2]);
            }
            if (path >= 3) std::swap(tet[2], tet[3]);
            tets.push_back(tet);
          }
  }
  std::vector<std::array<int, 3>> surface() const {
    std::vector<std::array<int, 3>> triangles;
    for (const BoundaryFace& face : boundary_faces(tets)) triangles.push_back(face.nodes);
    return triangles;
  }
  std::vector<Vec3> nodes;
  std::vector<std::array<int, 4>> tets;
};

TEST(Topology, boundary_faces_of_bricks_point_outwards_and_close) {
  const Bricks bricks(3);
  const auto faces = boundary_faces(bricks.tets);
  EXPECT_EQ(faces.size(), 6u * 9 * 2);
  EXPECT_EQ(count_bad_edges(faces), 0);
  double volume = 0;
  for (const BoundaryFace& f : faces)
    volume += bricks.nodes[f.nodes[0]].dot(bricks.nodes[f.nodes[1]].cross(bricks.nodes[f.nodes[2]])) / 6;
  EXPECT_NEAR(volume, 27, 1e-12);
  for (const auto& neighbours : face_neighbours(faces))
    for (const int n : neighbours) EXPECT_GE(n, 0);
}

TEST(Topology, a_part_that_hangs_on_an_edge_is_dropped_and_a_pinched_node_is_doubled) {
  LabelledMesh mesh;
  mesh.nodes = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {2, 1, 1}, {1, -1, 0}, {1, 0, -1}, {9, 9, 9}};
  mesh.tets = {{0, 1, 2, 3}, {1, 2, 3, 4}, {0, 5, 1, 6}};
  mesh.label = {1, 1, 1};
  make_manifold(mesh);
  EXPECT_EQ(mesh.tets.size(), 2u);
  EXPECT_EQ(mesh.nodes.size(), 5u) << "unused nodes are dropped";
}

TEST(TetLocator, finds_the_tetrahedron_of_every_point_inside_and_none_outside) {
  const Bricks bricks(4);
  const TetLocator locator(bricks.nodes, bricks.tets);
  std::mt19937 random(1);
  std::uniform_real_distribution<double> any(-1, 5);
  for (int i = 0; i < 3000; ++i) {
    const Vec3 p(any(random), any(random), any(random));
    const bool inside = p.minCoeff() >= 0 && p.maxCoeff() <= 4;
    const int tet = locator.find(p);
    ASSERT_EQ(tet >= 0, inside);
    if (!inside) continue;
    const auto weights = locator.coordinates(tet, p);
    Vec3 back = Vec3::Zero();
    for (int k = 0; k < 4; ++k) {
      EXPECT_GE(weights[k], -1e-8);
      back += weights[k] * bricks.nodes[bricks.tets[tet][k]];
    }
    EXPECT_LT((back - p).norm(), 1e-12);
  }
}

TEST(TetLocator, passes_over_inverted_tetrahedra) {
  const std::vector<Vec3> nodes{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  EXPECT_EQ(TetLocator(nodes, {{0, 1, 2, 3}}).find({0.1, 0.1, 0.1}), 0);
  EXPECT_EQ(TetLocator(nodes, {{0, 2, 1, 3}}).find({0.1, 0.1, 0.1}), -1);
}

TEST(TriangleTree, nearest_point_of_a_cube_is_the_analytic_one) {
  const Bricks bricks(4);
  const TriangleTree tree(bricks.nodes, bricks.surface());
  std::mt19937 random(2);
  std::uniform_real_distribution<double> any(-3, 7);
  for (int i = 0; i < 2000; ++i) {
    const Vec3 p(any(random), any(random), any(random));
    const Vec3 clamped = p.cwiseMax(0.0).cwiseMin(4.0);
    double expected = (p - clamped).norm();
    if (expected == 0) expected = std::min(p.minCoeff(), (4 - p.array()).minCoeff());
    const auto near = tree.nearest(p);
    ASSERT_GE(near.triangle, 0);
    EXPECT_NEAR(near.distance, expected, 1e-12);
    EXPECT_EQ(tree.nearest(p, 0.999 * expected).triangle, -1);
  }
}

TEST(TriangleTree, winding_is_one_inside_a_surface_and_minus_one_if_it_is_turned_inside_out) {
  const Bricks bricks(3);
  std::vector<std::array<int, 3>> triangles = bricks.surface();
  const TriangleTree outward(bricks.nodes, triangles);
  for (auto& t : triangles) std::swap(t[1], t[2]);
  const TriangleTree inward(bricks.nodes, triangles);
  const Vec3 direction(0.8164, 0.4213, 0.3947);
  std::mt19937 random(3);
  std::uniform_real_distribution<double> any(-1, 4);
  for (int i = 0; i < 2000; ++i) {
    const Vec3 p(any(random), any(random), any(random));
    const int inside = p.minCoeff() > 0 && p.maxCoeff() < 3;
    EXPECT_EQ(outward.winding(p, direction), inside);
    EXPECT_EQ(inward.winding(p, direction), -inside);
  }
}

} // namespace
} // namespace kypho

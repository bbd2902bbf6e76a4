#include "core/fem/neighbour_order.hpp"
#include "tests/core/fem/random_fields.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <set>

namespace kypho {
namespace {

constexpr int block = 32;

class NeighbourOrder : public testing::Test {
protected:
  /// Nodes of all blocks, those of each once.
  int nodes_touched(const std::vector<int>& order) const {
    int sum = 0;
    for (std::size_t first = 0; first < order.size(); first += block) {
      std::set<int> nodes;
      for (std::size_t k = first; k < std::min(order.size(), first + block); ++k)
        nodes.insert(mesh.tets[order[k]].begin(), mesh.tets[order[k]].end());
      sum += static_cast<int>(nodes.size());
    }
    return sum;
  }
  std::vector<int> shuffled() const {
    std::vector<int> tets(mesh.tets.size());
    std::iota(tets.begin(), tets.end(), 0);
    std::shuffle(tets.begin(), tets.end(), std::mt19937(1));
    return tets;
  }
  const TetMesh mesh = testing_meshes::distorted_block(9);
};

TEST_F(NeighbourOrder, KeepsEveryTetrahedronOnce) {
  std::vector<int> order = neighbours_together(mesh, shuffled(), block);
  std::sort(order.begin(), order.end());
  for (std::size_t k = 0; k < order.size(); ++k) EXPECT_EQ(order[k], static_cast<int>(k));
  EXPECT_EQ(order.size(), mesh.tets.size());
}

TEST_F(NeighbourOrder, DoesNotDependOnTheOrderThatCameIn) {
  std::vector<int> sorted = shuffled();
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(neighbours_together(mesh, shuffled(), block), neighbours_together(mesh, sorted, block));
}

// Six tetrahedra a cell, a node a cell: 32 in a cube of 1.75 cells on a side have 2.75^3 = 21 nodes, more where cells are
// cut; elements apart from each other have 128.
TEST_F(NeighbourOrder, LeavesABlockFewNodes) {
  const double blocks = static_cast<double>(mesh.tets.size()) / block;
  EXPECT_LT(nodes_touched(neighbours_together(mesh, shuffled(), block)), 1.5 * 21 * blocks);
  EXPECT_GT(nodes_touched(shuffled()), 100 * blocks);
}

TEST_F(NeighbourOrder, TakesSomeOfTheMeshAndNone) {
  EXPECT_EQ(neighbours_together(mesh, {7, 3, 5}, block), (std::vector<int>{3, 5, 7}));
  EXPECT_TRUE(neighbours_together(mesh, {}, block).empty());
}

} // namespace
} // namespace kypho

#include "mesh/msh_format.hpp"
#include "tests/mesh/fe_scratch.hpp"
#include <gmock/gmock.h>

using namespace kypho;
using kypho::test::FeScratch;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

const std::string head = "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n";

/// As Gmsh writes it: a tetrahedron of ten nodes in its own order, with a triangle on it, a curve and a point.
const std::string one_tet = head + R"($PhysicalNames
3
0 4 "tip"
1 2 "edge of it"
3 1 "bone"
$EndPhysicalNames
$Entities
1 1 1 1
1 0 0 0 1 4
1 0 0 0 1 0 0 1 -2 0
1 0 0 0 1 1 0 1 7 0
1 0 0 0 1 1 1 1 1 0
$EndEntities
$Nodes
1 10 1 10
3 1 0 10
1
2
3
4
5
6
7
8
9
10
0 0 0
1 0 0
0 1 0
0 0 1
0.5 0 0
0.5 0.5 0
0 0.5 0
0 0 0.5
0 0.5 0.5
0.5 0 0.5
$EndNodes
$Elements
4 4 1 4
0 1 15 1
1 4
1 1 8 1
2 1 2 5
2 1 9 1
3 1 3 2 7 6 5
3 1 11 1
4 1 2 3 4 5 6 7 8 9 10
$EndElements
)";

std::string refused(const std::string& text) {
  const FeScratch dir;
  const std::string said = test::refusal([&] { read_msh(dir.write("a.msh", text)); });
  return said.substr(std::min(said.find("a.msh"), said.size()));
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

} // namespace

TEST(msh_reader, groups_become_sets_and_the_nodes_of_a_quadratic_tetrahedron_are_put_in_order) {
  const FeScratch dir;
  const FeModel model = read_msh(dir.write("a.msh", one_tet));
  ASSERT_EQ(model.blocks.size(), 2U);
  EXPECT_THAT(model.blocks[0].nodes, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 9, 8));
  EXPECT_EQ(model.blocks[1].kind, ElementKind::tri6);
  EXPECT_THAT(model.node_sets.at("tip"), ElementsAre(3));
  EXPECT_THAT(model.node_sets.at("edge of it"), ElementsAre(0, 1, 4));
  EXPECT_THAT(model.element_sets.at("bone"), ElementsAre(0));
  EXPECT_THAT(model.element_sets.at("physical_2_7"), ElementsAre(1));
}

TEST(msh_reader, triangles_of_a_group_called_surface_become_faces) {
  const FeScratch dir;
  const std::string text =
      with(with(one_tet, "3\n0 4 \"tip\"", "4\n0 4 \"tip\""), "3 1 \"bone\"", "2 7 \"surface:base\"\n3 1 \"bone\"");
  const FeModel model = read_msh(dir.write("a.msh", text));
  EXPECT_EQ(model.blocks.size(), 1U);
  EXPECT_EQ(model.surfaces.at("base"), (std::vector<ElementFace>{{0, 0}}));
  const std::string inside = with(text, "3 1 3 2 7 6 5", "3 1 6 2 7 6 5");
  EXPECT_THAT(refused(inside), HasSubstr("a.msh:49: triangle 1 6 2 of a surface is the face of no element"));
}

TEST(msh_reader, a_broken_file_is_refused_with_its_line) {
  EXPECT_THAT(refused("solid\n"), HasSubstr("a.msh:1: a .msh file starts with $MeshFormat"));
  EXPECT_THAT(refused("$MeshFormat\n2.2 0 8\n"), HasSubstr("a.msh:2: version 2.2, text; allowed version 4.1 as text"));
  EXPECT_THAT(refused("$MeshFormat\n4.1 1 8\n"), HasSubstr("version 4.1, binary"));
  EXPECT_THAT(refused(head), HasSubstr("a.msh:3: ends before $Nodes and $Elements"));
  EXPECT_THAT(refused(with(one_tet, "0.5 0 0\n", "0.5 0\n")), HasSubstr("a.msh:34: 2 values where 3 are due: x, y, z"));
  EXPECT_THAT(refused(with(one_tet, "1 10 1 10\n", "1 11 1 11\n")), HasSubstr("10 nodes where 11 are announced"));
  EXPECT_THAT(refused(with(one_tet, "3 1 0 10\n", "3 1 0 9\n")), HasSubstr("a.msh:29: 1 values where 3 are due"));
  EXPECT_THAT(refused(with(one_tet, "3 1 11 1\n", "3 1 5 1\n")), HasSubstr("elements of type 5 are not read"));
  EXPECT_THAT(refused(with(one_tet, "4 1 2 3 4 5 6 7 8 9 10", "4 1 2 3 4 5 6 7 8 9")), HasSubstr("10 values where 11"));
  EXPECT_THAT(refused(with(one_tet, "4 1 2 3 4 5 6 7 8 9 10", "4 1 2 3 4 5 6 7 8 9 12")),
              HasSubstr("there is no node 12"));
}

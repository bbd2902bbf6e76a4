#include "mesh/inp_reader.hpp"
#include "tests/mesh/fe_scratch.hpp"
#include <gmock/gmock.h>

using namespace kypho;
using kypho::test::FeScratch;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

const std::string small_mesh = R"(*NODE
1, 0, 0, 0
2, 1, 0, 0
3, 0, 1, 0
4, 0, 0, 1
*ELEMENT, TYPE=C3D4, ELSET=bone
1, 1, 2, 3, 4
)";

FeModel read(const std::string& text) {
  const FeScratch dir;
  return read_inp(dir.write("a.inp", text));
}

/// What is wrong with the file, without the folder that it lies in.
std::string refused(const std::string& text) {
  const FeScratch dir;
  const std::string said = test::refusal([&] { read_inp(dir.write("a.inp", text)); });
  return said.substr(std::min(said.find("a.inp"), said.size()));
}

std::vector<int> ids(const FeModel& model, const std::string& node_set) {
  std::vector<int> found;
  for (const int node : model.node_sets.at(node_set)) found.push_back(model.node_ids[node]);
  return found;
}

} // namespace

TEST(inp_reader, a_file_by_hand_is_read_with_nested_sets_ranges_includes_and_continued_lines) {
  const FeScratch dir;
  dir.write("parts/mesh.inp",
            "** the mesh\n*node, nset=Everything\n 20, 2.0, 0., 0.\n 30, 0., 2., 0.\n 40, 0., 0., 2.D0\n"
            " 10, 0., 0., 0.\n*Include, input=mids.inp\n"
            "*ELEMENT, Type=c3d10,\n   ELSET=\"Bone\"\n7, 10, 20, 30, 40, 1,\n 2, 3, 4, 5, 6\n");
  dir.write("parts/mids.inp", "1, 1, 0, 0\n2, 1, 1, 0\n3, 0, 1, 0\n4, 0, 0, 1\n5, 1, 0, 1\n6, 0, 1, 1\n");
  const FeModel model = read_inp(dir.write("a.inp", R"(*HEADING
One tetrahedron
*INCLUDE, INPUT=parts/mesh.inp
*NSET, NSET=even, GENERATE
2, 6, 2
*Nset, nset=some
EVEN, 10
1,
*ELSET, ELSET=all
bone
*SURFACE, NAME=base
ALL, S1
7, S3
*MATERIAL, NAME=Spongy
*PLASTIC
3, 0
4, 0.1
*ELASTIC
500, 0.3
*SOLID SECTION, ELSET=BONE, MATERIAL=spongy
*BOUNDARY
even, 1, 2
*STEP, NLGEOM, INC=50
*STATIC
0.1, 1.0, , 0.2
*BOUNDARY
40, 3, 3, -0.5
*CLOAD
some, 1, 2.5
*DSLOAD
BASE, P, 0.25
*DLOAD
bone, P4, 0.5
*NODE FILE
U
*EL FILE
S
*END STEP
)"));
  EXPECT_THAT(model.node_ids, ElementsAre(1, 2, 3, 4, 5, 6, 10, 20, 30, 40));
  EXPECT_EQ(model.nodes.back(), Vec3(0, 0, 2));
  ASSERT_EQ(model.blocks.size(), 1U);
  EXPECT_EQ(model.blocks[0].kind, ElementKind::tet10);
  EXPECT_THAT(model.blocks[0].nodes, ElementsAre(6, 7, 8, 9, 0, 1, 2, 3, 4, 5));
  EXPECT_EQ(model.node_sets.at("Everything").size(), 10U);
  EXPECT_THAT(ids(model, "even"), ElementsAre(2, 4, 6));
  EXPECT_THAT(ids(model, "some"), ElementsAre(1, 2, 4, 6, 10));
  EXPECT_THAT(model.element_sets.at("all"), ElementsAre(0));
  EXPECT_EQ(model.surfaces.at("base"), (std::vector<ElementFace>{{0, 0}, {0, 2}}));
  ASSERT_EQ(model.materials.size(), 1U);
  EXPECT_EQ(model.materials[0], (FeMaterial{"Spongy", ElasticLaw{500, 0.3}, {{3, 0}, {4, 0.1}}}));
  EXPECT_EQ(model.sections[0], (FeSection{SectionKind::solid, "Bone", "Spongy", 0}));
  EXPECT_EQ(model.boundary[0], (BoundaryCondition{{"even", -1}, 1, 2, 0}));
  ASSERT_EQ(model.steps.size(), 1U);
  const FeStep& step = model.steps[0];
  EXPECT_TRUE(step.geometrically_nonlinear);
  EXPECT_EQ(step.increments, 50);
  EXPECT_EQ(step.initial_increment, 0.1);
  EXPECT_EQ(step.min_increment, 0);
  EXPECT_EQ(step.max_increment, 0.2);
  EXPECT_EQ(step.boundary[0], (BoundaryCondition{{"", 9}, 3, 3, -0.5}));
  EXPECT_EQ(step.loads[0], (NodalLoad{{"some", -1}, 1, 2.5}));
  EXPECT_EQ(step.pressures, (std::vector<SurfacePressure>{{"base", 0.25}, {"PRESSURE_1", 0.5}}));
  EXPECT_EQ(model.surfaces.at("PRESSURE_1"), (std::vector<ElementFace>{{0, 3}}));
}

TEST(inp_reader, shells_membranes_and_rubber_are_read) {
  const FeModel model = read(small_mesh + R"(*ELEMENT, TYPE=S3, ELSET=cortex
2, 1, 3, 2
*ELEMENT, TYPE=M3D3, ELSET=skin
3, 1, 3, 2
*MATERIAL, NAME=a
*HYPERELASTIC, NEO HOOKE
0.5, 0.1
*MATERIAL, NAME=b
*HYPERELASTIC, MOONEY-RIVLIN
0.5, 0.2, 0.1
*SHELL SECTION, ELSET=cortex, MATERIAL=a
0.4
*MEMBRANE SECTION, ELSET=skin, MATERIAL=b
0.1,
*SURFACE, NAME=s
cortex, SPOS
skin, SNEG
)");
  EXPECT_EQ(model.sections[0], (FeSection{SectionKind::shell, "cortex", "a", 0.4}));
  EXPECT_EQ(model.sections[1], (FeSection{SectionKind::membrane, "skin", "b", 0.1}));
  EXPECT_EQ(std::get<NeoHookeLaw>(model.materials[0].law), (NeoHookeLaw{0.5, 0.1}));
  EXPECT_EQ(std::get<MooneyRivlinLaw>(model.materials[1].law), (MooneyRivlinLaw{0.5, 0.2, 0.1}));
  EXPECT_EQ(model.surfaces.at("s"), (std::vector<ElementFace>{{1, 1}, {2, 0}}));
}

TEST(inp_reader, a_broken_mesh_is_refused_with_file_and_line) {
  EXPECT_THAT(refused("*NODE\n1, 0, 0\n"), HasSubstr("a.inp:2: *NODE: 3 values where 4 are due"));
  EXPECT_THAT(refused("*NODE\n1, 0, 0, zero\n"), HasSubstr("a.inp:2: *NODE: z 'zero' is not a number"));
  EXPECT_THAT(refused("*NODE\n1, 0, 0, 0\n1, 0, 0, 1\n"), HasSubstr("a.inp:3: node 1 is there twice"));
  EXPECT_THAT(refused(small_mesh + "2, 1, 2, 3\n"), HasSubstr("a.inp:8: *ELEMENT: 4 values where 5 are due"));
  EXPECT_THAT(refused(small_mesh + "2, 1, 2, 3, 99\n"), HasSubstr("a.inp:8: element 2: there is no node 99"));
  EXPECT_THAT(refused(small_mesh + "1, 4, 2, 3, 1\n"), HasSubstr("a.inp:8: element 1 is there twice"));
  EXPECT_THAT(refused("*ELEMENT, TYPE=C3D8\n"), HasSubstr("a.inp:1: *ELEMENT: elements of type C3D8 are not read"));
  EXPECT_THAT(refused(small_mesh + "*NSET, NSET=a\n1, 77\n"), HasSubstr("a.inp:9: there is no node 77"));
  EXPECT_THAT(refused(small_mesh + "*NSET, NSET=a\nb\n"), HasSubstr("a.inp:9: *NSET: 'b' is neither"));
  EXPECT_THAT(refused(small_mesh + "*SURFACE, NAME=a\n1, S5\n"), HasSubstr("a.inp:9: *SURFACE: face 'S5': allowed S1"));
  EXPECT_THAT(refused("1, 2\n"), HasSubstr("a.inp:1: '1': a line of data where a keyword is due"));
}

TEST(inp_reader, what_it_does_not_know_is_refused_with_file_line_and_keyword) {
  EXPECT_THAT(refused(small_mesh + "*Contact Pair, INTERACTION=a\n"),
              HasSubstr("a.inp:8: *CONTACT PAIR: this keyword"));
  EXPECT_THAT(refused("*NODE, SYSTEM=C\n"), HasSubstr("a.inp:1: *NODE: option SYSTEM is not read; allowed NSET"));
  EXPECT_THAT(refused("*ELASTIC\n1, 0.3\n"), HasSubstr("a.inp:1: *ELASTIC: must follow *MATERIAL"));
  EXPECT_THAT(refused("*MATERIAL, NAME=a\n"), HasSubstr("a.inp:1: *MATERIAL: a needs *ELASTIC"));
  EXPECT_THAT(refused(small_mesh + "*SOLID SECTION, ELSET=bone, MATERIAL=x\n"),
              HasSubstr("a.inp:8: there is no material"));
  EXPECT_THAT(refused(small_mesh + "*BOUNDARY\nfoot, 1\n"), HasSubstr("a.inp:9: there is no node set foot"));
  EXPECT_THAT(refused(small_mesh + "*BOUNDARY\n1, 7\n"), HasSubstr("a.inp:9: *BOUNDARY: degree of freedom 7"));
  EXPECT_THAT(refused(small_mesh + "*BOUNDARY\n1, 1, 1, 0.5\n"), HasSubstr("a.inp:9: *BOUNDARY: a value other than 0"));
  EXPECT_THAT(refused(small_mesh + "*CLOAD\n1, 1, 1\n"), HasSubstr("a.inp:8: *CLOAD: must stand between *STEP"));
  EXPECT_THAT(refused("*STEP\n*STATIC\n"), HasSubstr("a.inp:1: *STEP: its *END STEP is missing"));
  EXPECT_THAT(refused("*STEP\n*END STEP\n"), HasSubstr("a.inp:2: *END STEP: the step names no *STATIC"));
}

TEST(inp_reader, an_error_in_an_included_file_names_that_file) {
  const FeScratch dir;
  dir.write("nodes.inp", "1, 0, 0, 0\n\n2, 0, 0\n");
  const auto file = dir.write("a.inp", "*NODE\n*INCLUDE, INPUT=nodes.inp\n");
  EXPECT_THAT(test::refusal([&] { read_inp(file); }), HasSubstr("nodes.inp:3: *NODE: 3 values"));
  dir.write("a.inp", "*INCLUDE, INPUT=gone.inp\n");
  EXPECT_THAT(test::refusal([&] { read_inp(file); }), HasSubstr("a.inp:1: *INCLUDE: there is no file"));
  dir.write("a.inp", "*INCLUDE, INPUT=a.inp\n");
  EXPECT_THAT(test::refusal([&] { read_inp(file); }), HasSubstr("more than 20 files within each other"));
}

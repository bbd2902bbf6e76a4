#include "mesh/convert.hpp"
#include "tests/mesh/fe_scratch.hpp"
#include "tests/mesh/fe_two_tets.hpp"
#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <sstream>

using namespace kypho;
using kypho::test::FeScratch;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

const std::string physics = R"(*MATERIAL, NAME=bone
*ELASTIC
500, 0.3
*PLASTIC
3, 0
4, 0.1
*MATERIAL, NAME=rubber
*HYPERELASTIC, MOONEY-RIVLIN
0.5, 0.25, 0.1
*SOLID SECTION, ELSET=solid, MATERIAL=bone
*SHELL SECTION, ELSET=cortex, MATERIAL=rubber
0.4
*BOUNDARY
foot, 1, 3
*STEP, NLGEOM, INC=20
*STATIC
0.25, 1, 0.001, 0.5
*BOUNDARY
corner, 3, 3, -0.5
4, 1
*CLOAD
24, 2, 1.5
*DSLOAD
side, P, 0.125
*END STEP
*STEP, NLGEOM
*STATIC
*CLOAD
24, 2, 0
*END STEP
)";

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

} // namespace

TEST(convert, a_mesh_with_sets_goes_from_inp_to_msh_to_vtu_to_inp_and_stays_the_same) {
  const FeScratch dir;
  const test::Warnings warnings;
  const FeModel before = read_fe_model(dir.write("a.inp", test::all_kinds_inp()));
  ASSERT_EQ(before.blocks.size(), 4U);
  ASSERT_EQ(before.surfaces.size(), 2U);
  convert_file(dir / "a.inp", dir / "b.msh");
  EXPECT_EQ(read_fe_model(dir / "b.msh"), before);
  convert_file(dir / "b.msh", dir / "c.vtu");
  EXPECT_EQ(read_fe_model(dir / "c.vtu"), before);
  convert_file(dir / "c.vtu", dir / "d.inp");
  EXPECT_EQ(read_fe_model(dir / "d.inp"), before);
  EXPECT_THAT(warnings.lines, ElementsAre());
}

TEST(convert, materials_sections_and_steps_come_back_from_an_inp_file) {
  const FeScratch dir;
  const test::Warnings warnings;
  const std::string with_all_nodes = "*NSET, NSET=every, GENERATE\n1, 30\n";
  const FeModel before = read_fe_model(dir.write("a.inp", test::all_kinds_inp() + with_all_nodes + physics));
  convert_file(dir / "a.inp", dir / "b.inp");
  EXPECT_EQ(read_fe_model(dir / "b.inp"), before);
  EXPECT_THAT(contents(dir / "b.inp"), HasSubstr("*NODE PRINT, NSET=every, FREQUENCY=999999\nU, RF\n"));
  EXPECT_THAT(warnings.lines, ElementsAre());
}

TEST(convert, names_that_an_inp_file_cannot_hold_are_changed_with_a_warning) {
  const FeScratch dir;
  test::Warnings warnings;
  FeModel model = read_fe_model(dir.write("a.inp", test::all_kinds_inp()));
  model.node_sets["upper end plate"] = {0};
  model.node_sets["Foot"] = {1};
  write_fe_model(model, dir / "a.msh");
  EXPECT_EQ(read_fe_model(dir / "a.msh"), model);
  write_fe_model(model, dir / "b.inp");
  EXPECT_THAT(warnings.lines, ElementsAre(HasSubstr("node set 'foot' is called foot_2 there"),
                                          HasSubstr("node set 'upper end plate' is called upper_end_plate there")));
  EXPECT_EQ(read_fe_model(dir / "b.inp").node_sets.at("upper_end_plate"), std::vector<int>{0});
}

TEST(convert, what_a_mesh_file_cannot_hold_is_warned_of_in_one_line_each) {
  const FeScratch dir;
  dir.write("a.inp", test::all_kinds_inp() + physics);
  const test::Warnings warnings;
  convert_file(dir / "a.inp", dir / "b.msh");
  EXPECT_THAT(warnings.lines, ElementsAre(HasSubstr("b.msh: materials are not written"), HasSubstr("sections"),
                                          HasSubstr("boundary conditions"), HasSubstr("steps")));
}

TEST(convert, an_unknown_ending_is_refused_before_anything_is_read) {
  EXPECT_THAT(test::refusal([] { convert_file("gone.inp", "b.stl"); }),
              HasSubstr("b.stl: files that end with '.stl' are not written; allowed .inp (Abaqus, CalculiX), .feb"));
  EXPECT_THAT(test::refusal([] { convert_file("gone.feb", "b.inp"); }), HasSubstr("'.feb' are not read; allowed .inp"));
  EXPECT_THAT(test::refusal([] { convert_file("gone.inp", "b.msh"); }), HasSubstr("gone.inp: no such file"));
}

TEST(convert, the_normals_of_faces_leave_the_element_and_edges_have_their_middles) {
  const FeScratch dir;
  const FeModel model = read_fe_model(dir.write("a.inp", test::all_kinds_inp()));
  for (int e = 0; e < 2; ++e) {
    const ElementView view = element(model, e);
    const auto x = [&](int local) { return model.nodes[view.nodes[local]]; };
    const Vec3 middle = (x(0) + x(1) + x(2) + x(3)) / 4;
    for (int f = 0; f < 4; ++f) {
      const auto n = face_nodes(view.kind, f);
      EXPECT_GT((x(n[1]) - x(n[0])).cross(x(n[2]) - x(n[0])).dot(x(n[0]) - middle), 0) << view.id << " face " << f + 1;
      for (std::size_t k = 3; k < n.size(); ++k)
        EXPECT_LT((x(n[k]) - (x(n[k - 3]) + x(n[(k - 2) % 3])) / 2).norm(), 1e-12) << "face " << f + 1;
    }
  }
}

TEST(convert, an_febio_file_holds_mesh_sets_materials_conditions_loads_and_steps) {
  const FeScratch dir;
  dir.write("a.inp", test::all_kinds_inp() + physics);
  const test::Warnings warnings;
  convert_file(dir / "a.inp", dir / "b.feb");
  const std::string feb = contents(dir / "b.feb");
  for (const char* part :
       {"<febio_spec version=\"4.0\">", "<node id=\"30\">7,7,7</node>", "<Elements type=\"tet10\" name=\"Part2\">",
        "<elem id=\"3\">1,2,3,4,5,6,7,8,9,10</elem>", "<NodeSet name=\"foot\">1,2,3,21</NodeSet>",
        "<ElementSet name=\"first\">3</ElementSet>", "<tri6 id=\"1\">2,3,4,6,10,9</tri6>", "<Y>3</Y><H>6.666666666666",
        "<c1>0.5</c1><c2>0.25</c2><k>20</k><pressure_model>2</pressure_model>",
        "<SolidDomain name=\"Part1\" mat=\"bone\"/>", "<shell_thickness>0.4</shell_thickness>",
        "<bc name=\"fixed foot x\" node_set=\"foot\" type=\"zero displacement\"><x_dof>1</x_dof><y_dof>0</y_dof>",
        "<bc name=\"moved corner z\" node_set=\"corner\" type=\"prescribed displacement\"><dof>z</dof>",
        "<bc name=\"fixed node_4 x\"", "<nodal_load name=\"load node_24 y\" node_set=\"node_24\" type=\"nodal_load\">",
        "<pt>0,0</pt><pt>1,1.5</pt><pt>2,0</pt>",
        "<surface_load name=\"pressure side\" surface=\"side\" type=\"pressure\">",
        "<time_steps>4</time_steps><step_size>0.25</step_size>", "<step id=\"2\" name=\"Step2\">"})
    EXPECT_THAT(feb, HasSubstr(part));
  EXPECT_THAT(warnings.lines, ElementsAre(HasSubstr("material bone: FEBio's plasticity is for small strains")));
}

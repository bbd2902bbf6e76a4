#include "mesh/vtu_format.hpp"
#include "tests/mesh/fe_scratch.hpp"
#include <gmock/gmock.h>

using namespace kypho;
using kypho::test::FeScratch;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

std::string grid(const std::string& cells, const std::string& cell_data) {
  return R"(<VTKFile type="UnstructuredGrid" version="1.0"><UnstructuredGrid>
<Piece NumberOfPoints="5" NumberOfCells="2"><PointData>
<DataArray type="Float32" Name="displacement [mm]" NumberOfComponents="3" format="ascii">0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
</DataArray></PointData><CellData>)" +
         cell_data +
         R"(</CellData><Points>
<DataArray type="Float32" NumberOfComponents="3" format="ascii">0 0 0 1 0 0 0 1 0 0 0 1 0 0 -1</DataArray></Points>)" +
         cells + "</Piece></UnstructuredGrid></VTKFile>\n";
}

std::string cells(int type) {
  return R"(<Cells><DataArray type="Int64" Name="connectivity" format="ascii">0 1 2 3 0 2 1 4</DataArray>
<DataArray type="Int64" Name="offsets" format="ascii">4 8</DataArray>
<DataArray type="UInt8" Name="types" format="ascii">)" +
         std::to_string(type) + " " + std::to_string(type) + "</DataArray></Cells>";
}

} // namespace

TEST(vtu_format, a_frame_of_a_run_gives_a_set_for_each_region_and_names_the_fields_left_behind) {
  const FeScratch dir;
  const test::Warnings warnings;
  const FeModel model = read_vtu(dir.write(
      "a.vtu", grid(cells(10), "<DataArray type=\"UInt8\" Name=\"region\" format=\"ascii\">1 3</DataArray>")));
  EXPECT_THAT(model.node_ids, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(model.blocks.at(0).ids, ElementsAre(1, 2));
  EXPECT_THAT(model.element_sets.at("body"), ElementsAre(0));
  EXPECT_THAT(model.element_sets.at("cement"), ElementsAre(1));
  EXPECT_THAT(warnings.lines, ElementsAre(HasSubstr("fields are not taken over: displacement [mm]")));
}

TEST(vtu_format, what_is_no_grid_of_tetrahedra_and_triangles_is_refused) {
  const FeScratch dir;
  const auto refused = [&](const std::string& text) {
    return test::refusal([&] { read_vtu(dir.write("a.vtu", text)); });
  };
  EXPECT_THAT(test::refusal([] { read_vtu("gone.vtu"); }), HasSubstr("gone.vtu: no such file"));
  EXPECT_THAT(refused("hello"), HasSubstr("a.vtu: truncated or no unstructured grid"));
  EXPECT_THAT(refused(grid(cells(9), "")), HasSubstr("a.vtu: cell 0 is of type 9; allowed linear"));
}

// The rules themselves: each finds what it forbids, at the right line, and lets pass what it allows.
#include "tests/house/house_rules.hpp"
#include <gtest/gtest.h>

namespace kypho::house {
namespace {

std::string wrong_directions(std::string path, std::string text) {
  return describe(house::wrong_directions({std::move(path), std::move(text)}));
}

std::string wrong_libraries(std::string path, std::string text) {
  return describe(house::wrong_libraries({std::move(path), std::move(text)}));
}

TEST(HouseRules, CoreKnowsNoOtherRoom) {
  EXPECT_EQ(wrong_directions("core/model.cpp", "#pragma once\n#include \"mesh/anatomy.hpp\"\n"),
            "core/model.cpp:2: core must not include mesh/anatomy.hpp\n");
  for (const char* room : {"mesh", "solvers", "viz", "scenarios", "benchmarks", "tests"})
    EXPECT_NE(wrong_directions("core/a.cpp", std::string("#include \"") + room + "/b.hpp\"\n"), "") << room;
}

TEST(HouseRules, CorePointsDownwards) {
  EXPECT_EQ(wrong_directions("core/base/units.cpp", "#include \"core/fem/tet_mesh.hpp\"\n"),
            "core/base/units.cpp:1: core points downwards only, not to core/fem/tet_mesh.hpp\n");
  EXPECT_NE(wrong_directions("core/materials/bone.cpp", "#include \"core/fem/term.hpp\"\n"), "");
  EXPECT_EQ(wrong_directions("core/fem/bulk_term.cpp", "#include \"core/materials/material.hpp\"\n"), "");
  EXPECT_NE(wrong_directions("core/materials/bone.cpp", "#include \"core/contact/contact.hpp\"\n"), "");
  EXPECT_NE(wrong_directions("core/devices/balloon.cpp", "#include \"core/model/model.hpp\"\n"), "");
  EXPECT_EQ(wrong_directions("core/model/model.cpp", "#include \"core/cement/cement.hpp\"\n"), "");
  EXPECT_EQ(wrong_directions("core/model/height_gauge.hpp", "#include \"core/measures.hpp\"\n"), "");
  EXPECT_EQ(wrong_directions("core/results.hpp", "#include \"core/fem/tet_mesh.hpp\"\n"), "");
  EXPECT_NE(wrong_directions("core/results.hpp", "#include \"core/model/landmarks.hpp\"\n"), "");
}

TEST(HouseRules, SolversKnowNoMeshNoMaterialAndNoStage) {
  for (const char* target : {"mesh/mesher.hpp", "core/materials/material.hpp", "viz/files.hpp", "scenarios/run.hpp"})
    EXPECT_NE(wrong_directions("solvers/newton.cpp", std::string("#include \"") + target + "\"\n"), "") << target;
  EXPECT_EQ(wrong_directions("solvers/newton.cpp", "#include \"core/fem/term.hpp\"\n"), "");
}

TEST(HouseRules, MeshKnowsNoSolverNoStageAndNoWindow) {
  for (const char* target : {"solvers/newton.hpp", "viz/files.hpp", "scenarios/run.hpp"})
    EXPECT_NE(wrong_directions("mesh/mesher.cpp", std::string("#include \"") + target + "\"\n"), "") << target;
}

TEST(HouseRules, VizReadsResultsAndNothingThatComputes) {
  for (const char* target :
       {"solvers/newton.hpp", "scenarios/run.hpp", "mesh/mesher.hpp", "core/materials/material.hpp"})
    EXPECT_NE(wrong_directions("viz/scene.cpp", std::string("#include \"") + target + "\"\n"), "") << target;
  EXPECT_EQ(wrong_directions("viz/scene.cpp", "#include \"core/results.hpp\"\n"), "");
}

TEST(HouseRules, OnlyMainJoinsScenariosAndViz) {
  EXPECT_EQ(wrong_directions("scenarios/main.cpp", "#include \"viz/viewer.hpp\"\n"), "");
  EXPECT_EQ(wrong_directions("scenarios/run.cpp", "#include \"viz/viewer.hpp\"\n"),
            "scenarios/run.cpp:1: scenarios must not include viz/viewer.hpp\n");
}

TEST(HouseRules, LibrariesStayInTheirRooms) {
  EXPECT_EQ(wrong_libraries("solvers/a.cpp", "#include <vector>\n\n  #  include <CGAL/Kernel.h>\n"),
            "solvers/a.cpp:3: solvers must not include <CGAL/Kernel.h>\n");
  EXPECT_NE(wrong_libraries("core/a.cpp", "#include <vtkPoints.h>\n"), "");
  EXPECT_NE(wrong_libraries("scenarios/a.cpp", "#include <vtkPoints.h>\n"), "");
  EXPECT_NE(wrong_libraries("viz/a.cpp", "#include <CGAL/Kernel.h>\n"), "");
  EXPECT_EQ(wrong_libraries("mesh/a.cpp", "#include <CGAL/Kernel.h>\n#include <vtkPoints.h>\n#include <cmath>\n"), "");
  EXPECT_EQ(wrong_libraries("viz/a.cpp", "#include <vtkPoints.h>\n#include <unistd.h>\n#include <sys/wait.h>\n"), "");
}

TEST(HouseRules, HeadersShowNoLibraryButEigen) {
  EXPECT_EQ(wrong_libraries("mesh/a.hpp", "#include <Eigen/Core>\n#include <vector>\n#include <CGAL/Kernel.h>\n"),
            "mesh/a.hpp:3: a header includes no library but Eigen, not CGAL/Kernel.h\n");
  EXPECT_NE(wrong_libraries("viz/a.hpp", "#include <vtkPoints.h>\n"), "");
  EXPECT_NE(wrong_libraries("scenarios/a.hpp", "#include <toml++/toml.h>\n"), "");
}

TEST(HouseRules, DetailsAreForTheirOwnRoomAndMayShowItsLibraries) {
  EXPECT_EQ(wrong_libraries("viz/detail/a.hpp", "#include <vtkPoints.h>\n"), "");
  EXPECT_NE(wrong_libraries("viz/detail/a.hpp", "#include <CGAL/Kernel.h>\n"), "");
  EXPECT_EQ(wrong_directions("viz/a.cpp", "#include \"viz/detail/a.hpp\"\n"), "");
  EXPECT_NE(wrong_directions("scenarios/main.cpp", "#include \"viz/detail/a.hpp\"\n"), "");
  EXPECT_NE(wrong_directions("scenarios/run.cpp", "#include \"mesh/detail/a.hpp\"\n"), "");
}

TEST(HouseRules, TheMesherIsToldFromTheRestOfCgal) {
  for (const char* header : {"CGAL/make_mesh_3.h", "CGAL/Mesh_triangulation_3.h", "CGAL/refine_mesh_3.h",
                             "CGAL/Mesh_criteria_3.h", "CGAL/Labeled_mesh_domain_3.h", "CGAL/Mesh_3/Mesher_3.h"})
    EXPECT_TRUE(includes_cgal_mesher({"mesh/a.cpp", std::string("#include <") + header + ">\n"})) << header;
  for (const char* header : {"CGAL/Surface_mesh.h", "CGAL/AABB_tree.h", "CGAL/Polygon_mesh_processing/remesh.h"})
    EXPECT_FALSE(includes_cgal_mesher({"mesh/a.cpp", std::string("#include <") + header + ">\n"})) << header;
}

TEST(HouseRules, UnfinishedWorkIsFound) {
  const std::string word = std::string("TO") + "DO";
  EXPECT_EQ(describe(unfinished_work({"core/a.cpp", "int a;\n// " + word + ": b\n"})),
            "core/a.cpp:2: says '" + word + "'\n");
  EXPECT_FALSE(unfinished_work({"core/a.cpp", std::string("// good enough for ") + "now.\n"}).empty());
  EXPECT_TRUE(unfinished_work({"core/a.cpp", "// a method of today\n"}).empty());
}

TEST(HouseRules, LongFilesAreFound) {
  const std::string lines(600, '\n');
  EXPECT_TRUE(too_long({"core/a.cpp", lines}).empty());
  EXPECT_EQ(describe(too_long({"core/a.cpp", lines + "\n"})), "core/a.cpp:601: has 601 lines; 600 are a defect\n");
}

TEST(HouseRules, DeadLinksAreFoundRelativeToTheirDocument) {
  const std::vector<std::string> known = {"docs/a.md", "core/x.cpp"};
  EXPECT_TRUE(
      dead_links({"docs/b.md", "[a](a.md#part) [x](../core/x.cpp) [core](../core) [w](https://a.org/b)\n"}, known)
          .empty());
  EXPECT_EQ(describe(dead_links({"docs/b.md", "\n[a](core/x.cpp)\n"}, known)),
            "docs/b.md:2: links to core/x.cpp, which does not exist\n");
}

TEST(HouseRules, AFolderThatIsNoSourceTreeIsRefused) { EXPECT_THROW(read_tree("/"), std::runtime_error); }

} // namespace
} // namespace kypho::house

// CalculiX against solutions by hand; without ccx on the PATH these tests are skipped.
#include "mesh/calculix.hpp"
#include "mesh/convert.hpp"
#include "tests/mesh/fe_scratch.hpp"
#include <gmock/gmock.h>

using namespace kypho;
using kypho::test::FeScratch;
using testing::HasSubstr;

namespace {

constexpr double modulus = 200, poisson = 0.25;
constexpr double digits = 1e-6; // of the table that CalculiX writes

#define NEEDS_CALCULIX()                                                                                               \
  if (!calculix_available()) GTEST_SKIP() << "ccx is not installed (package calculix-ccx): nothing was compared"

/// The tetrahedron with edges of 2 along the axes.
const std::string tet = R"(*NODE
1, 0, 0, 0
2, 2, 0, 0
3, 0, 2, 0
4, 0, 0, 2
*ELEMENT, TYPE=C3D4, ELSET=bone
1, 1, 2, 3, 4
*NSET, NSET=all
1, 2, 3, 4
*SURFACE, NAME=base
1, S1
*MATERIAL, NAME=m
*ELASTIC
200, 0.25
*SOLID SECTION, ELSET=bone, MATERIAL=m
)";

CalculixResult solve(const std::string& text) {
  const FeScratch dir;
  return run_calculix(read_fe_model(dir.write("a.inp", text)), dir / "ccx", 1);
}

} // namespace

// Uniaxial strain e along z: stress_z = M e, M = E (1 - nu) / ((1 + nu) (1 - 2 nu)). The tetrahedron passes stress on:
// f_a = stress . grad N_a V, N_4 = z / 2, V = 8 / 6, so f_4z = M e V / 2 and f_1z = -f_4z.
TEST(calculix, one_tetrahedron_under_uniaxial_strain_has_the_reactions_found_by_hand) {
  NEEDS_CALCULIX();
  const double strain = 0.01, volume = 8.0 / 6;
  const double axial = modulus * (1 - poisson) / ((1 + poisson) * (1 - 2 * poisson)) * strain;
  const double lateral = axial * poisson / (1 - poisson);
  const CalculixResult result = solve(tet + "*BOUNDARY\nall, 1, 2\n1, 3\n2, 3\n3, 3\n*STEP\n*STATIC\n*BOUNDARY\n"
                                            "4, 3, 3, 0.02\n*END STEP\n");
  EXPECT_NEAR(result.displacement[3].z(), 0.02, digits);
  EXPECT_NEAR(result.force[3].z(), axial * volume / 2, digits * axial);
  EXPECT_NEAR(result.force[0].z(), -axial * volume / 2, digits * axial);
  EXPECT_NEAR(result.force[1].x(), lateral * volume / 2, digits * axial);
  EXPECT_NEAR(result.force[2].y(), lateral * volume / 2, digits * axial);
  EXPECT_NEAR(result.force[1].z(), 0, digits * axial);
}

// The same with ten nodes. With N_ij = 4 L_i L_j the middle of edge ij gets stress . (grad L_i + grad L_j) V, a corner
// nothing: along z the middles of 13 and 23 get M e V / 2, those of 01 and 20 its opposite.
TEST(calculix, a_quadratic_tetrahedron_passes_the_stress_on_through_the_middles_of_its_edges) {
  NEEDS_CALCULIX();
  const double strain = 0.01, volume = 8.0 / 6;
  const double axial = modulus * (1 - poisson) / ((1 + poisson) * (1 - 2 * poisson)) * strain;
  const CalculixResult result = solve(R"(*NODE, NSET=all
1, 0, 0, 0
2, 2, 0, 0
3, 0, 2, 0
4, 0, 0, 2
5, 1, 0, 0
6, 1, 1, 0
7, 0, 1, 0
8, 0, 0, 1
9, 1, 0, 1
10, 0, 1, 1
*NSET, NSET=base
1, 2, 3, 5, 6, 7
*NSET, NSET=halfway
8, 9, 10
*ELEMENT, TYPE=C3D10, ELSET=bone
1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
*MATERIAL, NAME=m
*ELASTIC
200, 0.25
*SOLID SECTION, ELSET=bone, MATERIAL=m
*BOUNDARY
all, 1, 2
base, 3
*STEP
*STATIC
*BOUNDARY
4, 3, 3, 0.02
halfway, 3, 3, 0.01
*END STEP
)");
  const double expected[] = {0, 0, 0, 0, -0.5, 0, -0.5, 0, 0.5, 0.5};
  for (int node = 0; node < 10; ++node)
    EXPECT_NEAR(result.force[node].z(), expected[node] * axial * volume, digits * axial) << "node " << node + 1;
}

// The base is pressed upwards by p; node 4 alone holds z. All of p A arrives there; nodes 1 to 3 carry a third each.
TEST(calculix, a_pressure_on_a_face_pushes_against_it_and_arrives_at_the_support) {
  NEEDS_CALCULIX();
  const double pressure = 0.3, area = 2;
  const CalculixResult result =
      solve(tet + "*BOUNDARY\nall, 1, 2\n4, 3\n*STEP\n*STATIC\n*DSLOAD\nbase, P, 0.3\n*END STEP\n");
  EXPECT_NEAR(result.force[3].z(), -pressure * area, digits);
  for (int node = 0; node < 3; ++node) EXPECT_NEAR(result.force[node].z(), pressure * area / 3, digits);
  EXPECT_GT(result.displacement[0].z(), 0);
}

// Rubber c10 (I1' - 3) + (J-1)^2 / d1 under a stretch of 1.5 in z alone: with J = l,
// P_z = 2 c10 J^(-2/3) (l - I1 / (3 l)) + 2 (J - 1) / d1, I1 = l^2 + 2.
TEST(calculix, rubber_under_a_large_stretch_has_the_stress_of_its_energy) {
  NEEDS_CALCULIX();
  const double c10 = 0.5, d1 = 0.1, l = 1.5, volume = 8.0 / 6;
  std::string text = tet;
  const std::string elastic = "*ELASTIC\n200, 0.25\n";
  text.replace(text.find(elastic), elastic.size(), "*HYPERELASTIC, NEO HOOKE\n0.5, 0.1\n");
  const CalculixResult result = solve(text + "*BOUNDARY\nall, 1, 2\n1, 3\n2, 3\n3, 3\n*STEP, NLGEOM\n*STATIC\n0.1, 1\n"
                                             "*BOUNDARY\n4, 3, 3, 1.0\n*END STEP\n");
  const double first_piola = 2 * c10 * std::pow(l, -2.0 / 3) * (l - (l * l + 2) / (3 * l)) + 2 * (l - 1) / d1;
  EXPECT_NEAR(result.force[3].z(), first_piola * volume / 2, 1e-5 * first_piola);
}

TEST(calculix, triangles_that_only_mark_a_surface_do_not_disturb) {
  NEEDS_CALCULIX();
  const CalculixResult result = solve(tet + "*ELEMENT, TYPE=S3, ELSET=marks\n9, 1, 3, 2\n*BOUNDARY\nall, 1, 3\n*STEP\n"
                                            "*STATIC\n*BOUNDARY\n4, 3, 3, 0.02\n*END STEP\n");
  EXPECT_NEAR(result.displacement[3].z(), 0.02, digits);
}

TEST(calculix, a_failure_is_told_with_its_last_message) {
  NEEDS_CALCULIX();
  const FeScratch dir;
  FeModel model = read_fe_model(dir.write("a.inp", tet + "*BOUNDARY\nall, 1, 3\n*STEP\n*STATIC\n*END STEP\n"));
  model.sections.clear();
  try {
    run_calculix(model, dir / "ccx", 1);
    FAIL() << "no material was missed";
  } catch (const BackendError& error) {
    EXPECT_THAT(error.what(), HasSubstr("*ERROR"));
  }
}

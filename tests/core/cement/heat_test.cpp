#include "core/base/errors.hpp"
#include "core/cement/heat.hpp"
#include "tests/core/cement/simple_meshes.hpp"
#include <Eigen/Geometry>
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_meshes::cube_grid;

class Heat : public testing::Test {
protected:
  TetMesh mesh = cube_grid(4, 3, 3, 2.0); // 8 x 6 x 6 mm
  Cement cement = make_cement(Params(find_cement("kyphon_hv_r").specs));
  HeatParams params = make_heat_params(Params(heat_specs()));
  std::vector<double> no_cement = std::vector<double>(mesh.tets.size(), 0);

  HeatSystem assemble(const std::vector<double>& share) const {
    const auto properties = heat_properties(mesh, mesh.nodes, cement, params, share);
    return assemble_heat(mesh, mesh.nodes, properties, film_coefficients(heat_sides(mesh, mesh.nodes, {}), params));
  }
};

TEST_F(Heat, EveryKeyOfTheHeatProblemHasAMeaningASourceAndADefaultInRange) {
  for (const ParamSpec& spec : heat_specs()) {
    EXPECT_FALSE(spec.meaning.empty()) << spec.name;
    EXPECT_FALSE(spec.source.empty()) << spec.name;
    EXPECT_NO_THROW(parse_param(spec, spec.default_text)) << spec.name;
  }
  EXPECT_NEAR(params.bone_heat_capacity, 2.0, 0.01);
}

TEST_F(Heat, CapacityOfTheMatrixIsVolumeTimesCapacity) {
  EXPECT_NEAR(assemble(no_cement).C.sum(), 8 * 6 * 6 * params.bone_heat_capacity, 1e-9);
}

TEST_F(Heat, CementAndBoneMixByVolume) {
  const std::vector<double> half(mesh.tets.size(), 0.5);
  const double mean = (params.bone_heat_capacity + cement.volumetric_heat_capacity()) / 2;
  EXPECT_NEAR(assemble(half).C.sum(), 8 * 6 * 6 * mean, 1e-9);
}

// A straight temperature leaves no residual at inner nodes and the flux k A dT/dx at the ends (patch test).
TEST_F(Heat, AStraightTemperatureIsReproducedOnAnUglyMesh) {
  for (std::size_t i = 0; i < mesh.nodes.size(); ++i) {
    Vec3& p = mesh.nodes[i];
    const bool inner = p.x() > 0 && p.x() < 8 && p.y() > 0 && p.y() < 6 && p.z() > 0 && p.z() < 6;
    if (inner) p += 0.4 * Vec3(std::sin(7.0 * i), std::cos(5.0 * i), std::sin(3.0 * i + 1));
  }
  params.perfusion = params.surface_film = 0;
  const HeatSystem system = assemble(no_cement);
  const Vec3 slope(1.3, -0.7, 0.4);
  VectorX theta(mesh.nodes.size());
  for (std::size_t i = 0; i < mesh.nodes.size(); ++i) theta[i] = slope.dot(mesh.nodes[i]);
  const VectorX residual = system.K * theta;
  double into_front = 0;
  for (std::size_t i = 0; i < mesh.nodes.size(); ++i) {
    const Vec3& p = mesh.nodes[i];
    const bool inner = p.x() > 0 && p.x() < 8 && p.y() > 0 && p.y() < 6 && p.z() > 0 && p.z() < 6;
    if (inner) {
      EXPECT_NEAR(residual[i], 0, 1e-12);
    }
  }
  EXPECT_NEAR(theta.dot(residual), params.bone_conductivity * slope.squaredNorm() * 8 * 6 * 6, 1e-9);
  EXPECT_NEAR(residual.sum(), into_front, 1e-10);
}

TEST_F(Heat, PerfusionAndFilmTakeHeatInProportionToVolumeAndArea) {
  const HeatSystem system = assemble(no_cement);
  const double perfusion = params.perfusion * 3.8 * 8 * 6 * 6;
  const double film = params.surface_film * 1e-3 * 2 * (8 * 6 + 8 * 6 + 6 * 6);
  EXPECT_NEAR((system.K * VectorX::Ones(system.K.rows())).sum(), perfusion + film, 1e-9);
}

TEST_F(Heat, ConductionCouplesNoNodesTheWrongWayOnAGridWithoutObtuseAngles) {
  params.perfusion = params.surface_film = 0;
  const HeatSystem system = assemble(no_cement);
  for (int row = 0; row < system.K.outerSize(); ++row)
    for (Eigen::SparseMatrix<double, Eigen::RowMajor>::InnerIterator it(system.K, row); it; ++it)
      if (it.row() != it.col()) {
        EXPECT_LE(it.value(), 1e-12);
      }
}

TEST_F(Heat, TheWallTowardsTheCanalIsToldFromTheRest) {
  const CanalGeometry canal{Vec3(-6, 3, 3), 14, 20};
  const auto sides = heat_sides(mesh, mesh.nodes, canal);
  for (std::size_t f = 0; f < sides.size(); ++f) {
    const auto& n = mesh.facets[f].nodes;
    const bool back = mesh.nodes[n[0]].x() + mesh.nodes[n[1]].x() + mesh.nodes[n[2]].x() == 0;
    EXPECT_EQ(sides[f], back ? HeatSide::canal : HeatSide::tissue);
  }
}

TEST_F(Heat, TheWallOfAnEmptyCavityIsInsulated) {
  for (Facet& facet : mesh.facets) facet.surface = Surface::cavity_left;
  params.perfusion = 0;
  EXPECT_NEAR((assemble(no_cement).K * VectorX::Ones(mesh.nodes.size())).cwiseAbs().maxCoeff(), 0, 1e-10);
}

TEST_F(Heat, AnInvertedTetrahedronIsRefused) {
  std::swap(mesh.tets[5][0], mesh.tets[5][1]);
  EXPECT_THROW(assemble(no_cement), NonPhysical);
}

TEST_F(Heat, CementSharesComeFromRegionsAndFill) {
  mesh.region[0] = Region::cement;
  std::vector<double> fill(mesh.tets.size(), 0), pores(mesh.tets.size(), 0.9);
  fill[1] = 0.5;
  const auto share = cement_fractions(mesh, fill, pores);
  EXPECT_EQ(share[0], 1);
  EXPECT_DOUBLE_EQ(share[1], 0.45);
  EXPECT_EQ(share[2], 0);
}

// Sapareto & Dewey 1984: one minute at 43 degC counts one, each degree above doubles, each below quarters.
TEST(ThermalDamage, Cem43CountsMinutesAt43) {
  EXPECT_NEAR(cem43_minutes(43, 43, 60), 1, 1e-12);
  EXPECT_NEAR(cem43_minutes(47, 47, 60), 16, 1e-9);
  EXPECT_NEAR(cem43_minutes(41, 41, 60), 1.0 / 16, 1e-9);
}

TEST(ThermalDamage, Cem43OfARampIsTheSumOfItsParts) {
  double sum = 0;
  for (int i = 0; i < 10000; ++i) sum += cem43_minutes(39 + 1e-3 * (i + 0.5), 39 + 1e-3 * (i + 0.5), 0.01);
  EXPECT_NEAR(cem43_minutes(39, 49, 100), sum, 1e-4 * sum);
  EXPECT_NEAR(cem43_minutes(49, 39, 100), sum, 1e-4 * sum);
}

// Time to Omega = 1 with the constants of Henriques & Moritz: 30 s at 55 degC, 1060 s at 50 degC.
TEST(ThermalDamage, HenriquesReachesOneAfterTheKnownTimes) {
  EXPECT_NEAR(henriques_damage(55, 55, 30), 1, 0.1);
  EXPECT_NEAR(henriques_damage(50, 50, 1060), 1, 0.1);
}

} // namespace
} // namespace kypho

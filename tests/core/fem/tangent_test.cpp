// The tangent of every term against differences of its own forces.
#include "core/contact/plate_term.hpp"
#include "core/contact/platen_term.hpp"
#include "core/devices/balloon_wall.hpp"
#include "core/fem/bulk_term.hpp"
#include "core/fem/hinge_term.hpp"
#include "core/fem/load_terms.hpp"
#include "core/fem/quadratic.hpp"
#include "core/fem/shell_term.hpp"
#include "core/materials/catalog.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/fem/tangent_error.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_meshes::add_noise;
using testing_meshes::distorted_block;
using testing_meshes::linear_field;
using testing_meshes::Threads;
using testing_terms::tangent_error;
using testing_terms::tangent_of;

const Mat3 ugly = (Mat3() << 0.93, 0.11, -0.04, -0.07, 1.06, 0.13, 0.09, -0.05, 0.88).finished();

std::vector<std::string> solid_laws() {
  std::vector<std::string> names;
  for (const LawInfo& info : law_catalog())
    if (info.make) names.push_back(info.name);
  return names;
}

/// At rest, by the bound as a matrix and by the weights of its rows.
void expect_bounded(const Term& term, const TetMesh& mesh) {
  const VectorX still = VectorX::Zero(3 * mesh.nodes.size());
  EXPECT_GT(testing_terms::left_by_bound(term, still), -1e-9);
  EXPECT_LT(testing_terms::over_rows(term, still), 1 + 1e-9);
}

struct Kind {
  std::string law;
  int order;
  bool mean_dilatation;
};

class BulkTangent : public testing::TestWithParam<Kind> {
protected:
  TetMesh mesh = GetParam().order == 2 ? quadratic(distorted_block(2)) : distorted_block(3);
  std::shared_ptr<const Material> law = testing_points::make_law(GetParam().law);
  BulkTerm term{mesh, {law}, std::vector<int>(mesh.tets.size(), 0), points(), {GetParam().mean_dilatation}};
  std::vector<PointData> points() const {
    std::vector<PointData> all(mesh.tets.size());
    for (PointData& p : all) p.conversion = 0.7;
    return all;
  }
  VectorX crushed(double size) const {
    VectorX u = linear_field(mesh, Mat3(Mat3::Identity() + size * (ugly - Mat3::Identity())));
    add_noise(u, 0.02 * size);
    return u;
  }
};

TEST_P(BulkTangent, IsTheDerivativeOfTheForcesInAnElasticAndAFlowingState) {
  EXPECT_LT(tangent_error(term, crushed(0.02)), 1e-6);
  VectorX scratch = VectorX::Zero(3 * mesh.nodes.size());
  for (int s = 1; s <= 4; ++s) term.add_forces(crushed(0.2 * s), scratch);
  EXPECT_LT(tangent_error(term, crushed(0.9)), 1e-6);
}

TEST_P(BulkTangent, LinearizeGivesTheForcesOfAddForcesAndLeavesTheHistoryAlone) {
  const VectorX u = crushed(0.7);
  VectorX tried = VectorX::Zero(u.size()), again = tried, moved = tried;
  term.linearize(u, tried, nullptr);
  term.linearize(u, again, nullptr);
  EXPECT_EQ(tried, again);
  term.add_forces(u, moved);
  EXPECT_EQ(tried, moved);
}

TEST_P(BulkTangent, GivesTheSameBitsForAnyNumberOfThreads) {
  const VectorX u = crushed(0.7);
  Eigen::MatrixXd one, three;
  {
    const Threads threads(1);
    one = tangent_of(term, u);
  }
  {
    const Threads threads(3);
    three = tangent_of(term, u);
  }
  EXPECT_EQ(one, three);
}

// Explicit steps take either for the mass: what exceeds it is not stable.
TEST_P(BulkTangent, OfABodyAtRestIsExceededByItsBoundAndByTheWeightsOfItsRows) { expect_bounded(term, mesh); }

// Up to the stress, some hundredths of the stiffness, which turns with the elements.
TEST_P(BulkTangent, OfABodyThatUnloadsIsExceededByItsBound) {
  VectorX scratch = VectorX::Zero(3 * mesh.nodes.size());
  for (int s = 1; s <= 4; ++s) term.add_forces(crushed(0.1 * s), scratch);
  EXPECT_GT(testing_terms::left_by_bound(term, crushed(0.39)), -0.05);
}

TEST_P(BulkTangent, RefusesAnElementThatIsTurnedInsideOut) {
  VectorX u = VectorX::Zero(3 * mesh.nodes.size()), f = u;
  u.segment<3>(3 * mesh.tets[5][0]) = Vec3(30, 30, 30);
  EXPECT_THROW(term.linearize(u, f, nullptr), NonPhysical);
}

std::vector<Kind> kinds() {
  std::vector<Kind> all;
  for (const std::string& law : solid_laws()) {
    all.push_back({law, 1, false});
    all.push_back({law, 2, false});
    all.push_back({law, 2, true});
  }
  return all;
}
INSTANTIATE_TEST_SUITE_P(Law, BulkTangent, testing::ValuesIn(kinds()), [](const auto& info) {
  return info.param.law + (info.param.order == 1 ? "_tet4" : info.param.mean_dilatation ? "_tet10_mean" : "_tet10");
});

TEST(ShellTangent, IsTheDerivativeOfTheForces) {
  const TetMesh mesh = distorted_block(3);
  Params params(find_law("cortical_shell").specs);
  const std::shared_ptr<const ShellLaw> cortex = find_law("cortical_shell").make_shell(params);
  std::vector<int> law(mesh.facets.size());
  for (std::size_t f = 0; f < law.size(); ++f) law[f] = f % 3 == 0 ? 1 : 0;
  ShellTerm term(mesh, {cortex, make_balloon_wall(0.9, 5)}, law);
  VectorX u = linear_field(mesh, ugly);
  add_noise(u, 0.02);
  EXPECT_LT(tangent_error(term, 0.01 * u), 1e-6);
  VectorX scratch = VectorX::Zero(u.size());
  term.add_forces(0.5 * u, scratch);
  EXPECT_LT(tangent_error(term, u), 1e-6);
}

TEST(ShellTangent, OfAFlatWallIsExceededByItsBoundAndByTheWeightsOfItsRows) {
  for (const int order : {1, 2}) {
    const TetMesh mesh = order == 2 ? quadratic(distorted_block(2)) : distorted_block(3);
    Params params(find_law("cortical_shell").specs);
    const std::shared_ptr<const ShellLaw> cortex = find_law("cortical_shell").make_shell(params);
    const ShellTerm term(mesh, {cortex}, std::vector<int>(mesh.facets.size(), 0));
    expect_bounded(term, mesh);
  }
}

TEST(HingeTangent, OfAFlatWallIsExceededByItsBoundAndByTheWeightsOfItsRows) {
  const TetMesh mesh = distorted_block(3);
  const ShellBending plate{.stiffness = 20, .plastic_moment = 1.2, .break_angle = 0.2, .residual = 0.1};
  const HingeTerm term(mesh, std::vector<ShellBending>(mesh.facets.size(), plate));
  expect_bounded(term, mesh);
}

TEST(HingeTangent, IsTheDerivativeOfTheForces) {
  const TetMesh mesh = distorted_block(3);
  const ShellBending plate{.stiffness = 20, .plastic_moment = 1.2, .break_angle = 0.2, .residual = 0.1};
  HingeTerm term(mesh, std::vector<ShellBending>(mesh.facets.size(), plate));
  VectorX u = linear_field(mesh, ugly);
  add_noise(u, 0.1);
  EXPECT_LT(tangent_error(term, 0.05 * u), 1e-6);
  VectorX scratch = VectorX::Zero(u.size());
  term.add_forces(0.8 * u, scratch);
  EXPECT_LT(tangent_error(term, u), 1e-6);
}

TEST(PlatenTangent, IsTheDerivativeOfTheForces) {
  TetMesh mesh = distorted_block(3);
  for (Facet& f : mesh.facets)
    if (mesh.nodes[f.nodes[0]][2] > 5.9 && mesh.nodes[f.nodes[1]][2] > 5.9 && mesh.nodes[f.nodes[2]][2] > 5.9)
      f.surface = Surface::upper_endplate;
  const int first = static_cast<int>(3 * mesh.nodes.size());
  PlatenTerm term(mesh, mesh.nodes, Surface::upper_endplate, 20, 6, first);
  VectorX u = linear_field(mesh, ugly, 3);
  add_noise(u, 0.02);
  u.tail(3) = Vec3(-0.4, 0.3, -0.5);
  EXPECT_LT(tangent_error(term, u), 1e-8);
}

class LoadedBlock : public testing::TestWithParam<int> {
protected:
  TetMesh mesh = GetParam() == 2 ? quadratic(distorted_block(2)) : distorted_block(3);
  /// Facets on the side where coordinate @p i is smallest.
  std::vector<int> low_side(int i) const {
    std::vector<int> found;
    for (std::size_t f = 0; f < mesh.facets.size(); ++f) {
      bool on = true;
      for (const int n : mesh.facets[f].nodes) on = on && mesh.nodes[n][i] < 1e-9;
      if (on) found.push_back(static_cast<int>(f));
    }
    return found;
  }
  VectorX moved() const {
    VectorX u = linear_field(mesh, ugly);
    add_noise(u, 0.05);
    return u;
  }
};

TEST_P(LoadedBlock, PressureThatFollowsHasTheDerivativeOfItsForces) {
  PressureTerm term(mesh, low_side(2));
  term.pressure = 3;
  EXPECT_LT(tangent_error(term, moved()), 1e-7);
}

TEST_P(LoadedBlock, AFluidCouplesAllThatItTouches) {
  PressureTerm term(mesh, low_side(2));
  term.stiffness = 0.2;
  term.fluid = 9;
  EXPECT_LT(tangent_error(term, moved()), 1e-7);
}

TEST_P(LoadedBlock, PressureOnAFlatSideIsPressureTimesArea) {
  PressureTerm term(mesh, low_side(2));
  term.pressure = 3;
  VectorX u = VectorX::Zero(3 * mesh.nodes.size()), f = u;
  term.add_forces(u, f);
  double sum = 0;
  for (int i = 2; i < f.size(); i += 3) sum += f[i];
  const double side = GetParam() == 2 ? 4 : 6;
  EXPECT_NEAR(sum, 3 * side * side, 1e-10);
}

TEST_P(LoadedBlock, APlateThatSticksAndSlidesHasTheDerivativeOfItsForces) {
  PlateTerm term(mesh, low_side(2), Vec3(0, 0, 0.3), Vec3(0.05, -0.1, 1), 200, 0.3);
  VectorX u = moved(), scratch = VectorX::Zero(u.size());
  EXPECT_LT(tangent_error(term, u), 1e-6);
  term.add_forces(u, scratch);
  EXPECT_LT(tangent_error(term, 1.001 * u), 1e-6);
}

TEST_P(LoadedBlock, APlateTouchesOnlyWhatIsBehindItsPlane) {
  PlateTerm term(mesh, low_side(2), Vec3(0, 0, -1), Vec3(0, 0, 1), 200, 0.3);
  VectorX f = VectorX::Zero(3 * mesh.nodes.size()), u = f;
  term.add_forces(u, f);
  EXPECT_EQ(f.norm(), 0);
}

// Pressed by g and dragged: k g A along the normal, and never more than mu of it across.
TEST_P(LoadedBlock, APlateDragsWithNoMoreThanItsFriction) {
  PlateTerm term(mesh, low_side(2), Vec3(0, 0, 0), Vec3(0, 0, 1), 200, 0.3);
  VectorX u = VectorX::Zero(3 * mesh.nodes.size()), f = u;
  const double side = GetParam() == 2 ? 4 : 6, push = 200 * 0.01 * side * side;
  for (int s = 1; s <= 5; ++s)
    for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
      u.segment<3>(3 * n) = Vec3(0.002 * s, 0, -0.01);
      if (n + 1 < mesh.nodes.size()) continue;
      term.add_forces(u, f);
      EXPECT_NEAR(-term.reaction()[2], push, 1e-9 * push);
      EXPECT_NEAR(term.reaction()[0], std::min(0.3 * push, 200 * 0.002 * s * side * side), 1e-9 * push);
    }
}

INSTANTIATE_TEST_SUITE_P(Order, LoadedBlock, testing::Values(1, 2),
                         [](const auto& info) { return info.param == 1 ? "tet4" : "tet10"; });

} // namespace
} // namespace kypho

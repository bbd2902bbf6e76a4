// Cords against their closed forms: force, energy, tangent, balance, slack.
#include "core/fem/spring_term.hpp"
#include "core/materials/catalog.hpp"
#include "tests/core/fem/random_fields.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

std::shared_ptr<const CordLaw> cord(double stiffness, double toe, double before) {
  Params p(find_law("ligament").specs);
  p.set("stiffness", stiffness);
  p.set("toe_strain", toe);
  p.set("reference_strain", before);
  return find_law("ligament").make_cord(p);
}

TEST(Ligament, PullsAsItsToeAndItsLineSay) {
  const double k = 290, toe = 0.23, before = 0.12;
  const auto law = cord(k, toe, before);
  for (const double stretch : {0.5, 0.88, 0.95, 1.0, 1.05, 1.2, 1.6}) {
    const double e = (1 + before) * stretch - 1;
    const double force = e <= 0 ? 0 : e < toe ? k * e * e / (2 * toe) : k * (e - toe / 2);
    EXPECT_NEAR(law->at(stretch).force, force, 1e-12 * k) << stretch;
  }
}

TEST(Ligament, ForceIsTheSlopeOfTheEnergyAndSlopeThatOfTheForce) {
  const auto law = cord(485, 0.08, -0.03);
  const double h = 1e-6;
  for (const double stretch : {0.9, 1.0, 1.05, 1.09, 1.111, 1.3}) {
    const CordLaw::Pull up = law->at(stretch + h), down = law->at(stretch - h), here = law->at(stretch);
    EXPECT_NEAR(here.force, (up.energy - down.energy) / (2 * h), 1e-6 * 485);
    EXPECT_NEAR(here.slope, (up.force - down.force) / (2 * h), 1e-6 * 485);
    EXPECT_LE(here.slope, law->largest_slope());
  }
}

TEST(Ligament, ToeMeetsTheLineWithoutAKink) {
  const auto law = cord(100, 0.2, 0);
  const CordLaw::Pull toe = law->at(1.2 - 1e-9), line = law->at(1.2 + 1e-9);
  EXPECT_NEAR(toe.force, line.force, 1e-6);
  EXPECT_NEAR(toe.slope, line.slope, 1e-5);
  EXPECT_NEAR(toe.energy, line.energy, 1e-6);
}

class Springs : public testing::Test {
protected:
  const std::vector<Vec3> nodes = {{0, 0, 0}, {10, 0, 0}, {3, 4, 0}, {-2, 5, 7}};
  SpringTerm term{nodes,
                  {{.law = cord(40, 0.95, 0.55), .node = 3, .point = Vec3(4, -8, 2)},
                   {.law = cord(485, 0.08, -0.03), .node = 0, .other = 1},
                   {.law = cord(290, 0.23, 0.12), .node = 2, .other = 3},
                   {.law = cord(100, 0.1, 0), .node = 0, .other = 2, .length = 4}}};
  VectorX moved() const {
    VectorX u(12);
    for (int i = 0; i < 12; ++i) u[i] = 0.9 * std::sin(1.0 + 2.3 * i);
    u[3] += 1;
    return u;
  }
  VectorX forces(const VectorX& u) {
    VectorX f = VectorX::Zero(u.size());
    term.add_forces(u, f);
    return f;
  }
};

TEST_F(Springs, ACordPulledStraightHasTheForceOfItsLaw) {
  VectorX u = VectorX::Zero(12);
  u[3] = 2; // 10 to 12 mm: beyond the toe
  SpringTerm one(nodes, {{.law = cord(485, 0.08, -0.03), .node = 0, .other = 1}});
  VectorX f = VectorX::Zero(12);
  one.add_forces(u, f);
  const double force = 485 * (0.97 * 1.2 - 1 - 0.04);
  EXPECT_NEAR(f[0], force, 1e-10);
  EXPECT_NEAR(f[3], -force, 1e-10);
  EXPECT_NEAR(one.tension(0, u), force, 1e-10);
  EXPECT_NEAR(one.elongation(0, u), 2, 1e-12);
  EXPECT_NEAR(one.force_sum(), 2 * force, 1e-10);
}

TEST_F(Springs, SlackCarriesNothingAndHasNoStiffness) {
  SpringTerm one(nodes,
                 {{.law = cord(485, 0.08, -0.03), .node = 0, .other = 1}, {.law = cord(485, 0.08, 0), .node = 2}});
  VectorX u = VectorX::Zero(12), f = u;
  u[3] = -4;
  u.segment<3>(6) = -nodes[2]; // both ends at one place
  Tangent K(12);
  one.couple(K);
  K.finish();
  EXPECT_EQ(one.linearize(u, f, &K), 0);
  EXPECT_EQ(f, VectorX::Zero(12));
  EXPECT_EQ(Eigen::MatrixXd(K.matrix()).norm(), 0);
  EXPECT_EQ(one.energy(u), 0);
}

TEST_F(Springs, ForcesAreTheSlopeOfTheEnergy) {
  const VectorX u = moved(), f = forces(u);
  for (int i = 0; i < 12; ++i) {
    VectorX up = u, down = u;
    up[i] += 1e-5;
    down[i] -= 1e-5;
    EXPECT_NEAR(-f[i], (term.energy(up) - term.energy(down)) / 2e-5, 1e-7 * f.norm());
  }
}

TEST_F(Springs, TangentIsTheDerivativeOfTheForces) {
  const VectorX u = moved();
  Tangent tangent(12);
  term.couple(tangent);
  tangent.finish();
  VectorX f = VectorX::Zero(12);
  term.linearize(u, f, &tangent);
  const Eigen::MatrixXd K(tangent.matrix());
  for (int i = 0; i < 12; ++i) {
    VectorX up = u, down = u;
    up[i] += 1e-6;
    down[i] -= 1e-6;
    EXPECT_LT((K.col(i) + (forces(up) - forces(down)) / 2e-6).norm(), 1e-6 * K.norm());
  }
  EXPECT_LT(tangent.asymmetry(), 1e-14);
}

TEST_F(Springs, ForcesBalanceAndHaveNoMomentBetweenNodes) {
  SpringTerm free(nodes, {term.springs()[0], term.springs()[1], term.springs()[2]});
  const VectorX u = moved();
  VectorX f = VectorX::Zero(12);
  free.add_forces(u, f);
  TetMesh mesh;
  mesh.nodes = nodes;
  const auto [force, moment] = testing_meshes::resultants(mesh, u, f);
  EXPECT_GT(f.norm(), 1);
  EXPECT_LT(force.norm(), 1e-12 * f.norm());
  EXPECT_LT(moment.norm(), 1e-11 * f.norm());
}

TEST_F(Springs, RowsBoundTheTangent) {
  VectorX rows = VectorX::Zero(12);
  term.add_stiffness_rows(moved(), rows);
  for (const double size : {0.5, 1.0, 3.0}) {
    Tangent tangent(12);
    term.couple(tangent);
    tangent.finish();
    VectorX f = VectorX::Zero(12);
    term.linearize(size * moved(), f, &tangent);
    const VectorX sums = Eigen::MatrixXd(tangent.matrix()).cwiseAbs().rowwise().sum();
    for (int i = 0; i < 12; ++i) EXPECT_LE(sums[i], rows[i]);
  }
}

TEST_F(Springs, EndsThatCoincideAreRefused) {
  EXPECT_THROW(SpringTerm(nodes, {{.law = cord(1, 0.1, 0), .node = 0, .point = nodes[0]}}), InputError);
}

} // namespace
} // namespace kypho

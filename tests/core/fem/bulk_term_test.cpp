#include "core/fem/bulk_term.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/fem/saved_state.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_meshes::add_noise;
using testing_meshes::distorted_block;
using testing_meshes::linear_field;
using testing_meshes::Threads;
using testing_points::make_law;

class Bulk : public testing::Test {
protected:
  TetMesh mesh = distorted_block(4);
  std::vector<std::shared_ptr<const Material>> laws{make_law("trabecular_bone"), make_law("compact_solid")};
  const Mat3 ugly = (Mat3() << 0.93, 0.11, -0.04, -0.07, 1.06, 0.13, 0.09, -0.05, 0.88).finished();
  const Mat3 small = Mat3::Identity() + 0.01 * (ugly - Mat3::Identity());

  BulkTerm uniform(int law) const {
    return {mesh, laws, std::vector<int>(mesh.tets.size(), law), std::vector<PointData>(mesh.tets.size())};
  }
  /// Every third tetrahedron compact, density and axis from place to place different, one tetrahedron without law.
  BulkTerm mixed() const {
    std::vector<int> law(mesh.tets.size());
    std::vector<PointData> points(mesh.tets.size());
    for (std::size_t t = 0; t < law.size(); ++t) {
      law[t] = t % 3 == 0;
      points[t].bmd = 60.0 + t % 97;
      points[t].axis = Vec3(0.1 * (t % 5), 0.2, 1).normalized();
    }
    law[17] = -1;
    return {mesh, laws, law, points};
  }
  VectorX forces(BulkTerm& term, const VectorX& u) const {
    VectorX f = VectorX::Zero(u.size());
    term.add_forces(u, f);
    return f;
  }
  VectorX crushed() const {
    VectorX u = linear_field(mesh, ugly);
    add_noise(u, 0.02);
    return u;
  }
};

TEST_F(Bulk, PatchTestInnerNodesOfAUniformlyDeformedBlockAreInBalance) {
  for (int law = 0; law < 2; ++law) {
    BulkTerm term = uniform(law);
    const VectorX f = forces(term, linear_field(mesh, ugly));
    const std::vector<char> boundary = testing_meshes::on_boundary(mesh);
    int inner = 0;
    for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
      if (boundary[n]) continue;
      ++inner;
      EXPECT_LT(f.segment<3>(3 * n).norm(), 1e-10 * f.lpNorm<Eigen::Infinity>());
    }
    EXPECT_EQ(inner, 27);
  }
}

// Linear tetrahedra: the stress of each is the stress of the law at the uniform F, whatever the mesh.
TEST_F(Bulk, PatchTestEveryTetrahedronHasTheStressOfTheLaw) {
  const BulkTerm term = uniform(0);
  const VectorX u = linear_field(mesh, ugly);
  for (std::size_t t = 0; t < mesh.tets.size(); t += 11) {
    testing_points::PointDriver point(laws[0], term.point(static_cast<int>(t)));
    const Mat3 P = point.go(ugly);
    const Mat3 sigma = P * ugly.transpose() / ugly.determinant();
    EXPECT_LT((term.cauchy(static_cast<int>(t), u) - sigma).norm(), 1e-10 * sigma.norm());
    EXPECT_LT((term.deformation(static_cast<int>(t), u) - ugly).norm(), 1e-12);
  }
}

TEST_F(Bulk, ForcesAndMomentsOfAnyDeformationSumToZero) {
  BulkTerm term = mixed();
  const VectorX u = crushed(), f = forces(term, u);
  const auto [force, moment] = testing_meshes::resultants(mesh, u, f);
  const double scale = f.lpNorm<1>();
  EXPECT_LT(force.norm(), 1e-13 * scale);
  EXPECT_LT(moment.norm(), 1e-12 * scale);
}

// Energy by the laws at each tetrahedron's F. Tolerance: the Cayley strain's e^2 (conformity_test.cpp), strains below 0.4 %.
TEST_F(Bulk, ForcesAreTheNegativeSlopeOfTheEnergyInTheElasticRange) {
  BulkTerm term = mixed();
  VectorX u = linear_field(mesh, small);
  add_noise(u, 2e-4);
  const VectorX f = forces(term, u);
  const auto energy = [&](const VectorX& at) {
    double sum = 0;
    for (int t = 0; t < static_cast<int>(mesh.tets.size()); ++t) {
      if (!term.law(t)) continue;
      testing_points::PointDriver point(laws[term.law(t) == laws[1].get()], term.point(t));
      point.go(term.deformation(t, at));
      const auto& [a, b, c, d] = mesh.tets[t];
      sum += point.energy() * tet_volume(mesh.nodes[a], mesh.nodes[b], mesh.nodes[c], mesh.nodes[d]);
    }
    return sum;
  };
  const double scale = f.lpNorm<Eigen::Infinity>();
  for (const int k : {0, 100, 187, 188, 189, 250, 301, 374}) {
    VectorX up = u, down = u;
    up[k] += 1e-5;
    down[k] -= 1e-5;
    EXPECT_NEAR(f[k], -(energy(up) - energy(down)) / 2e-5, 1e-4 * scale) << "unknown " << k;
  }
  EXPECT_NEAR(term.stored(u), energy(u), 1e-12 * energy(u));
}

TEST_F(Bulk, TellsWhatItStoresWithoutMovingOn) {
  BulkTerm looked_at = mixed(), left_alone = mixed();
  looked_at.stored(crushed());
  const VectorX u = linear_field(mesh, small);
  EXPECT_EQ(forces(looked_at, u), forces(left_alone, u));
}

TEST_F(Bulk, BitsDoNotDependOnTheNumberOfThreads) {
  BulkTerm one = mixed(), two = mixed();
  VectorX f1, f2, rows1 = VectorX::Zero(3 * mesh.nodes.size()), rows2 = rows1;
  {
    const Threads threads(1);
    f1 = forces(one, crushed());
    one.add_stiffness_rows(crushed(), rows1);
  }
  {
    const Threads threads(2);
    f2 = forces(two, crushed());
    two.add_stiffness_rows(crushed(), rows2);
  }
  EXPECT_EQ(f1, f2);
  EXPECT_EQ(rows1, rows2);
  EXPECT_EQ(testing_terms::saved(one), testing_terms::saved(two));
}

TEST_F(Bulk, GoingBackToASavedStateGivesTheSameBitsAgain) {
  BulkTerm term = mixed();
  forces(term, crushed());
  const State state = testing_terms::saved(term);
  const VectorX next = linear_field(mesh, 0.9 * ugly), first = forces(term, next);
  const VectorX h = term.history(40);
  EXPECT_NE(forces(term, crushed()), first);
  testing_terms::restore(term, state);
  EXPECT_EQ(forces(term, next), first);
  EXPECT_EQ(term.history(40), h);
}

TEST_F(Bulk, AStateSavedInFloatsIsTheOneThatTheFloatsHaveReached) {
  BulkTerm term = mixed();
  term.work_in(Precision::single);
  const State virgin = testing_terms::saved(term);
  forces(term, crushed());
  const State state = testing_terms::saved(term);
  EXPECT_NE(state, virgin);
  const VectorX next = linear_field(mesh, 0.9 * ugly), first = forces(term, next);
  testing_terms::restore(term, state);
  EXPECT_EQ(forces(term, next), first);
  term.work_in(Precision::full);
}

// What has crushed bears a share of the force; what has not is as stiff.
TEST_F(Bulk, BoneOfAShareOfTheStrengthBearsThatShareWhereItIsCrushed) {
  BulkTerm whole = uniform(0), weak = uniform(0);
  weak.strength = 0.7;
  const VectorX u = linear_field(mesh, Mat3::Identity() + 1e-4 * (ugly - Mat3::Identity()));
  EXPECT_EQ(forces(weak, u), forces(whole, u));
  for (int s = 1; s <= 50; ++s) {
    const Mat3 F = Vec3(1, 1, 1 - 0.1 * s / 50).asDiagonal();
    forces(whole, linear_field(mesh, F));
    forces(weak, linear_field(mesh, F));
  }
  const Mat3 F = Vec3(1, 1, 0.9).asDiagonal();
  const VectorX crushed = linear_field(mesh, F);
  const double share = weak.cauchy(40, crushed)(2, 2) / whole.cauchy(40, crushed)(2, 2);
  EXPECT_NEAR(share, 0.7, 0.03); // the weak one has gone further along its hardening
}

TEST_F(Bulk, ATetrahedronWithoutLawHasNoForceNoHistoryAndNoSayInTheVolumeRatio) {
  std::vector<int> law(mesh.tets.size(), -1);
  law[5] = 1;
  BulkTerm term(mesh, laws, law, std::vector<PointData>(mesh.tets.size()));
  const VectorX f = forces(term, linear_field(mesh, small));
  for (int n = 0; n < static_cast<int>(mesh.nodes.size()); ++n) {
    const auto& tet = mesh.tets[5];
    const bool corner = std::find(tet.begin(), tet.end(), n) != tet.end();
    EXPECT_EQ(f.segment<3>(3 * n).norm() > 0, corner);
  }
  EXPECT_EQ(term.law(6), nullptr);
  EXPECT_EQ(term.history(6).size(), 0);
  EXPECT_EQ(term.smallest_volume_ratio(linear_field(mesh, ugly)).second, 5);
}

TEST_F(Bulk, TheSmallestVolumeRatioNamesItsTetrahedron) {
  const BulkTerm term = uniform(1);
  VectorX u = linear_field(mesh, Mat3::Identity());
  const int node = mesh.tets[50][0];
  u.segment<3>(3 * node) = 0.5 * (mesh.nodes[mesh.tets[50][1]] - mesh.nodes[node]);
  const auto [ratio, tet] = term.smallest_volume_ratio(u);
  EXPECT_NEAR(ratio, term.deformation(tet, u).determinant(), 1e-14);
  EXPECT_LE(ratio, term.deformation(50, u).determinant());
  EXPECT_NEAR(term.deformation(50, u).determinant(), 0.5, 1e-12);
}

TEST_F(Bulk, NewDataAtAPointChangeItsStiffnessAndKeepItsSize) {
  BulkTerm term = uniform(0);
  const VectorX u = linear_field(mesh, small);
  forces(term, u);
  const Mat3 before = term.cauchy(3, u), other = term.cauchy(4, u);
  PointData data = term.point(3);
  const double size = data.size;
  data.bmd *= 2;
  data.size = 99;
  term.set_point(3, data);
  EXPECT_EQ(term.point(3).size, size);
  forces(term, u);
  EXPECT_NEAR(term.cauchy(3, u).norm() / before.norm(), std::pow(2, 1.05), 1e-9); // modulus ~ density^1.05
  EXPECT_LT((term.cauchy(4, u) - other).norm(), 1e-12 * other.norm());
}

} // namespace
} // namespace kypho

// Quadratic meshes seen through their linear parts: what terms on three-node facets and searches in tetrahedra work with.
#include "core/fem/bulk_term.hpp"
#include "core/fem/hinge_term.hpp"
#include "core/fem/quadratic.hpp"
#include "core/fem/shell_term.hpp"
#include "core/materials/catalog.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <Eigen/Eigenvalues>
#include <Eigen/Geometry>
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_meshes::add_noise;
using testing_meshes::distorted_block;
using testing_meshes::linear_field;
using testing_meshes::Threads;

const Mat3 ugly = (Mat3() << 0.93, 0.11, -0.04, -0.07, 1.06, 0.13, 0.09, -0.05, 0.88).finished();

Vec3 area_vector(const std::vector<Vec3>& x, const Facet& f) {
  return 0.5 * (x[f.nodes[1]] - x[f.nodes[0]]).cross(x[f.nodes[2]] - x[f.nodes[0]]);
}

double enclosed_volume(const TetMesh& mesh, const std::vector<Vec3>& x) {
  double volume = 0;
  for (const Facet& f : mesh.facets) volume += x[f.nodes[0]].dot(area_vector(x, f)) / 3;
  return volume;
}

double volume_of(const TetMesh& mesh, const std::vector<Vec3>& x) {
  double volume = 0;
  for (const auto& [a, b, c, d] : mesh.tets) volume += tet_volume(x[a], x[b], x[c], x[d]);
  return volume;
}

std::shared_ptr<const ShellLaw> cortex() {
  return find_law("cortical_shell").make_shell(Params(find_law("cortical_shell").specs));
}

class Quadratic : public testing::Test {
protected:
  const TetMesh linear = distorted_block(3);
  const TetMesh mesh = split_facets(quadratic(linear));
  const TetMesh parts = linear_parts(mesh);
  /// Edges curved by noise.
  std::vector<Vec3> curved() const {
    VectorX u = linear_field(mesh, ugly);
    add_noise(u, 0.05);
    std::vector<Vec3> x = mesh.nodes;
    for (std::size_t n = 0; n < x.size(); ++n) x[n] += u.segment<3>(3 * n);
    return x;
  }
};

TEST_F(Quadratic, TheFourTrianglesOfAFaceHaveItsAreaNormalSurfaceAndTetrahedron) {
  ASSERT_EQ(mesh.facets.size(), 4 * linear.facets.size());
  for (std::size_t f = 0; f < linear.facets.size(); ++f) {
    const Vec3 whole = area_vector(linear.nodes, linear.facets[f]);
    for (std::size_t k = 4 * f; k < 4 * f + 4; ++k) {
      EXPECT_LT((area_vector(mesh.nodes, mesh.facets[k]) - whole / 4).norm(), 1e-12 * whole.norm());
      EXPECT_EQ(mesh.facets[k].surface, linear.facets[f].surface);
      EXPECT_EQ(mesh.facets[k].tet, linear.facets[f].tet);
    }
  }
  EXPECT_NEAR(enclosed_volume(mesh, mesh.nodes), volume_of(linear, linear.nodes), 1e-10);
}

TEST_F(Quadratic, TheNodesOfASplitFacetAreItsThree) {
  for (const Facet& f : mesh.facets) EXPECT_EQ(facet_nodes(mesh, f), std::vector<int>(f.nodes.begin(), f.nodes.end()));
}

TEST_F(Quadratic, TheFourTrianglesOfAFaceAreFoundAgainAndAFaceThatLacksOneIsNone) {
  TetMesh whole = quadratic(linear), holed = mesh;
  holed.facets.erase(holed.facets.begin() + 4 * 3 + 1);
  const std::vector<Face> ones = whole_faces(whole), fours = whole_faces(mesh), rest = whole_faces(holed);
  ASSERT_EQ(fours.size(), linear.facets.size());
  ASSERT_EQ(rest.size(), fours.size() - 1);
  for (int f = 0; f < static_cast<int>(fours.size()); ++f) {
    const std::vector<int> nodes = facet_nodes(whole, whole.facets[f]);
    EXPECT_TRUE(std::equal(nodes.begin(), nodes.end(), fours[f].nodes.begin()));
    EXPECT_EQ(ones[f].nodes, fours[f].nodes);
    EXPECT_EQ(ones[f].facets, std::vector{f});
    EXPECT_EQ(fours[f].facets, (std::vector{4 * f, 4 * f + 1, 4 * f + 2, 4 * f + 3}));
    if (f != 3) EXPECT_EQ(rest[f - (f > 3)].nodes, fours[f].nodes);
  }
  EXPECT_TRUE(whole_faces(linear).empty());
}

TEST_F(Quadratic, ThePartsFillEveryTetrahedronAndLieBehindTheirFacets) {
  ASSERT_EQ(parts.tets.size(), 8 * mesh.tets.size());
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    const auto& [a, b, c, d] = mesh.tets[t];
    const double whole = tet_volume(mesh.nodes[a], mesh.nodes[b], mesh.nodes[c], mesh.nodes[d]);
    for (std::size_t p = 8 * t; p < 8 * t + 8; ++p) {
      const auto& [e, f, g, h] = parts.tets[p];
      EXPECT_NEAR(tet_volume(mesh.nodes[e], mesh.nodes[f], mesh.nodes[g], mesh.nodes[h]), whole / 8, 1e-12);
    }
  }
  for (std::size_t f = 0; f < mesh.facets.size(); ++f) {
    EXPECT_EQ(parts.facets[f].tet / 8, mesh.facets[f].tet);
    const auto& behind = parts.tets[parts.facets[f].tet];
    for (const int n : parts.facets[f].nodes) EXPECT_NE(std::find(behind.begin(), behind.end(), n), behind.end());
  }
}

TEST_F(Quadratic, TheSplitFacetsEncloseTheVolumeOfThePartsInAnyCurvedShape) {
  const std::vector<Vec3> x = curved();
  EXPECT_NEAR(enclosed_volume(mesh, x), volume_of(parts, x), 1e-10);
}

TEST_F(Quadratic, WholeCoordinatesNameTheSamePoint) {
  const std::array<double, 4> at{0.1, 0.2, 0.3, 0.4};
  for (std::size_t p = 0; p < parts.tets.size(); p += 3) {
    const auto whole = whole_coordinates(mesh, parts, static_cast<int>(p), at);
    Vec3 in_part = Vec3::Zero(), in_whole = Vec3::Zero();
    for (int k = 0; k < 4; ++k) {
      in_part += at[k] * mesh.nodes[parts.tets[p][k]];
      in_whole += whole[k] * mesh.nodes[mesh.tets[p / 8][k]];
    }
    EXPECT_LT((in_part - in_whole).norm(), 1e-12);
  }
}

TEST_F(Quadratic, ALinearMeshIsItsOwnPart) {
  const TetMesh same = linear_parts(linear);
  EXPECT_EQ(same.tets, linear.tets);
  EXPECT_EQ(whole_coordinates(linear, same, 5, {1, 0, 0, 0})[0], 1);
}

/// Block of spongy bone with a shell on all faces.
struct Block {
  explicit Block(TetMesh of)
      : mesh(std::move(of)), bulk(mesh, {testing_points::make_law("trabecular_bone")},
                                  std::vector<int>(mesh.tets.size(), 0), std::vector<PointData>(mesh.tets.size())),
        shell(mesh, {cortex()}, std::vector<int>(mesh.facets.size(), 0)),
        hinges(mesh, std::vector<ShellBending>(mesh.facets.size(), cortex()->bending())) {}
  VectorX forces(const VectorX& u) {
    VectorX f = VectorX::Zero(u.size());
    for (Term* term : terms) term->add_forces(u, f);
    return f;
  }
  TetMesh mesh;
  BulkTerm bulk;
  ShellTerm shell;
  HingeTerm hinges;
  std::array<Term*, 3> terms{&bulk, &shell, &hinges};
};

TEST_F(Quadratic, PatchTestABlockWithShellsCarriesTheStressOfTheLinearOne) {
  Block flat(linear), fine(mesh);
  const VectorX u1 = linear_field(linear, ugly), u2 = linear_field(mesh, ugly);
  for (int t = 0; t < static_cast<int>(mesh.tets.size()); ++t) {
    const Mat3 stress = flat.bulk.cauchy(t, u1);
    for (int q = 0; q < 4; ++q) EXPECT_LT((fine.bulk.cauchy(t, u2, q) - stress).norm(), 1e-9 * stress.norm());
  }
  VectorX balance = VectorX::Zero(u2.size()), wall = balance;
  fine.bulk.add_forces(u2, balance);
  fine.shell.add_forces(u2, wall);
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
    int faces = 0;
    for (int i = 0; i < 3; ++i) faces += mesh.nodes[n][i] < 1e-9 || mesh.nodes[n][i] > 6 - 1e-9;
    if (faces == 0) EXPECT_LT(balance.segment<3>(3 * n).norm(), 1e-10 * balance.lpNorm<Eigen::Infinity>());
    if (faces <= 1) EXPECT_LT(wall.segment<3>(3 * n).norm(), 1e-10 * wall.lpNorm<Eigen::Infinity>());
  }
}

// Forces of any deformation have no resultant, whichever nodes they act on.
TEST_F(Quadratic, ForcesOfABlockWithShellsSumToZero) {
  Block block(mesh);
  VectorX u = linear_field(mesh, ugly);
  add_noise(u, 0.02);
  const VectorX f = block.forces(u);
  const auto [force, moment] = testing_meshes::resultants(mesh, u, f);
  EXPECT_LT(force.norm(), 1e-12 * f.lpNorm<1>());
  EXPECT_LT(moment.norm(), 1e-11 * f.lpNorm<1>());
}

// Explicit steps of one second are stable while the largest eigenvalue of M^-1 K stays below 4.
TEST_F(Quadratic, ScaledMassesOfCornersAndMiddlesAreStableForExplicitSteps) {
  Block block(split_facets(quadratic(distorted_block(2))));
  const VectorX u = linear_field(block.mesh, Mat3::Identity());
  Tangent K(static_cast<int>(u.size()));
  VectorX rows = VectorX::Zero(u.size()), f = rows;
  for (Term* term : block.terms) term->couple(K);
  K.finish();
  for (Term* term : block.terms) {
    term->linearize(u, f, &K);
    term->add_stiffness_rows(u, rows);
  }
  const Eigen::MatrixXd full(K.matrix());
  const VectorX scale = (0.25 * rows).cwiseSqrt().cwiseInverse();
  const Eigen::MatrixXd scaled = scale.asDiagonal() * (0.5 * (full + full.transpose())) * scale.asDiagonal();
  const VectorX values = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(scaled, Eigen::EigenvaluesOnly).eigenvalues();
  EXPECT_LT(values.maxCoeff(), 4);
  EXPECT_GT(values.maxCoeff(), 0.4); // no wasteful bound either
}

TEST_F(Quadratic, BitsDoNotDependOnTheNumberOfThreads) {
  VectorX u = linear_field(mesh, ugly), all[2];
  add_noise(u, 0.02);
  for (const int threads : {1, 2}) {
    const Threads set(threads);
    Block block(mesh);
    block.forces(0.5 * u);
    all[threads - 1] = block.forces(u);
  }
  EXPECT_EQ(all[0], all[1]);
}

// Constants belong to quadrature points: bone of two densities in one element.
TEST_F(Quadratic, EveryPointHasItsOwnData) {
  std::vector<PointData> points(4 * mesh.tets.size());
  for (std::size_t p = 0; p < points.size(); ++p) points[p].bmd = 60 + 40.0 * (p % 4);
  BulkTerm term(mesh, {testing_points::make_law("trabecular_bone")}, std::vector<int>(mesh.tets.size(), 0), points);
  const VectorX u = 1e-3 * linear_field(mesh, ugly);
  for (int q = 0; q < 4; ++q) {
    testing_points::PointDriver point(testing_points::make_law("trabecular_bone"), term.point(7, q));
    point.go(term.deformation(7, u, q));
    EXPECT_LT((term.cauchy(7, u, q) - point.cauchy()).norm(), 1e-10 * point.cauchy().norm());
  }
  EXPECT_GT(term.cauchy(7, u, 3).norm(), 2 * term.cauchy(7, u, 0).norm());
  const double before = term.cauchy(7, u, 1).norm();
  PointData denser = term.point(7, 2);
  denser.bmd *= 2;
  term.set_point(7, denser, 2);
  EXPECT_EQ(term.cauchy(7, u, 1).norm(), before);
  EXPECT_EQ(term.point(7, 2).bmd, denser.bmd);
}

} // namespace
} // namespace kypho

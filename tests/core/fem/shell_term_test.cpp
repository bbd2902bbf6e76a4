#include "core/devices/balloon_wall.hpp"
#include "core/fem/shell_term.hpp"
#include "core/materials/catalog.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/fem/saved_state.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <Eigen/Geometry>
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_meshes::add_noise;
using testing_meshes::distorted_block;
using testing_meshes::linear_field;
using testing_meshes::Threads;

constexpr double thickness = 0.35, E = 3000, nu = 0.3;

std::unique_ptr<ShellLaw> cortex() {
  Params params(find_law("cortical_shell").specs);
  params.set("thickness", thickness);
  params.set("modulus", E);
  return find_law("cortical_shell").make_shell(params);
}

class Shell : public testing::Test {
protected:
  TetMesh mesh = distorted_block(4);
  std::vector<std::shared_ptr<const ShellLaw>> laws{cortex(), make_balloon_wall(0.9, 5)};
  const Mat3 ugly = (Mat3() << 0.93, 0.11, -0.04, -0.07, 1.06, 0.13, 0.09, -0.05, 0.88).finished();

  /// Law of each facet by its outward face: the top bare, one side a balloon wall if @p mixed.
  ShellTerm shell(bool mixed = true) const {
    std::vector<int> law(mesh.facets.size(), 0);
    for (std::size_t f = 0; f < law.size(); ++f) {
      if (mixed && normal(f)[2] > 0.9) law[f] = -1;
      if (mixed && normal(f)[0] > 0.9) law[f] = 1;
    }
    return {mesh, laws, law};
  }
  Vec3 normal(std::size_t f) const {
    const auto& n = mesh.facets[f].nodes;
    return (mesh.nodes[n[1]] - mesh.nodes[n[0]]).cross(mesh.nodes[n[2]] - mesh.nodes[n[0]]).normalized();
  }
  static VectorX forces(ShellTerm& term, const VectorX& u) {
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

TEST_F(Shell, PatchTestNodesInsideAFaceAreInBalance) {
  ShellTerm term = shell(false);
  const VectorX u = linear_field(mesh, ugly), f = forces(term, u);
  int inner = 0;
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
    const Vec3& x = mesh.nodes[n];
    int faces = 0;
    for (int i = 0; i < 3; ++i) faces += x[i] < 1e-9 || x[i] > 8 - 1e-9;
    if (faces != 1) continue;
    ++inner;
    EXPECT_LT(f.segment<3>(3 * n).norm(), 1e-10 * f.lpNorm<Eigen::Infinity>());
  }
  EXPECT_EQ(inner, 6 * 9);
}

TEST_F(Shell, ForcesAndMomentsOfAnyDeformationSumToZero) {
  ShellTerm term = shell();
  const VectorX u = crushed(), f = forces(term, u);
  const auto [force, moment] = testing_meshes::resultants(mesh, u, f);
  EXPECT_LT(force.norm(), 1e-13 * f.lpNorm<1>());
  EXPECT_LT(moment.norm(), 1e-12 * f.lpNorm<1>());
}

// One face of 8 mm stretched along y with its sides held, plane strain in the facet: E t/(1 - nu^2) per length.
TEST_F(Shell, AStretchedFaceCarriesThePlaneStressForce) {
  std::vector<int> law(mesh.facets.size(), -1);
  for (std::size_t f = 0; f < law.size(); ++f)
    if (normal(f)[2] > 0.9) law[f] = 0;
  ShellTerm term(mesh, laws, law);
  Mat3 F = Mat3::Identity();
  F(1, 1) += 1e-4;
  const VectorX f = forces(term, linear_field(mesh, F));
  double pull = 0, across = 0;
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
    if (mesh.nodes[n][1] > 8 - 1e-9) pull -= f[3 * n + 1];
    across = std::max(across, std::abs(f[3 * n + 2]));
  }
  const double expected = 8 * thickness * E / (1 - nu * nu) * 1e-4;
  EXPECT_NEAR(pull, expected, 1e-3 * expected);
  EXPECT_LT(across, 1e-12 * expected);
}

// Cortex: W = t E/(2 (1 - nu^2)) (e1^2 + e2^2 + 2 nu e1 e2) with the Cayley strain of C. Tolerance: strain^2 relative, and
// forces of neighbours nearly cancel, so it is taken against the largest.
TEST_F(Shell, CortexForcesAreTheNegativeSlopeOfTheEnergyInTheElasticRange) {
  ShellTerm term = shell(false);
  VectorX u = linear_field(mesh, Mat3::Identity() + 0.01 * (ugly - Mat3::Identity()));
  add_noise(u, 2e-4);
  const VectorX f = forces(term, u);
  const auto energy = [&](const VectorX& at) {
    double sum = 0;
    for (std::size_t k = 0; k < mesh.facets.size(); ++k) {
      const Eigen::Matrix<double, 3, 2> F = term.deformation(static_cast<int>(k), at);
      const Eigen::Matrix2d C = F.transpose() * F;
      const Eigen::Matrix2d e = Eigen::Matrix2d::Identity() - 2 * (C + Eigen::Matrix2d::Identity()).inverse();
      const auto& n = mesh.facets[k].nodes;
      const double area = 0.5 * (mesh.nodes[n[1]] - mesh.nodes[n[0]]).cross(mesh.nodes[n[2]] - mesh.nodes[n[0]]).norm();
      const double tr = e.trace();
      sum += area * thickness * E / (2 * (1 - nu * nu)) * ((1 - nu) * e.squaredNorm() + nu * tr * tr);
    }
    return sum;
  };
  for (const int k : {0, 4, 70, 151, 152, 300, 374}) {
    VectorX up = u, down = u;
    up[k] += 1e-5;
    down[k] -= 1e-5;
    EXPECT_NEAR(f[k], -(energy(up) - energy(down)) / 2e-5, 1e-4 * f.lpNorm<Eigen::Infinity>()) << "unknown " << k;
  }
  EXPECT_NEAR(term.stored(u), energy(u), 5e-5 * energy(u)); // which has it to strain^2
}

TEST_F(Shell, TellsWhatItStoresWithoutMovingOn) {
  ShellTerm looked_at = shell(), left_alone = shell();
  looked_at.stored(crushed());
  const Mat3 small = Mat3::Identity() + 0.01 * (ugly - Mat3::Identity());
  EXPECT_EQ(forces(looked_at, linear_field(mesh, small)), forces(left_alone, linear_field(mesh, small)));
}

TEST_F(Shell, BitsDoNotDependOnTheNumberOfThreads) {
  ShellTerm one = shell(), two = shell();
  VectorX f1, f2;
  {
    const Threads threads(1);
    f1 = forces(one, crushed());
  }
  {
    const Threads threads(2);
    f2 = forces(two, crushed());
  }
  EXPECT_EQ(f1, f2);
}

TEST_F(Shell, GoingBackToASavedStateGivesTheSameBitsAgain) {
  ShellTerm term = shell();
  forces(term, crushed());
  const State state = testing_terms::saved(term);
  const VectorX next = linear_field(mesh, 0.9 * ugly), first = forces(term, next);
  forces(term, crushed());
  testing_terms::restore(term, state);
  EXPECT_EQ(forces(term, next), first);
}

TEST_F(Shell, AWithdrawnShellIsScaledDown) {
  ShellTerm full = shell(), half = shell();
  half.scale = 0.5;
  const VectorX u = crushed(), f = forces(full, u);
  EXPECT_LT((forces(half, u) - 0.5 * f).norm(), 1e-14 * f.norm());
}

TEST_F(Shell, BareFacetsHaveNoLawAndNoHistory) {
  const ShellTerm term = shell();
  int bare = 0;
  for (std::size_t f = 0; f < mesh.facets.size(); ++f) {
    if (normal(f)[2] < 0.9) continue;
    ++bare;
    EXPECT_EQ(term.law(static_cast<int>(f)), nullptr);
    EXPECT_EQ(term.history(static_cast<int>(f)).size(), 0);
  }
  EXPECT_EQ(bare, 32);
}

} // namespace
} // namespace kypho

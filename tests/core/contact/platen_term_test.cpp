#include "core/base/errors.hpp"
#include "core/contact/platen_term.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/fem/saved_state.hpp"
#include <Eigen/Geometry>
#include <gtest/gtest.h>

namespace kypho {
namespace {

constexpr double kn = 5, kt = 2; // MPa/mm

class Platen : public testing::Test {
protected:
  Platen() {
    for (Facet& facet : mesh.facets)
      if (face_z(facet) > 7.9) facet.surface = Surface::upper_endplate;
    first = static_cast<int>(3 * mesh.nodes.size());
  }
  double face_z(const Facet& facet) const {
    double z = 1e9;
    for (const int n : facet.nodes) z = std::min(z, mesh.nodes[n][2]);
    return z;
  }
  VectorX forces(PlatenTerm& platen, const VectorX& u) const {
    VectorX f = VectorX::Zero(u.size());
    platen.add_forces(u, f);
    return f;
  }
  VectorX moved(double rise, double rx, double ry, double noise) const {
    VectorX u = VectorX::Zero(first + 3);
    testing_meshes::add_noise(u, noise);
    u.tail<3>() << rise, rx, ry;
    return u;
  }
  TetMesh mesh = testing_meshes::distorted_block(4); // endplate of 8 x 8 mm at z = 8
  int first = 0;
};

TEST_F(Platen, IsCastFreeOfStressInThePresentShape) {
  VectorX u = moved(0, 0, 0, 0.3);
  u.tail<3>().setZero();
  std::vector<Vec3> x = mesh.nodes;
  for (std::size_t n = 0; n < x.size(); ++n) x[n] += u.segment<3>(3 * n);
  PlatenTerm platen(mesh, x, Surface::upper_endplate, kn, kt, first);
  EXPECT_LT(forces(platen, u).norm(), 1e-12);
}

TEST_F(Platen, SitsAtTheCentreOfTheEndplateWithItsEquivalentRadius) {
  const PlatenTerm platen(mesh, mesh.nodes, Surface::upper_endplate, kn, kt, first);
  EXPECT_LT((platen.centre() - Vec3(4, 4, 8)).norm(), 1e-12);
  EXPECT_NEAR(platen.radius(), 8 / std::sqrt(M_PI), 1e-12);
}

// Pushed 0.01 mm down onto held bone: k_n A d, the bone pushes up.
TEST_F(Platen, ReactionIsPositiveWhereTheBonePushesUp) {
  PlatenTerm platen(mesh, mesh.nodes, Surface::upper_endplate, kn, kt, first);
  const VectorX f = forces(platen, moved(-0.01, 0, 0, 0));
  EXPECT_NEAR(platen.reaction(), kn * 64 * 0.01, 1e-12);
  EXPECT_NEAR(f[first], platen.reaction(), 1e-12);
  double on_bone = 0;
  for (int n = 0; n < first / 3; ++n) on_bone += f[3 * n + 2];
  EXPECT_NEAR(on_bone, -platen.reaction(), 1e-12);
}

TEST_F(Platen, WhatTheBoneFeelsThePlatenFeelsTheOtherWayRound) {
  PlatenTerm platen(mesh, mesh.nodes, Surface::upper_endplate, kn, kt, first);
  const VectorX u = moved(-0.05, 0.1, -0.2, 0.02), f = forces(platen, u);
  const auto [force, unused] = testing_meshes::resultants(mesh, u, f);
  EXPECT_NEAR(force[2] + platen.reaction(), 0, 1e-11);
  EXPECT_NEAR(f[first + 1], platen.moments()[0] / platen.radius(), 1e-12);
  EXPECT_NEAR(f[first + 2], platen.moments()[1] / platen.radius(), 1e-12);
}

// Tilt about +Y by a small angle: a point at arm x falls by angle x, so the moments are k_n angle times the second moments
// of the nodal areas; the shear layer adds nothing at first order, as its arms lie in the plane.
TEST_F(Platen, TiltIsAnsweredByTheMomentThatRightsIt) {
  PlatenTerm platen(mesh, mesh.nodes, Surface::upper_endplate, kn, kt, first);
  const std::vector<double> area = nodal_areas(mesh, mesh.nodes, Surface::upper_endplate);
  double inertia = 0, mixed = 0;
  for (std::size_t n = 0; n < area.size(); ++n) {
    const double x = mesh.nodes[n][0] - 4, y = mesh.nodes[n][1] - 4;
    inertia += area[n] * x * x;
    mixed += area[n] * x * y; // the diagonals of the facets
  }
  const double angle = 1e-4;
  forces(platen, moved(0, 0, angle * platen.radius(), 0));
  EXPECT_NEAR(platen.moments()[1], -kn * angle * inertia, 1e-6 * kn * angle * inertia);
  EXPECT_NEAR(platen.moments()[0], kn * angle * mixed, 1e-6 * kn * angle * inertia);
}

TEST_F(Platen, ForcesAreTheNegativeSlopeOfTheLayersEnergy) {
  PlatenTerm platen(mesh, mesh.nodes, Surface::upper_endplate, kn, kt, first);
  const std::vector<double> area = nodal_areas(mesh, mesh.nodes, Surface::upper_endplate);
  const auto energy = [&](const VectorX& u) {
    const Mat3 R = (Eigen::AngleAxisd(u[first + 2] / platen.radius(), Vec3::UnitY()) *
                    Eigen::AngleAxisd(u[first + 1] / platen.radius(), Vec3::UnitX()))
                       .toRotationMatrix();
    double sum = 0;
    for (std::size_t n = 0; n < area.size(); ++n) {
      const Vec3 arm = mesh.nodes[n] - platen.centre();
      const Vec3 gap = arm + u.segment<3>(3 * n) - Vec3(0, 0, u[first]) - R * arm;
      sum += 0.5 * area[n] * (kn * gap[2] * gap[2] + kt * (gap[0] * gap[0] + gap[1] * gap[1]));
    }
    return sum;
  };
  // The tilts are small: the moment about the tilted X axis and about X itself differ by the order of the angle times the
  // moment about Z, so the tilts are checked with one at a time.
  for (const VectorX& u : {moved(-0.05, 0.1, 0, 0.02), moved(0.04, 0, -0.15, 0.02)}) {
    const VectorX f = forces(platen, u);
    for (const int k : {3 * 100, 3 * 112 + 2, 3 * 124 + 1, first, first + 1, first + 2}) {
      if (k == first + 1 && u[first + 2] != 0) continue;
      VectorX up = u, down = u;
      up[k] += 1e-6;
      down[k] -= 1e-6;
      EXPECT_NEAR(f[k], -(energy(up) - energy(down)) / 2e-6, 1e-6 * std::max(1.0, std::abs(f[k]))) << "unknown " << k;
    }
  }
}

TEST_F(Platen, ItsLoadsPushOnItsOwnUnknownsOnly) {
  PlatenTerm platen(mesh, mesh.nodes, Surface::upper_endplate, kn, kt, first);
  platen.load = -250;
  platen.moment_load = {30, -40};
  const VectorX f = forces(platen, VectorX::Zero(first + 3));
  EXPECT_EQ(f.head(first).norm(), 0);
  EXPECT_NEAR(f[first], -250, 1e-12);
  EXPECT_NEAR(f[first + 1] * platen.radius(), 30, 1e-12);
  EXPECT_NEAR(f[first + 2] * platen.radius(), -40, 1e-12);
}

TEST_F(Platen, ThePressedCentreLeavesTheRimFree) {
  PlatenTerm platen(mesh, mesh.nodes, Surface::upper_endplate, kn, kt, first, true);
  const VectorX f = forces(platen, moved(-0.1, 0, 0, 0));
  for (int n = 0; n < first / 3; ++n) {
    const Vec3& x = mesh.nodes[n];
    const bool held = x[2] > 7.9 && (x - platen.centre()).head<2>().norm() <= central_share * platen.radius();
    EXPECT_EQ(f.segment<3>(3 * n).norm() > 0, held);
  }
}

class RemeshedPlaten : public Platen {
protected:
  /// The deformed mesh as a new one: same nodes, reference moved to where they are.
  void carry_over(bool central_only) {
    PlatenTerm old(mesh, mesh.nodes, Surface::upper_endplate, kn, kt, first, central_only);
    const VectorX u = moved(-0.05, 0.02, -0.06, 0.01), f = forces(old, u);
    TetMesh moved_mesh = mesh;
    for (std::size_t n = 0; n < moved_mesh.nodes.size(); ++n) moved_mesh.nodes[n] += u.segment<3>(3 * n);
    PlatenTerm fresh(old, u, moved_mesh, moved_mesh.nodes, Surface::upper_endplate, first);
    EXPECT_EQ(fresh.reaction(), old.reaction());
    const VectorX g = forces(fresh, VectorX::Zero(first + 3));
    // areas are those of the deformed endplate: they differ by its strains, of the order of noise over cell, 1 %
    EXPECT_NEAR(fresh.reaction(), old.reaction(), 0.02 * old.reaction());
    EXPECT_LT((g.head(first) - f.head(first)).norm(), 0.02 * f.head(first).norm());
  }
};

TEST_F(RemeshedPlaten, KeepsItsReactionOnANewMesh) { carry_over(false); }
TEST_F(RemeshedPlaten, ThatPressesTheCentreOnlyStillDoesOnANewMesh) { carry_over(true); }

TEST_F(Platen, GoesBackToASavedState) {
  PlatenTerm platen(mesh, mesh.nodes, Surface::upper_endplate, kn, kt, first);
  platen.load = 12;
  forces(platen, moved(-0.1, 0.1, 0, 0));
  const double reaction = platen.reaction();
  const State state = testing_terms::saved(platen);
  platen.load = 3;
  forces(platen, moved(-0.2, 0, 0, 0));
  testing_terms::restore(platen, state);
  EXPECT_EQ(platen.load, 12);
  EXPECT_EQ(platen.reaction(), reaction);
}

TEST_F(Platen, AMeshWithoutThatEndplateIsRefused) {
  EXPECT_THROW(PlatenTerm(mesh, mesh.nodes, Surface::lower_endplate, kn, kt, first), InputError);
}

} // namespace
} // namespace kypho

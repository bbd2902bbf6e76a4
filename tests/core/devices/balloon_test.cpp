#include "core/base/errors.hpp"
#include "core/devices/balloon_term.hpp"
#include "core/devices/balloon_wall.hpp"
#include "core/devices/device.hpp"
#include "core/fem/quadratic.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/fem/saved_state.hpp"
#include "tests/core/fem/tangent_error.hpp"
#include <gtest/gtest.h>
#include <numeric>

namespace kypho {
namespace {

constexpr double k = 0.01; // MPa/mm3

/// The surface of a solid as the wall of a cavity of that shape.
TetMesh cavity_like(TetMesh solid) {
  for (Facet& facet : solid.facets) std::swap(facet.nodes[1], facet.nodes[2]);
  return solid;
}

TetMesh ball(double radius, int n) {
  return testing_meshes::box_mesh(n, n, n, [&](int i, int j, int l) {
    const Vec3 cube(2.0 * i / n - 1, 2.0 * j / n - 1, 2.0 * l / n - 1);
    const double reach = cube.lpNorm<Eigen::Infinity>();
    return reach > 0 ? Vec3(radius * reach * cube.normalized()) : cube;
  });
}

/// Side wall of a tube along z, seen from inside, without its ends.
TetMesh tube(double radius, double length, int around, int along) {
  TetMesh mesh;
  for (int j = 0; j <= along; ++j)
    for (int i = 0; i < around; ++i) {
      const double a = 2 * M_PI * i / around;
      mesh.nodes.emplace_back(radius * std::cos(a), radius * std::sin(a), length * j / along);
    }
  for (int j = 0; j < along; ++j)
    for (int i = 0; i < around; ++i) {
      const int a = i + around * j, b = (i + 1) % around + around * j;
      mesh.facets.push_back({{a, b + around, b}, Surface::cavity_left, -1});
      mesh.facets.push_back({{a, a + around, b + around}, Surface::cavity_left, -1});
    }
  return mesh;
}

BalloonTerm balloon_in(const TetMesh& mesh, std::vector<int> cannula = {}, double shaft = 0) {
  std::vector<int> facets(mesh.facets.size());
  std::iota(facets.begin(), facets.end(), 0);
  return {mesh, facets, k, shaft, Vec3::UnitZ(), std::move(cannula)};
}

VectorX at_rest(const TetMesh& mesh) { return VectorX::Zero(3 * mesh.nodes.size()); }

VectorX forces(BalloonTerm& balloon, const VectorX& u) {
  VectorX f = VectorX::Zero(u.size());
  balloon.add_forces(u, f);
  return f;
}

TEST(Balloon, VolumeOfAClosedCubeAndBallIsTheirVolume) {
  const TetMesh cube = cavity_like(testing_meshes::distorted_block(4));
  EXPECT_NEAR(balloon_in(cube).volume(at_rest(cube)), 512, 1e-9);
  const TetMesh round = cavity_like(ball(5, 12));
  const double volume = balloon_in(round).volume(at_rest(round));
  EXPECT_NEAR(volume, region_volume(round, Region::body), 1e-9 * volume);
  EXPECT_NEAR(volume, 4.0 / 3 * M_PI * 125, 0.03 * volume); // a polyhedron in the ball
}

TEST(Balloon, VolumeOfAnOpenTubeIsClosedByFlatCaps) {
  const TetMesh mesh = tube(1.6, 15, 24, 7);
  BalloonTerm balloon = balloon_in(mesh);
  const double section = 12 * 1.6 * 1.6 * std::sin(2 * M_PI / 24);
  EXPECT_NEAR(balloon.volume(at_rest(mesh)), 15 * section, 1e-9);
  // wherever it is moved
  VectorX u = at_rest(mesh);
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) u.segment<3>(3 * n) = Vec3(30, -7, 11);
  EXPECT_NEAR(balloon.volume(u), 15 * section, 1e-9);
}

TEST(Balloon, AnOpenTubeHasTwoLoopsAndAClosedSurfaceNone) {
  const auto triangles = [](const TetMesh& mesh) {
    std::vector<std::array<int, 3>> all;
    for (const Facet& f : mesh.facets) all.push_back(f.nodes);
    return all;
  };
  EXPECT_TRUE(open_loops(triangles(testing_meshes::distorted_block(3))).empty());
  const auto loops = open_loops(triangles(tube(2, 5, 10, 3)));
  ASSERT_EQ(loops.size(), 2);
  EXPECT_EQ(loops[0].size(), 10);
  EXPECT_EQ(loops[1].size(), 10);
}

TEST(Balloon, ForceIsPressureTimesTheSlopeOfTheVolume) {
  const TetMesh mesh = cavity_like(testing_meshes::distorted_block(4));
  BalloonTerm balloon = balloon_in(mesh);
  VectorX u = at_rest(mesh);
  testing_meshes::add_noise(u, 0.3);
  balloon.fluid = balloon.volume(u) + 50;
  const VectorX f = forces(balloon, u);
  EXPECT_NEAR(balloon.pressure(), 50 * k, 1e-12);
  for (int i = 0; i < u.size(); i += 7) {
    VectorX up = u, down = u;
    up[i] += 1e-4;
    down[i] -= 1e-4;
    EXPECT_NEAR(f[i], balloon.pressure() * (balloon.volume(up) - balloon.volume(down)) / 2e-4, 1e-8);
  }
}

TEST(Balloon, PressureInsideAClosedWallPushesNoBodyAway) {
  const TetMesh mesh = cavity_like(testing_meshes::distorted_block(4));
  BalloonTerm balloon = balloon_in(mesh);
  VectorX u = at_rest(mesh);
  testing_meshes::add_noise(u, 0.3);
  balloon.held_pressure = 1;
  const VectorX f = forces(balloon, u);
  const auto [force, moment] = testing_meshes::resultants(mesh, u, f);
  EXPECT_LT(force.norm(), 1e-12 * f.lpNorm<1>());
  EXPECT_LT(moment.norm(), 1e-11 * f.lpNorm<1>());
  EXPECT_LT(force.dot(force), 1e-12);
  double outward = 0; // into the bone
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) outward += f.segment<3>(3 * n).dot(mesh.nodes[n] - Vec3(4, 4, 4));
  EXPECT_GT(outward, 0);
}

// Consistent loads of an even pressure on a flat quadratic face: a third of it on each middle, nothing on the corners.
TEST(Balloon, PressureOnQuadraticFacesIsSharedAsTheirShapeFunctionsAsk) {
  const TetMesh mesh = cavity_like(split_facets(quadratic(testing_meshes::cube_grid(2, 2, 2, 1.0))));
  BalloonTerm balloon = balloon_in(mesh);
  balloon.held_pressure = 0.7;
  const VectorX f = forces(balloon, at_rest(mesh));
  Vec3 top = Vec3::Zero(), sum = Vec3::Zero();
  double middles = 0;
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
    sum += f.segment<3>(3 * n);
    if (mesh.nodes[n].z() < 2 - 1e-9) continue;
    top[2] += f[3 * n + 2];
    middles = std::max(middles, f[3 * n + 2]);
  }
  for (const auto& tet : mesh.tets)
    for (const int n : tet) EXPECT_EQ(f.segment<3>(3 * n).norm(), 0);
  EXPECT_NEAR(top[2], 0.7 * 4, 1e-12);
  EXPECT_NEAR(middles, 2 * 0.7 * 0.5 / 3, 1e-12); // two faces of half a square meet there
  EXPECT_NEAR(sum.norm(), 0, 1e-12);
}

TEST(Balloon, AHeldPressureIgnoresTheFluid) {
  const TetMesh mesh = cavity_like(testing_meshes::distorted_block(3));
  BalloonTerm balloon = balloon_in(mesh);
  balloon.fluid = 1e6;
  balloon.held_pressure = 0.7;
  forces(balloon, at_rest(mesh));
  EXPECT_EQ(balloon.pressure(), 0.7);
  balloon.held_pressure = 0;
  EXPECT_EQ(forces(balloon, at_rest(mesh)).norm(), 0);
}

TEST(Balloon, ALeakyBalloonDoesNotSuck) {
  const TetMesh mesh = cavity_like(testing_meshes::distorted_block(3));
  BalloonTerm balloon = balloon_in(mesh);
  balloon.fluid = 10; // of 216 mm3
  EXPECT_EQ(forces(balloon, at_rest(mesh)).norm(), 0);
  EXPECT_EQ(balloon.pressure(), 0);
}

/// A channel from z = 0 to @p length with a pointed nose 1 mm ahead, seen from the bone; its first ring is the cannula.
TetMesh channel(double length) {
  TetMesh mesh = tube(1.6, length, 12, static_cast<int>(length));
  const int front = static_cast<int>(length) * 12, tip = static_cast<int>(mesh.nodes.size());
  mesh.nodes.emplace_back(0, 0, length + 1);
  for (int i = 0; i < 12; ++i)
    mesh.facets.push_back({{front + i, tip, front + (i + 1) % 12}, Surface::cavity_left, -1});
  return mesh;
}

struct ShaftForces {
  double cannula = 0, nose = 0;
};

/// What the shaft adds along z to the forces of a balloon without shaft, both held at 1.2 MPa.
ShaftForces shaft_forces(const TetMesh& mesh, const VectorX& u, double stiffness, double share = 1) {
  std::vector<int> cannula(12);
  std::iota(cannula.begin(), cannula.end(), 0);
  BalloonTerm with = balloon_in(mesh, cannula, stiffness), slack = balloon_in(mesh, cannula, 1e-12);
  with.held_pressure = slack.held_pressure = 1.2;
  with.shaft = share;
  const VectorX f = forces(with, u) - forces(slack, u);
  ShaftForces sum;
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) (n < 12 ? sum.cannula : sum.nose) += f[3 * n + 2];
  return sum;
}

TEST(Balloon, TheShaftPullsNoseAndCannulaTogetherWhenStretchedOnly) {
  const TetMesh mesh = channel(15);
  VectorX u = at_rest(mesh);
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) u[3 * n + 2] = 0.002 * mesh.nodes[n][2];
  // The nose is its tip at 16 mm and the ring behind it at 15 mm: 13 nodes.
  const ShaftForces stretched = shaft_forces(mesh, u, 40);
  EXPECT_NEAR(stretched.cannula, 40 * 0.002 * (12 * 15 + 16) / 13, 1e-9);
  EXPECT_NEAR(stretched.nose, -stretched.cannula, 1e-9);
  EXPECT_NEAR(shaft_forces(mesh, -u, 40).cannula, 0, 1e-9);
  EXPECT_NEAR(shaft_forces(mesh, u, 40, 0).cannula, 0, 1e-9) << "withdrawn";
}

// Balloon and bone are not glued: the most that the shaft can do is to take the nose's own push off the bone.
TEST(Balloon, AStiffShaftTakesThePushOfTheNoseAndNoMore) {
  const TetMesh mesh = channel(15);
  VectorX u = at_rest(mesh);
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) u[3 * n + 2] = 0.05 * mesh.nodes[n][2];
  const double cross_section = 0.5 * 12 * 1.6 * 1.6 * std::sin(2 * M_PI / 12); // of the nose's facets along z
  EXPECT_NEAR(shaft_forces(mesh, u, 1e4).nose, -1.2 * cross_section, 1e-9);
}

// The rear end of the balloon, a flat cap that no wall carries, leans on the catheter and so on the cannula.
TEST(Balloon, ABalloonInItsChannelPushesTheBoneNowhereOnTheWhole) {
  const TetMesh mesh = channel(15);
  std::vector<int> cannula(12);
  std::iota(cannula.begin(), cannula.end(), 0);
  BalloonTerm balloon = balloon_in(mesh, cannula, 40);
  balloon.held_pressure = 1.2;
  const VectorX u = at_rest(mesh), f = forces(balloon, u);
  const auto [force, moment] = testing_meshes::resultants(mesh, u, f);
  EXPECT_LT(force.norm(), 1e-12 * f.lpNorm<1>());
  double at_cannula = 0, ahead = 0;
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) (n < 12 ? at_cannula : ahead) += f[3 * n + 2];
  const double section = 6 * 1.6 * 1.6 * std::sin(2 * M_PI / 12);
  EXPECT_NEAR(ahead, 1.2 * section, 1e-9);
  EXPECT_NEAR(at_cannula, -1.2 * section, 1e-9);
}

/// A balloon in a channel whose nose has gone @p ahead mm, bent and dented.
struct BentBalloon {
  TetMesh mesh = channel(15);
  std::vector<int> cannula = std::vector<int>(12);
  VectorX u = at_rest(mesh);
  BalloonTerm balloon;
  BentBalloon(double ahead, double shaft)
      : balloon((std::iota(cannula.begin(), cannula.end(), 0), balloon_in(mesh, cannula, shaft))) {
    for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
      const double s = mesh.nodes[n][2] / 15;
      u.segment<3>(3 * n) = Vec3(0.8 * s * s, -0.5 * s * s, ahead * s);
    }
    testing_meshes::add_noise(u, 0.1);
    balloon.held_pressure = 1.2;
  }
};

TEST(BalloonTangent, IsTheDerivativeOfTheForcesWhileTheShaftIsASpring) {
  BentBalloon bent(0.3, 10);
  EXPECT_LT(testing_terms::tangent_error(bent.balloon, bent.u), 1e-7) << "held pressure";
  bent.balloon.shaft = 0.4;
  EXPECT_LT(testing_terms::tangent_error(bent.balloon, bent.u), 1e-7) << "half withdrawn";
  bent.balloon.held_pressure = -1;
  bent.balloon.fluid = bent.balloon.volume(bent.u) + 120;
  EXPECT_LT(testing_terms::tangent_error(bent.balloon, bent.u), 1e-7) << "held volume";
}

TEST(BalloonTangent, IsTheDerivativeOfTheForcesWhileTheShaftTakesAllThePushOfTheNose) {
  BentBalloon bent(0.3, 1e4);
  EXPECT_LT(testing_terms::tangent_error(bent.balloon, bent.u), 1e-7) << "held pressure";
  bent.balloon.shaft = 0.4;
  bent.balloon.held_pressure = -1;
  bent.balloon.fluid = bent.balloon.volume(bent.u) + 120;
  EXPECT_LT(testing_terms::tangent_error(bent.balloon, bent.u), 1e-7) << "held volume, half withdrawn";
}

TEST(BalloonTangent, IsTheDerivativeOfTheForcesWhileTheShaftIsSlack) {
  BentBalloon bent(-0.5, 10);
  EXPECT_LT(testing_terms::tangent_error(bent.balloon, bent.u), 1e-7) << "held pressure";
  bent.balloon.held_pressure = -1;
  bent.balloon.fluid = bent.balloon.volume(bent.u) + 120;
  EXPECT_LT(testing_terms::tangent_error(bent.balloon, bent.u), 1e-7) << "held volume";
}

TEST(Balloon, GoesBackToASavedState) {
  const TetMesh mesh = cavity_like(testing_meshes::distorted_block(3));
  BalloonTerm balloon = balloon_in(mesh);
  balloon.fluid = 250;
  forces(balloon, at_rest(mesh));
  const State state = testing_terms::saved(balloon);
  balloon.held_pressure = 3;
  balloon.fluid = 0;
  forces(balloon, at_rest(mesh));
  testing_terms::restore(balloon, state);
  EXPECT_EQ(balloon.fluid, 250);
  EXPECT_EQ(balloon.held_pressure, -1);
  EXPECT_NEAR(balloon.pressure(), 34 * k, 1e-10);
}

TEST(Balloon, WithoutAWallIsRefused) {
  EXPECT_THROW(BalloonTerm(tube(1, 2, 6, 2), {}, k, 0, Vec3::UnitZ(), {}), InputError);
}

class BalloonWall : public testing::Test {
protected:
  static constexpr double tension = 0.9, lock = 5; // N/mm
  /// Force per reference length at F = diag(a, b). @param energy per reference area
  static std::pair<double, double> pull(double a, double b, double* energy = nullptr) {
    const auto wall = make_balloon_wall(tension, lock);
    std::vector<double> F(6 * pack_width, 0.0), P(6 * pack_width), W(pack_width), size(pack_width, 1.0);
    for (int l = 0; l < pack_width; ++l) {
      F[l] = a;
      F[3 * pack_width + l] = b;
    }
    wall->evaluate_batch({pack_width, pack_width, F.data(), size.data(), nullptr, P.data(), W.data()});
    if (energy) *energy = W[0];
    return {P[0], P[3 * pack_width]};
  }
  /// Gent 1996: mu H / (1 - (I1 - 3)/Jm), Jm from the stretch at which the wall locks.
  static double stiffening(double a, double b) {
    const auto excess = [](double x, double y) { return x * x + y * y + 1 / (x * x * y * y) - 3; };
    return tension / (1 - excess(a, b) / excess(lock, lock));
  }
};

// Equibiaxial: P = m (stretch - stretch^-5).
TEST_F(BalloonWall, EquibiaxialForceFollowsTheClosedForm) {
  EXPECT_NEAR(pull(1, 1).first, 0, 1e-13);
  for (const double stretch : {1.05, 1.5, 2.5, 4.0, 4.7}) {
    const double expected = stiffening(stretch, stretch) * (stretch - std::pow(stretch, -5));
    const auto [a, b] = pull(stretch, stretch);
    EXPECT_NEAR(a, expected, 1e-12 * expected);
    EXPECT_NEAR(b, expected, 1e-12 * expected);
  }
}

TEST_F(BalloonWall, ForceIsTheSlopeOfTheEnergy) {
  for (const double a : {0.9, 1.4, 3.0}) {
    const double b = 1.3, h = 1e-5;
    double up, down;
    pull(a + h, b, &up);
    pull(a - h, b, &down);
    EXPECT_NEAR(pull(a, b).first, (up - down) / (2 * h), 1e-7);
  }
}

TEST_F(BalloonWall, UnequalStretchesFollowTheClosedForm) {
  const double a = 1.7, b = 0.8, m = stiffening(a, b);
  EXPECT_NEAR(pull(a, b).first, m * (a - 1 / (a * a * a * b * b)), 1e-12);
  EXPECT_NEAR(pull(a, b).second, m * (b - 1 / (a * a * b * b * b)), 1e-12);
}

// p = 2 T / r with T = P/stretch the force per present length: rises, falls (the neo-Hookean snap), and locks.
TEST_F(BalloonWall, ASphereOfItGivesWayAfterThePeakOfThePressureAndThenLocks) {
  const double radius = 1.6;
  const auto pressure = [&](double stretch) { return 2 * pull(stretch, stretch).first / stretch / (stretch * radius); };
  const auto closed_form = [&](double s) { return 2 * stiffening(s, s) * (1 - std::pow(s, -6)) / (s * radius); };
  for (const double s : {1.1, 1.38, 2.0, 3.0, 4.5}) EXPECT_NEAR(pressure(s), closed_form(s), 1e-12);
  EXPECT_GT(pressure(1.4), pressure(1.1));
  EXPECT_GT(pressure(1.4), pressure(2.5));
  EXPECT_GT(pressure(4.8), pressure(2.5));
}

TEST_F(BalloonWall, StaysFiniteBeyondLockingAndWhenFolded) {
  for (const double stretch : {0.01, 5.0, 9.0}) {
    EXPECT_TRUE(std::isfinite(pull(stretch, stretch).first));
    EXPECT_TRUE(std::isfinite(pull(stretch, 1).second));
  }
}

TEST(BalloonCatalog, EveryBalloonHasASourceAndSensibleSizes) {
  for (const BalloonInfo& b : balloon_catalog()) {
    EXPECT_FALSE(b.source.empty());
    EXPECT_GT(b.max_diameter, 2 * b.deflated_diameter) << b.name;
    EXPECT_LT(b.max_volume, 10000) << b.name;
    EXPECT_NEAR(b.max_pressure, 2.758, 0.001) << b.name; // 400 psi
    EXPECT_EQ(&find_balloon(b.name), &b);
  }
  EXPECT_THROW(find_balloon("ibt_15_33"), InputError);
}

TEST(BalloonCatalog, FreeCurvesReachTheMaximumVolumeAndWidenOnTheWay) {
  for (const BalloonInfo& b : balloon_catalog()) {
    EXPECT_FALSE(b.free_source.empty()) << b.name;
    ASSERT_GE(b.free_curve.size(), 3) << b.name;
    EXPECT_EQ(b.free_curve.back().volume, b.max_volume) << b.name;
    for (std::size_t k = 0; k < b.free_curve.size(); ++k) {
      const FreePoint& point = b.free_curve[k];
      EXPECT_GT(point.diameter, k ? b.free_curve[k - 1].diameter : b.deflated_diameter) << b.name;
      EXPECT_GT(point.volume, k ? b.free_curve[k - 1].volume : 0) << b.name;
      EXPECT_LT(point.pressure, b.max_pressure / 2) << b.name << ": in air nothing but the wall resists";
      EXPECT_LT(M_PI / 6 * std::pow(point.diameter, 3), point.volume) << b.name << ": a balloon is longer than wide";
    }
  }
}

} // namespace
} // namespace kypho

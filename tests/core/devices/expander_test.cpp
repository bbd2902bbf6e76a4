// An expander in a tube of facets: where it touches, what it presses with, and who holds it.
#include "core/devices/expander_term.hpp"

#include "core/base/errors.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/fem/saved_state.hpp"
#include "tests/core/fem/tangent_error.hpp"

#include <Eigen/Geometry>
#include <gtest/gtest.h>
#include <numeric>

namespace kypho {
namespace {

constexpr double radius = 2, length = 30, k = 50;

/// Side wall of a tube along X seen from inside; its first 10 mm are the shaft's.
TetMesh tube() {
  constexpr int around = 24, along = 30;
  TetMesh mesh;
  for (int j = 0; j <= along; ++j)
    for (int i = 0; i < around; ++i) {
      const double a = 2 * M_PI * i / around;
      mesh.nodes.emplace_back(length * j / along, radius * std::cos(a), radius * std::sin(a));
    }
  for (int j = 0; j < along; ++j)
    for (int i = 0; i < around; ++i) {
      const int a = i + around * j, b = (i + 1) % around + around * j;
      mesh.facets.push_back({{a, b + around, b}, Surface::cavity_left, -1});
      mesh.facets.push_back({{a, a + around, b + around}, Surface::cavity_left, -1});
    }
  return mesh;
}

struct Opened {
  TetMesh mesh = tube();
  VectorX u = VectorX::Zero(3 * mesh.nodes.size());
  ExpanderTerm term;
  explicit Opened(bool held = true) : term(make(mesh, held)) { term.shape = {7, 0, radius}; }
  static ExpanderTerm make(const TetMesh& mesh, bool held) {
    std::vector<int> facets, shaft;
    for (std::size_t f = 0; f < mesh.facets.size(); ++f)
      if (mesh.nodes[mesh.facets[f].nodes[0]].x() > 10) facets.push_back(static_cast<int>(f));
    for (std::size_t n = 0; held && n < mesh.nodes.size(); ++n)
      if (mesh.nodes[n].x() < 8) shaft.push_back(static_cast<int>(n));
    return {mesh, facets, shaft, Vec3(20, 0, 0), Vec3::UnitX(), Vec3::UnitZ(), k};
  }
  VectorX forces() {
    VectorX f = VectorX::Zero(u.size());
    term.add_forces(u, f);
    return f;
  }
};

TEST(Expander, TouchesNothingWhileItFillsItsChannelAndNoMore) {
  Opened o;
  o.term.shape.radius = 0.99 * radius; // the tube has 24 sides
  EXPECT_LT(o.forces().lpNorm<Eigen::Infinity>(), 1e-12);
  EXPECT_EQ(o.term.push_up(), 0);
}

// Opened by 2 h towards the endplates the upper half of the tube is h too low: h sin(a) of depth at the angle a.
TEST(Expander, AJackPressesTheUpperAndTheLowerWallWithItsPenalty) {
  Opened o;
  constexpr double h = 0.5;
  o.term.shape.half_height = h;
  o.forces();
  const double expected = k * h * radius * M_PI / 2; // int k h sin^2(a) radius da over the upper half, per length
  // Along the axis it reaches over 14 mm, and a little way into the round ends.
  EXPECT_GT(o.term.push_up(), 12 * expected); // of flat pieces, a little further in
  EXPECT_LT(o.term.push_up(), 17 * expected);
  EXPECT_NEAR(o.term.push_down(), o.term.push_up(), 1e-9 * o.term.push_up());
}

TEST(Expander, PushesTheBoneNowhereOnTheWholeAndTurnsItNowhere) {
  Opened o;
  testing_meshes::add_noise(o.u, 0.1);
  o.term.shape = {6, 1, 2.4};
  const VectorX f = o.forces();
  const auto [force, moment] = testing_meshes::resultants(o.mesh, o.u, f);
  EXPECT_GT(f.lpNorm<1>(), 100);
  EXPECT_LT(force.norm(), 1e-10 * f.lpNorm<1>());
  EXPECT_LT(moment.norm(), 0.02 * f.lpNorm<1>()) << "but for the shaft's own strain and the square of its small turn";
}

TEST(Expander, GoesWithTheBoneThatHoldsItsShaft) {
  Opened o;
  o.term.shape = {6, 1, 2.1};
  const double up = (o.forces(), o.term.push_up());
  const Eigen::AngleAxisd turn(0.002, Vec3(0.3, 1, -0.4).normalized());
  for (std::size_t n = 0; n < o.mesh.nodes.size(); ++n)
    o.u.segment<3>(3 * n) = turn * o.mesh.nodes[n] - o.mesh.nodes[n] + Vec3(0.5, -1, 2);
  o.forces();
  EXPECT_NEAR(o.term.push_up(), up, 1e-3 * up);
}

TEST(Expander, ForcesAreTheSlopeOfTheWorkOfItsPenalty) {
  Opened o;
  o.term.shape = {6, 1, 2.3};
  testing_meshes::add_noise(o.u, 0.05);
  const VectorX f = o.forces();
  VectorX way = VectorX::Zero(o.u.size());
  testing_meshes::add_noise(way, 1.0);
  // Path integral of the forces over a small step, there and back over another way: nothing is left.
  const auto work = [&](const VectorX& a, const VectorX& b) {
    double sum = 0;
    constexpr int pieces = 200;
    for (int i = 0; i < pieces; ++i) {
      o.u = a + (i + 0.5) / pieces * (b - a);
      sum += o.forces().dot(b - a) / pieces;
    }
    return sum;
  };
  const VectorX a = o.u;
  VectorX b = a + 0.03 * way, c = a;
  testing_meshes::add_noise(c, 0.03);
  const double round = work(a, b) + work(b, c) + work(c, a);
  EXPECT_LT(std::abs(round), 2e-3 * std::abs(work(a, b)));
  static_cast<void>(f);
}

TEST(Expander, TangentIsTheDerivativeOfItsForcesWhereItStaysInItsPlace) {
  Opened o(false);
  o.term.shape = {6, 1, 2.3};
  testing_meshes::add_noise(o.u, 0.05);
  EXPECT_LT(testing_terms::tangent_error(o.term, o.u), 1e-6);
}

TEST(Expander, TangentIsTheDerivativeOfItsForcesWhereAShaftHoldsIt) {
  Opened o;
  o.term.shape = {6, 1, 2.3};
  testing_meshes::add_noise(o.u, 0.05);
  EXPECT_LT(testing_terms::tangent_error(o.term, o.u), 1e-6);
}

TEST(Expander, RowsBoundItsTangent) {
  Opened o;
  o.term.shape = {6, 1, 2.3};
  EXPECT_LT(testing_terms::over_rows(o.term, o.u), 1);
}

TEST(Expander, HoldsWhatLiesInItsShape) {
  Opened o;
  o.term.shape = {6, 5, 2};
  EXPECT_TRUE(o.term.holds(Vec3(20, 0, 6.9), o.u));
  EXPECT_FALSE(o.term.holds(Vec3(20, 0, 7.1), o.u));
  EXPECT_FALSE(o.term.holds(Vec3(20, 2.1, 0), o.u));
  EXPECT_TRUE(o.term.holds(Vec3(27.9, 0, 0), o.u));
}

TEST(Expander, GoesBackToASavedState) {
  Opened o;
  o.term.shape = {6, 1, 2.3};
  const VectorX f = o.forces();
  const State state = testing_terms::saved(o.term);
  ExpanderTerm read(o.mesh);
  testing_terms::restore(read, state);
  VectorX again = VectorX::Zero(o.u.size());
  read.add_forces(o.u, again);
  EXPECT_EQ(again, f);
}

TEST(ExpanderCatalog, EveryExpanderOpensWithinAVertebraAndHasASource) {
  for (const ExpanderInfo& e : expander_catalog()) {
    EXPECT_FALSE(e.source.empty());
    EXPECT_GT(e.open.height(), 2 * e.closed.height()) << e.name;
    EXPECT_LT(e.open.height(), 25) << e.name;
    EXPECT_LE(e.open.length(), e.closed.length() + 1e-9) << e.name;
    EXPECT_EQ(&find_expander(e.name), &e);
    EXPECT_EQ(e.shape(0).height(), e.closed.height());
    EXPECT_EQ(e.shape(1).radius, e.open.radius);
  }
  EXPECT_THROW(find_expander("jack_51"), InputError);
}

} // namespace
} // namespace kypho

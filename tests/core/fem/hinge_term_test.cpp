#include "core/fem/hinge_term.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/fem/saved_state.hpp"
#include <Eigen/Geometry>
#include <algorithm>
#include <gtest/gtest.h>

namespace kypho {
namespace {

constexpr double D = 19.6, edge = 1.5;

/// A flat sheet of equilateral facets with edges along x, @p n by @p n.
TetMesh sheet(int n) {
  TetMesh mesh;
  const double height = std::sqrt(0.75) * edge;
  for (int j = 0; j <= n; ++j)
    for (int i = 0; i <= n; ++i) mesh.nodes.emplace_back((i + 0.5 * (j % 2)) * edge, j * height, 0);
  const auto at = [&](int i, int j) { return j * (n + 1) + i; };
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) {
      const int a = at(i, j), b = at(i + 1, j), c = at(i, j + 1), d = at(i + 1, j + 1);
      if (j % 2 == 0) {
        mesh.facets.push_back({{a, b, c}, Surface::cortex, 0});
        mesh.facets.push_back({{b, d, c}, Surface::cortex, 0});
      } else {
        mesh.facets.push_back({{a, b, d}, Surface::cortex, 0});
        mesh.facets.push_back({{a, d, c}, Surface::cortex, 0});
      }
    }
  return mesh;
}

HingeTerm hinges_of(const TetMesh& mesh, double plastic_moment = 1e9) {
  return {mesh, std::vector<ShellBending>(mesh.facets.size(), {.stiffness = D, .plastic_moment = plastic_moment})};
}

VectorX forces(HingeTerm& term, const VectorX& u) {
  VectorX f = VectorX::Zero(u.size());
  term.add_forces(u, f);
  return f;
}

/// The sheet rolled with curvature @p kappa about an axis at @p angle to x.
VectorX rolled(const TetMesh& mesh, double kappa, double angle) {
  const Vec3 axis(std::cos(angle), std::sin(angle), 0), across(-axis[1], axis[0], 0);
  VectorX u(3 * mesh.nodes.size());
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
    const double s = mesh.nodes[n].dot(across), a = kappa * s;
    const Vec3 x =
        mesh.nodes[n].dot(axis) * axis + std::sin(a) / kappa * across + Vec3(0, 0, (1 - std::cos(a)) / kappa);
    u.segment<3>(3 * n) = x - mesh.nodes[n];
  }
  return u;
}

/// Work done on the hinges on the way from flat to @p u.
double energy(HingeTerm& term, const VectorX& u) {
  constexpr int steps = 200;
  double work = 0;
  for (int k = 0; k < steps; ++k) work -= forces(term, (k + 0.5) / steps * u).dot(u) / steps;
  return work;
}

TEST(HingeTerm, a_sheet_rolled_in_any_direction_stores_the_energy_of_a_plate) {
  constexpr double kappa = 0.002;
  for (const double angle : {0.0, 0.4, M_PI / 6, 1.2}) {
    double stored[2], area[2];
    for (const int k : {0, 1}) {
      const TetMesh mesh = sheet(k ? 40 : 20);
      HingeTerm term = hinges_of(mesh);
      stored[k] = energy(term, rolled(mesh, kappa, angle));
      area[k] = static_cast<double>(mesh.facets.size()) * std::sqrt(3.0) / 4 * edge * edge;
    }
    // Edges on the rim are no hinges: stored = a n^2 - b n, and the rim drops out of the difference.
    const double per_area = (stored[1] - 2 * stored[0]) / (area[1] - 2 * area[0]);
    EXPECT_NEAR(per_area / (0.5 * D * kappa * kappa), 1, 0.02) << angle;
  }
}

TEST(HingeTerm, forces_are_the_slope_of_the_energy) {
  const TetMesh mesh = sheet(4);
  HingeTerm term = hinges_of(mesh);
  VectorX u = rolled(mesh, 0.15, 0.3);
  testing_meshes::add_noise(u, 0.1);
  const auto stored = [&](const VectorX& at) {
    double w = 0; // k = D l^2 / A of equilateral facets
    for (int h = 0; h < term.size(); ++h) w += 0.5 * D * 2 / std::sqrt(3.0) * std::pow(term.elastic(h, at), 2);
    return w;
  };
  const VectorX f = forces(term, u);
  for (int i = 0; i < u.size(); ++i) {
    VectorX up = u, down = u;
    up[i] += 1e-5;
    down[i] -= 1e-5;
    EXPECT_NEAR(f[i], -(stored(up) - stored(down)) / 2e-5, 1e-6 * f.lpNorm<Eigen::Infinity>());
  }
  EXPECT_NEAR(term.stored(u), stored(u), 1e-12 * stored(u));
}

TEST(HingeTerm, forces_and_moments_of_any_shape_sum_to_zero) {
  const TetMesh mesh = sheet(6);
  HingeTerm term = hinges_of(mesh, 1.2);
  VectorX u = rolled(mesh, 0.4, 1);
  testing_meshes::add_noise(u, 0.2);
  const VectorX f = forces(term, u);
  const auto [force, moment] = testing_meshes::resultants(mesh, u, f);
  EXPECT_LT(force.norm(), 1e-12 * f.lpNorm<1>());
  EXPECT_LT(moment.norm(), 1e-11 * f.lpNorm<1>());
}

/// Two facets, one hinge.
struct OneHinge {
  explicit OneHinge(double plastic_moment) : term(hinges_of(mesh, plastic_moment)) {
    const auto [f, g] = term.facets(0);
    const auto tip_of = [&](int facet, int other) {
      for (int n : mesh.facets[facet].nodes)
        if (std::ranges::count(mesh.facets[other].nodes, n) == 0) return n;
      return -1;
    };
    tip = tip_of(g, f);
    for (int n : mesh.facets[f].nodes)
      if (std::ranges::count(mesh.facets[g].nodes, n) > 0) foot += 0.5 * mesh.nodes[n];
    away = (mesh.nodes[tip] - foot).normalized();
  }
  /// The second facet turned about the edge by @p angle.
  VectorX turned(double angle) const {
    VectorX u = VectorX::Zero(3 * mesh.nodes.size());
    u.segment<3>(3 * tip) =
        foot + height * (std::cos(angle) * away + std::sin(angle) * Vec3::UnitZ()) - mesh.nodes[tip];
    return u;
  }
  /// About the edge, of the force on the turned facet's tip; positive where it turns back.
  double moment(double angle) {
    const Vec3 across = std::cos(angle) * Vec3::UnitZ() - std::sin(angle) * away;
    return -height * forces(term, turned(angle)).segment<3>(3 * tip).dot(across);
  }
  const TetMesh mesh = sheet(1);
  HingeTerm term;
  int tip = -1;
  Vec3 foot = Vec3::Zero(), away;
  static constexpr double height = 0.8660254037844386 * edge, stiffness = D * 2 / 1.7320508075688772;
};

TEST(HingeTerm, a_hinge_yields_at_the_plastic_moment_and_springs_back_elastically) {
  constexpr double plastic = 1.2, limit = 2.0 / 3.0 * plastic * edge;
  OneHinge hinge(plastic);
  ASSERT_EQ(hinge.term.size(), 1);
  forces(hinge.term, hinge.turned(M_PI / 4));
  EXPECT_NEAR(std::abs(hinge.term.elastic(0, hinge.turned(M_PI / 4))), limit / hinge.stiffness, 1e-12);
  EXPECT_NEAR(std::abs(hinge.term.elastic(0, hinge.turned(0))), M_PI / 4 - limit / hinge.stiffness, 1e-12);
}

// Explicit steps have to follow a fold while it closes: neither its moment nor its stiffness may run away.
TEST(HingeTerm, a_fold_bears_the_plastic_moment_until_its_facets_meet_and_when_they_pass_each_other) {
  constexpr double plastic = 1.2, limit = 2.0 / 3.0 * plastic * edge;
  OneHinge hinge(plastic);
  VectorX flat = VectorX::Zero(3 * hinge.mesh.nodes.size()), folded = flat;
  hinge.term.add_stiffness_rows(hinge.turned(0), flat);
  for (int degrees = 10; degrees <= 200; degrees += 5) {
    EXPECT_NEAR(hinge.moment(degrees * M_PI / 180), limit, 1e-9) << degrees;
    folded.setZero();
    hinge.term.add_stiffness_rows(hinge.turned(degrees * M_PI / 180), folded);
    EXPECT_LT(folded.maxCoeff(), 2 * flat.maxCoeff()) << degrees;
  }
  EXPECT_NEAR(hinge.moment(200 * M_PI / 180 - 2 * limit / hinge.stiffness), -limit, 1e-9); // turned back
}

TEST(HingeTerm, a_broken_hinge_keeps_its_residual_moment) {
  const TetMesh mesh = sheet(1);
  HingeTerm term(mesh, {2, {.stiffness = D, .plastic_moment = 1.2, .break_angle = 0.2, .residual = 0.1}});
  VectorX u = VectorX::Zero(3 * mesh.nodes.size());
  double last = 1e300;
  for (int round = 0; round < 400; ++round) { // bent to and fro until nothing is left to lose
    u[3 * mesh.facets[0].nodes[0] + 2] = round % 2 ? 1.0 : -1.0;
    forces(term, u);
    EXPECT_LE(std::abs(term.elastic(0, u)), last);
    last = std::abs(term.elastic(0, u));
  }
  const double whole = 2.0 / 3.0 * 1.2 * edge / (D * 2 / std::sqrt(3.0));
  EXPECT_NEAR(last / whole, 0.1, 0.003);
}

TEST(HingeTerm, facets_without_a_plate_bend_freely) {
  const TetMesh mesh = sheet(4);
  std::vector<ShellBending> plates(mesh.facets.size(), {.stiffness = D, .plastic_moment = 1.0});
  for (std::size_t f = 0; f < plates.size(); f += 2) plates[f].stiffness = 0;
  HingeTerm term(mesh, plates);
  for (int h = 0; h < term.size(); ++h)
    for (int f : term.facets(h)) EXPECT_EQ(f % 2, 1);
}

TEST(HingeTerm, what_was_saved_comes_back) {
  const TetMesh mesh = sheet(5);
  HingeTerm term = hinges_of(mesh, 1.0);
  forces(term, rolled(mesh, 0.3, 0));
  const State state = testing_terms::saved(term);
  const VectorX u = rolled(mesh, 0.2, 0.5), before = forces(term, u);
  testing_terms::restore(term, state);
  EXPECT_EQ((forces(term, u) - before).norm(), 0);
}

} // namespace
} // namespace kypho

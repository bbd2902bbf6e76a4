// The explicit engine on bodies whose answer is known.
#include "core/base/errors.hpp"
#include "core/base/interrupt.hpp"
#include "core/devices/balloon_term.hpp"
#include "core/fem/bulk_term.hpp"
#include "solvers/explicit.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_meshes::Threads;
using testing_points::make_law;

ExplicitEngine engine(int steps, double balance = 1e-6, bool single = false, long hold_steps = 4000,
                      const char* inertia = "elastic") {
  Params params(solver_specs());
  params.set("inertia", std::string(inertia));
  params.set("steps", long{steps});
  params.set("hold_steps", hold_steps);
  params.set("balance", balance);
  params.set("precision", std::string(single ? "single" : "double"));
  return ExplicitEngine(params);
}

/// A body of one law, symmetry planes where the test wants them.
struct Body {
  Body(TetMesh m, std::shared_ptr<const Material> law, std::vector<PointData> points)
      : mesh(std::move(m)), bulk(mesh, {std::move(law)}, std::vector<int>(mesh.tets.size(), 0), std::move(points)) {
    system.u.setZero(3 * mesh.nodes.size());
    system.v.setZero(system.u.size());
    system.fixed.assign(system.u.size(), 0);
    system.terms = {&bulk};
  }
  template <class Where>
  void hold(int axis, Where where) {
    for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
      if (where(mesh.nodes[n])) system.fixed[3 * n + axis] = 1;
  }
  /// Force of the body on the nodes at one height, N.
  double reaction(double z) {
    VectorX f = VectorX::Zero(system.u.size());
    bulk.add_forces(system.u, f);
    double sum = 0;
    for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
      if (std::abs(mesh.nodes[n][2] - z) < 1e-9) sum += f[3 * n + 2];
    return sum;
  }
  TetMesh mesh;
  BulkTerm bulk;
  System system;
};

/// 4 x 4 x 8 mm on rollers, pressed from above.
class Bar : public testing::Test {
protected:
  static constexpr double length = 8, section = 16;
  const Threads one{1}; // a hundred tetrahedra
  static std::unique_ptr<Body> make(const char* law) {
    TetMesh mesh = testing_meshes::cube_grid(2, 2, 4, 2.0);
    std::vector<PointData> points(mesh.tets.size());
    auto bar = std::make_unique<Body>(std::move(mesh), make_law(law), std::move(points));
    bar->hold(0, [](const Vec3& X) { return X[0] < 1e-9; });
    bar->hold(1, [](const Vec3& X) { return X[1] < 1e-9; });
    bar->hold(2, [](const Vec3& X) { return X[2] < 1e-9 || X[2] > length - 1e-9; });
    return bar;
  }
  static Phase press(Body& bar, double strain) {
    Phase phase;
    phase.name = "press";
    phase.settle = true;
    phase.load = [&bar, strain](double t) {
      for (std::size_t n = 0; n < bar.mesh.nodes.size(); ++n)
        if (bar.mesh.nodes[n][2] > length - 1e-9) bar.system.u[3 * n + 2] = -strain * length * t;
    };
    return phase;
  }
};

// Nominal stress tau/stretch with tau = E tanh(log stretch), compact solid at its defaults.
TEST_F(Bar, ElasticCompressionReachesTheClosedFormForceAndTheEndsBalance) {
  for (const auto& [inertia, steps] : {std::pair{"elastic", 200}, {"diagonal", 1500}}) {
    const auto bar = make("compact_solid");
    ExplicitEngine solver = engine(steps, 1e-6, false, 4000, inertia);
    solver.run(bar->system, press(*bar, 0.01));
    const double expected = section * 500 * std::tanh(-std::log(0.99)) / 0.99;
    EXPECT_NEAR(bar->reaction(length), expected, 0.01 * expected) << inertia;
    EXPECT_NEAR(bar->reaction(0), -bar->reaction(length), 0.005 * expected) << inertia;
  }
}

// tau = Y + H kappa, log stretch = atanh(tau/E) + kappa.
TEST_F(Bar, PlasticCompressionReachesTheClosedFormForceAndTheEndsBalance) {
  double kappa = 0;
  for (int i = 0; i < 50; ++i) kappa = -std::log(0.9) - std::atanh((8 + 5 * kappa) / 500);
  const double expected = section * (8 + 5 * kappa) / 0.9;
  for (const auto& [inertia, steps] : {std::pair{"elastic", 1000}, {"diagonal", 2000}}) {
    const auto bar = make("compact_solid");
    ExplicitEngine solver = engine(steps, 1e-6, false, 4000, inertia);
    solver.run(bar->system, press(*bar, 0.1));
    EXPECT_NEAR(bar->reaction(length), expected, 0.01 * expected) << inertia;
    EXPECT_NEAR(bar->reaction(0), -bar->reaction(length), 0.005 * expected) << inertia;
  }
}

// A body that is pressed steadily is, soon after the start, where it would rest: plain damping would keep it back by as much
// as it goes in a step, half a per cent of this force.
TEST_F(Bar, ASteadyLoadIsNotHeldBackByElasticInertia) {
  const auto bar = make("compact_solid");
  ExplicitEngine solver = engine(200);
  Phase phase = press(*bar, 0.01);
  phase.settle = false;
  solver.run(bar->system, phase);
  bar->system.u -= bar->system.v; // the last step goes beyond the last load
  const double expected = section * 500 * std::tanh(-std::log(0.99)) / 0.99;
  EXPECT_NEAR(bar->reaction(length), expected, 1e-3 * expected);
  EXPECT_NEAR(bar->reaction(0), -expected, 1e-3 * expected);
  EXPECT_LT(std::abs(solver.energy()->balance_error), 1e-3);
  EXPECT_LT(solver.energy()->damping_mj, 1e-3 * solver.energy()->work_mj);
}

TEST_F(Bar, BoneIsPressedToTheForceOfOnePointOfIt) {
  const auto bar = make("trabecular_bone");
  ExplicitEngine solver = engine(3000);
  solver.run(bar->system, press(*bar, 0.004)); // below its peak: no band forms
  testing_points::PointDriver point(make_law("trabecular_bone"), bar->bulk.point(0));
  point.pull_to(2, 0.996, 8);
  const double expected = -section * point.P()(2, 2);
  EXPECT_NEAR(bar->reaction(length), expected, 0.01 * expected);
  EXPECT_NEAR(bar->reaction(0), -bar->reaction(length), 0.005 * expected);
}

TEST_F(Bar, AHoldGoesOnUntilTheForcesBalanceAsAsked) {
  double before = 1;
  for (const double balance : {1e-3, 1e-6, 1e-11}) {
    const auto bar = make("compact_solid");
    ExplicitEngine solver = engine(300, balance);
    solver.run(bar->system, press(*bar, 0.1));
    EXPECT_LT(solver.imbalance(), balance);
    EXPECT_LT(solver.imbalance(), before);
    before = solver.imbalance();
    EXPECT_EQ(bar->system.v.norm(), 0);
  }
  const auto bar = make("compact_solid");
  ExplicitEngine solver = engine(300, 1e-11);
  solver.run(bar->system, press(*bar, 0.1));
  const double top = bar->reaction(length);
  EXPECT_NEAR(bar->reaction(0), -top, 1e-9 * top);
}

TEST_F(Bar, NewtonsMethodEndsAHoldInTheShapeThatStepsLeadTo) {
  std::unique_ptr<Body> bars[2];
  Effort effort[2];
  for (const bool newton : {false, true}) {
    bars[newton] = make("trabecular_bone");
    Params params(solver_specs());
    params.set("steps", 1000L);
    params.set("balance", 1e-9);
    params.set("hold", std::string(newton ? "newton" : "steps"));
    ExplicitEngine solver(params);
    solver.run(bars[newton]->system, press(*bars[newton], 0.012)); // just beyond the peak
    EXPECT_LT(solver.imbalance(), 1e-9);
    EXPECT_EQ(bars[newton]->system.v.norm(), 0);
    const EnergyMeasure books = *solver.energy();
    EXPECT_LT(std::abs(books.balance_error), 5e-3) << "of the work on the way that Newton's method took, too";
    effort[newton] = solver.effort();
  }
  EXPECT_LT((bars[1]->system.u - bars[0]->system.u).lpNorm<Eigen::Infinity>(), 1e-4); // mm, of 0.1 mm
  const double force = bars[0]->reaction(length);
  EXPECT_NEAR(bars[1]->reaction(length), force, 1e-4 * force);
  EXPECT_EQ(effort[0].newton_iterations, 0);
  EXPECT_GT(effort[1].newton_iterations, 0);
  EXPECT_LT(effort[1].explicit_steps - 1000, (effort[0].explicit_steps - 1000) / 2);
}

/// What a body does that gives way, no tangent has a solution, and one that is stiffer than its bound.
class Refuses final : public Term {
public:
  std::string_view name() const noexcept override { return "refuses"; }
  void add_forces(const VectorX& u, VectorX& f) override { f -= 1e6 * u; }
  void add_stiffness_rows(const VectorX&, VectorX& rows) const override { rows.array() += 4e6; }
  void add_stiffness_bound(const VectorX&, Tangent&, VectorX& diagonal) const override { diagonal.array() += 1; }
  void couple(Tangent&) const override {}
  double linearize(const VectorX&, VectorX&, Tangent*) const override { throw NonPhysical("no tangent"); }
  void visit(Archive&) override {}
};

TEST(Explicit, AHoldThatNeitherNewtonsMethodNorElasticInertiaEndsIsEndedBySteps) {
  for (const char* inertia : {"diagonal", "elastic"}) {
    Refuses term;
    System system;
    system.u = VectorX::Constant(3, 1e-3);
    system.v = VectorX::Zero(3);
    system.fixed.assign(3, 0);
    system.terms = {&term};
    Phase phase;
    phase.name = "rest";
    phase.load = [](double) {};
    phase.settle = true;
    ExplicitEngine solver = engine(1, 1e-9, false, 4000, inertia);
    solver.run(system, phase);
    EXPECT_LT(solver.imbalance(), 1e-9) << inertia;
    EXPECT_LT(system.u.norm(), 1e-9) << inertia;
  }
}

TEST_F(Bar, AHoldThatMayNotTakeStepsTellsHowFarFromRestTheBodyIs) {
  const auto bar = make("compact_solid");
  Params params(solver_specs());
  params.set("steps", 300L);
  params.set("hold_steps", 25L);
  ExplicitEngine solver(params);
  solver.run(bar->system, press(*bar, 0.1));
  EXPECT_GT(solver.imbalance(), solver.balance());
}

TEST_F(Bar, BitsDoNotDependOnTheNumberOfThreads) {
  VectorX result[2];
  for (int i = 0; i < 2; ++i) {
    const Threads threads(i + 1);
    const auto bar = make("trabecular_bone");
    ExplicitEngine solver = engine(60); // far from rest: what counts is that every step is the same
    Phase phase = press(*bar, 0.08);
    phase.settle = false;
    solver.run(bar->system, phase);
    result[i] = bar->system.u;
  }
  EXPECT_EQ(result[0], result[1]);
  EXPECT_TRUE(result[0].allFinite());
}

TEST_F(Bar, FloatsWhileItMovesEndInTheSameRest) {
  VectorX u[2];
  double force[2];
  for (const bool single : {false, true}) {
    const auto bar = make("trabecular_bone");
    ExplicitEngine solver = engine(3000, 1e-6, single);
    solver.run(bar->system, press(*bar, 0.012)); // just beyond the peak
    EXPECT_LT(solver.imbalance(), 1e-6);         // floats alone could not tell
    u[single] = bar->system.u;
    force[single] = bar->reaction(length);
  }
  EXPECT_NE(u[0], u[1]);
  EXPECT_LT((u[0] - u[1]).lpNorm<Eigen::Infinity>(), 6e-4); // what trials of crush and inflation differed by, mm
  EXPECT_NEAR(force[0], force[1], 1e-3 * force[0]);
}

/// Counts the evaluations of the forces in double.
class Listener final : public Term {
public:
  std::string_view name() const noexcept override { return "listener"; }
  void add_forces(const VectorX&, VectorX&) override { in_double += precision_ == Precision::full; }
  void add_stiffness_rows(const VectorX&, VectorX&) const override {}
  void couple(Tangent&) const override {}
  double linearize(const VectorX&, VectorX&, Tangent*) const override { return 0; }
  void work_in(Precision precision) override { precision_ = precision; }
  void visit(Archive&) override {}
  int in_double = 0;

private:
  Precision precision_ = Precision::full;
};

TEST_F(Bar, AHoldEndsInDoubleHoweverRoughTheBalanceAndShortTheHold) {
  for (const auto& [balance, hold_steps] : {std::pair{5e-3, 4000L}, {1e-9, 40L}}) {
    const auto bar = make("trabecular_bone");
    Listener listener;
    bar->system.terms.push_back(&listener);
    ExplicitEngine solver = engine(1000, balance, true, hold_steps);
    solver.run(bar->system, press(*bar, 0.03));
    EXPECT_GE(listener.in_double, 10) << "hold of " << hold_steps;
    EXPECT_LT(listener.in_double, solver.effort().explicit_steps - 1000) << "the ramp is in floats";
  }
}

TEST_F(Bar, WhatALoadWritesIntoHistoriesCountsInFloatsAsInDouble) {
  double force[2];
  for (const bool single : {false, true}) {
    const auto bar = make("compact_solid");
    Phase phase = press(*bar, 0.004);
    const auto pressed = phase.load;
    phase.load = [&](double t) {
      pressed(t);
      if (t != 0.5) return;
      for (int tet = 0; tet < static_cast<int>(bar->mesh.tets.size()); ++tet) { // half of the force is forgotten
        VectorX h = bar->bulk.history(tet);
        bar->bulk.law(tet)->set_stress_free(bar->bulk.deformation(tet, bar->system.u), h);
        bar->bulk.set_history(tet, h);
      }
    };
    engine(1000, 1e-6, single).run(bar->system, phase);
    force[single] = bar->reaction(length);
  }
  EXPECT_NEAR(force[1], force[0], 1e-3 * force[0]);
  const auto bar = make("compact_solid");
  engine(1000).run(bar->system, press(*bar, 0.004));
  EXPECT_NEAR(force[0], 0.5 * bar->reaction(length), 0.05 * bar->reaction(length));
}

TEST_F(Bar, AReachedGoalEndsTheRampEarlyAndObserversSeeIt) {
  const auto bar = make("compact_solid");
  Phase phase = press(*bar, 0.01);
  phase.settle = false;
  int seen = 0;
  phase.observations = 10;
  phase.observe = [&](double) { ++seen; };
  ExplicitEngine solver = engine(1000);
  EXPECT_EQ(solver.run(bar->system, phase), 1);
  EXPECT_EQ(seen, 10);
  EXPECT_EQ(solver.effort().explicit_steps, 1000);
  phase.reached = [](double t) { return t > 0.4; };
  EXPECT_NEAR(solver.run(bar->system, phase), 0.4, 0.03);
}

TEST_F(Bar, AShareOfTheEffortTakesAShareOfTheSteps) {
  const auto bar = make("compact_solid");
  Phase phase = press(*bar, 0.01);
  phase.settle = false;
  phase.effort = 0.25;
  ExplicitEngine solver = engine(1000);
  solver.run(bar->system, phase);
  EXPECT_EQ(solver.effort().explicit_steps, 250);
}

TEST_F(Bar, AnInterruptEndsTheRamp) {
  const auto bar = make("compact_solid");
  Phase phase = press(*bar, 0.01);
  phase.observe = [](double t) {
    if (t > 0.5) request_interrupt();
  };
  ExplicitEngine solver = engine(1000);
  EXPECT_THROW(solver.run(bar->system, phase), Interrupted);
  clear_interrupt();
  EXPECT_LT(solver.effort().explicit_steps, 700);
}

TEST_F(Bar, DisplacementsThatAreNoNumbersAreNotConverged) {
  const auto bar = make("compact_solid");
  Phase phase = press(*bar, 0.01);
  phase.load = [&](double) { bar->system.u[3 * 20] = std::nan(""); };
  ExplicitEngine solver = engine(1000);
  EXPECT_THROW(solver.run(bar->system, phase), NotConverged);
}

TEST_F(Bar, ForcesThatAreNoNumbersAreNotConvergedThoughTheLimitOfSpeedHidesThem) {
  const auto bar = make("compact_solid");
  Phase phase = press(*bar, 0.01);
  const VectorX broken = VectorX::Constant(bar->bulk.history(0).size(), std::nan(""));
  phase.load = [&](double) { bar->bulk.set_history(0, broken); };
  ExplicitEngine solver = engine(1000);
  EXPECT_THROW(solver.run(bar->system, phase), NotConverged);
}

// Lame, plane strain: u(r) = (1 + nu) p a^2 / (E (b^2 - a^2)) ((1 - 2 nu) r + b^2/r). A quarter tube between a = 5 and
// b = 10 mm; linear tetrahedra 0.6 mm across and 6 degrees around: a few per cent.
TEST(ThickTube, WidensUnderPressureAsLameSays) {
  const Threads one(1);
  constexpr double a = 5, b = 10, p = 0.5, E = 500, nu = 0.25;
  constexpr int radial = 8, around = 15;
  TetMesh mesh = testing_meshes::box_mesh(radial, around, 1, [&](int i, int j, int k) {
    const double r = a + (b - a) * i / radial, angle = 0.5 * M_PI * j / around;
    return Vec3(r * std::cos(angle), r * std::sin(angle), 0.6 * k);
  });
  std::vector<int> inner;
  for (std::size_t f = 0; f < mesh.facets.size(); ++f) {
    bool inside = true;
    for (const int n : mesh.facets[f].nodes) inside = inside && std::abs(mesh.nodes[n].head<2>().norm() - a) < 1e-9;
    if (inside) inner.push_back(static_cast<int>(f));
  }
  ASSERT_EQ(inner.size(), 2 * around);
  BalloonTerm balloon(mesh, inner, 1, 0, Vec3::UnitZ(), {});
  std::vector<PointData> points(mesh.tets.size());
  Body tube(std::move(mesh), make_law("compact_solid"), std::move(points));
  tube.hold(0, [](const Vec3& X) { return std::abs(X[0]) < 1e-9; });
  tube.hold(1, [](const Vec3& X) { return std::abs(X[1]) < 1e-9; });
  tube.hold(2, [](const Vec3&) { return true; });
  tube.system.terms.push_back(&balloon);
  Phase phase;
  phase.name = "pressure";
  phase.settle = true;
  phase.load = [&](double t) { balloon.held_pressure = p * t; };
  ExplicitEngine solver = engine(2000, 1e-8);
  solver.run(tube.system, phase);
  const auto lame = [&](double r) {
    return (1 + nu) * p * a * a / (E * (b * b - a * a)) * ((1 - 2 * nu) * r + b * b / r);
  };
  double mean[2] = {0, 0};
  int count[2] = {0, 0};
  for (std::size_t n = 0; n < tube.mesh.nodes.size(); ++n) {
    const Vec3 X = tube.mesh.nodes[n];
    const double r = X.head<2>().norm();
    if (std::min(std::abs(r - a), std::abs(r - b)) > 1e-9) continue;
    const int at = std::abs(r - a) < 1e-9 ? 0 : 1;
    mean[at] += (X + tube.system.u.segment<3>(3 * n)).head<2>().norm() - r;
    ++count[at];
  }
  EXPECT_NEAR(mean[0] / count[0], lame(a), 0.03 * lame(a));
  EXPECT_NEAR(mean[1] / count[1], lame(b), 0.03 * lame(b));
}

} // namespace
} // namespace kypho

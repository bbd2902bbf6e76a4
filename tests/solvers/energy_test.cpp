// The books of the explicit engine on bodies whose energy is known, and on one that is a perpetual motion machine.
#include "core/fem/bulk_term.hpp"
#include "core/fem/load_terms.hpp"
#include "solvers/explicit.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_meshes::Threads;
using testing_points::make_law;

ExplicitEngine engine(long steps, double balance = 1e-8, const char* inertia = "elastic") {
  Params params(solver_specs());
  params.set("inertia", std::string(inertia));
  params.set("steps", steps);
  params.set("hold_steps", 4000L);
  params.set("balance", balance);
  return ExplicitEngine(params);
}

/// A bar of 2 mm cells on rollers, its top held as well.
struct Bar {
  explicit Bar(const char* law, int across = 2, int up = 4)
      : mesh(testing_meshes::cube_grid(across, across, up, 2.0)), length(2.0 * up),
        volume(4.0 * across * across * length),
        bulk(mesh, {make_law(law)}, std::vector<int>(mesh.tets.size(), 0), std::vector<PointData>(mesh.tets.size())) {
    system.u.setZero(3 * mesh.nodes.size());
    system.v.setZero(system.u.size());
    system.fixed.assign(system.u.size(), 0);
    system.terms = {&bulk};
    for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
      for (int i = 0; i < 3; ++i) system.fixed[3 * n + i] = mesh.nodes[n][i] < 1e-9;
    set_top_held(true);
  }
  bool on_top(std::size_t n) const { return mesh.nodes[n][2] > length - 1e-9; }
  void set_top_held(bool held) {
    for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
      if (on_top(n)) system.fixed[3 * n + 2] = held;
  }
  void put_top(double strain) {
    for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
      if (on_top(n)) system.u[3 * n + 2] = -strain * length;
  }
  Phase phase(std::function<void(double)> load) {
    Phase p;
    p.name = "press";
    p.settle = true;
    p.load = std::move(load);
    p.warn = [this](const std::string& text) { warnings.push_back(text); };
    return p;
  }
  Phase press(double strain) {
    return phase([this, strain](double t) { put_top(strain * t); });
  }
  TetMesh mesh;
  double length, volume;
  BulkTerm bulk;
  System system;
  std::vector<std::string> warnings;
};

// W = E/2 e^2 per volume, e = tanh(log stretch): compact solid at its defaults, E = 500 MPa.
TEST(Energy, AnElasticBarStoresTheWorkThatPressesIt) {
  const Threads one(1);
  Bar bar("compact_solid");
  ExplicitEngine solver = engine(1500);
  solver.run(bar.system, bar.press(0.01));
  const EnergyMeasure e = *solver.energy();
  const double expected = bar.volume * 250 * std::pow(std::tanh(std::log(0.99)), 2);
  EXPECT_EQ(e.phase, "press");
  EXPECT_NEAR(e.stored_mj, expected, 1e-3 * expected); // at rest to 1e-8; the stress is uniform
  EXPECT_NEAR(e.work_mj, expected, 0.01 * expected);   // waves of the ramp press a little more
  EXPECT_NEAR(e.work_mj, e.stored_mj + e.dissipated_mj + e.damping_mj, 1e-3 * expected);
  EXPECT_NEAR(e.dissipated_mj, 0, 1e-3 * expected); // laws know their energy to e^2
  EXPECT_EQ(e.kinetic_mj, 0);
  EXPECT_LT(std::abs(e.balance_error), 1e-3);
  EXPECT_THAT(bar.warnings, testing::IsEmpty());
}

// tau = Y + H kappa = E tanh(log elastic stretch): flow takes Y kappa + H kappa^2 / 2 per volume.
TEST(Energy, APlasticBarDissipatesTheWorkOfItsYieldStress) {
  const Threads one(1);
  Bar bar("compact_solid");
  ExplicitEngine solver = engine(2000);
  solver.run(bar.system, bar.press(0.1));
  double kappa = 0;
  for (int i = 0; i < 50; ++i) kappa = -std::log(0.9) - std::atanh((8 + 5 * kappa) / 500);
  const double expected = bar.volume * (8 * kappa + 2.5 * kappa * kappa);
  const EnergyMeasure e = *solver.energy();
  EXPECT_NEAR(e.dissipated_mj, expected, 0.01 * expected);
  EXPECT_NEAR(e.stored_mj, bar.volume * std::pow(8 + 5 * kappa, 2) / 1000,
              0.03 * e.stored_mj); // waves press a little more
  EXPECT_LT(std::abs(e.balance_error), 1e-3);
}

// A force that grows evenly on an elastic bar does half of what it would do at once.
TEST(Energy, WhatATermPressesWithIsWorkDoneOnTheBody) {
  const Threads one(1);
  Bar bar("compact_solid");
  bar.set_top_held(false);
  VectorX forces = VectorX::Zero(bar.system.u.size());
  for (std::size_t n = 0; n < bar.mesh.nodes.size(); ++n)
    if (bar.on_top(n)) forces[3 * n + 2] = -1;
  ForceTerm load(forces);
  bar.system.terms.push_back(&load);
  ExplicitEngine solver = engine(3000);
  solver.run(bar.system, bar.phase([&](double t) { load.factor = 4 * t; }));
  const double expected = 0.5 * 4 * forces.dot(bar.system.u);
  const EnergyMeasure e = *solver.energy();
  EXPECT_NEAR(e.work_mj, expected, 0.01 * expected);
  EXPECT_NEAR(e.stored_mj, expected, 0.01 * expected);
  EXPECT_LT(std::abs(e.balance_error), 1e-3);
}

// Too fast for rest, and no hold: the motion is in the books.
TEST(Energy, MotionAndDampingCloseTheBalanceOfARampThatIsTooFast) {
  const Threads one(1);
  for (const auto& [inertia, in_motion] : {std::pair{"elastic", 1e-7}, {"diagonal", 1e-6}}) {
    Bar bar("trabecular_bone");
    ExplicitEngine solver = engine(200, 1e-8, inertia);
    Phase phase = bar.press(0.05);
    phase.settle = false;
    solver.run(bar.system, phase);
    const EnergyMeasure e = *solver.energy();
    EXPECT_GT(e.kinetic_mj, in_motion * e.work_mj) << inertia;
    EXPECT_GT(e.damping_mj, 0) << inertia;
    EXPECT_LT(std::abs(e.balance_error), 0.01) << inertia;
    EXPECT_FALSE(e.hold_drift) << inertia;
  }
}

TEST(Energy, AHoldMovesABodyFartherTheFasterItWasPressed) {
  const Threads one(1);
  double before = 1;
  for (const long steps : {200, 800, 3200}) {
    Bar bar("trabecular_bone");
    ExplicitEngine solver = engine(steps);
    solver.run(bar.system, bar.press(0.004));
    ASSERT_TRUE(solver.energy()->hold_drift);
    EXPECT_LT(*solver.energy()->hold_drift, 0.5 * before) << steps;
    before = *solver.energy()->hold_drift;
  }
  EXPECT_LT(before, 0.01);
}

TEST(Energy, TheBooksDoNotDependOnTheNumberOfThreads) {
  EnergyMeasure e[2];
  for (int i = 0; i < 2; ++i) {
    const Threads threads(i + 1);
    Bar bar("trabecular_bone", 6, 8); // 1323 unknowns: more than one chunk of a sum
    ExplicitEngine solver = engine(400);
    Phase phase = bar.press(0.05);
    phase.settle = false;
    phase.effort = 0.15;
    solver.run(bar.system, phase);
    e[i] = *solver.energy();
  }
  EXPECT_EQ(e[0].work_mj, e[1].work_mj);
  EXPECT_EQ(e[0].stored_mj, e[1].stored_mj);
  EXPECT_EQ(e[0].dissipated_mj, e[1].dissipated_mj);
  EXPECT_EQ(e[0].damping_mj, e[1].damping_mj);
  EXPECT_EQ(e[0].kinetic_mj, e[1].kinetic_mj);
}

// Pressed, pulled back past its length, pressed again, slowly and in jerks: hardening, softening, tearing, damage.
TEST(Energy, BoneThatIsPressedAndPulledByTurnsGivesOutNothing) {
  const Threads one(1);
  for (const long steps : {400, 4000}) {
    Bar bar("trabecular_bone");
    ExplicitEngine solver = engine(steps, 1e-5);
    double highest = 0;
    for (const double strain : {0.02, -0.01, 0.15, 0.05, 0.35, 0.3}) {
      const double from = -bar.system.u[bar.system.u.size() - 1] / bar.length;
      solver.run(bar.system, bar.phase([&](double t) { bar.put_top(from + (strain - from) * t); }));
      EXPECT_GT(solver.energy()->dissipated_mj, -1e-3 * solver.energy()->work_mj) << strain;
      highest = std::max(highest, solver.energy()->dissipated_mj);
    }
    EXPECT_GT(highest, 10);
    EXPECT_THAT(bar.warnings, testing::IsEmpty()) << steps;
  }
}

// A free strain that the stage puts in is work done by the stage, not energy out of nothing.
TEST(Energy, ShrinkageIsWorkDoneByTheStage) {
  const Threads one(1);
  Bar bar("mooney_rivlin");
  ExplicitEngine solver = engine(1000);
  int done = 0;
  Phase phase = bar.phase([&](double t) {
    for (; done < 10 && t > 0.1 * done; ++done)
      for (int tet = 0; tet < static_cast<int>(bar.mesh.tets.size()); ++tet) {
        VectorX history = bar.bulk.history(tet);
        bar.bulk.law(tet)->shrink(1e-3, history);
        bar.bulk.set_history(tet, history);
      }
  });
  phase.strains = [&](double t) { return done < 10 && t > 0.1 * done; };
  solver.run(bar.system, phase); // between its ends the bar is pulled by 1 %
  const EnergyMeasure e = *solver.energy();
  EXPECT_GT(e.stored_mj, 0);
  EXPECT_NEAR(e.work_mj, e.stored_mj + e.damping_mj + e.dissipated_mj, 1e-3 * e.work_mj);
  EXPECT_THAT(bar.warnings, testing::IsEmpty());
}

/// A node held to the origin by a spring whose force leans to the side of its pull: f = -k x + c e_z x x, which gives out
/// 2 c times the area that the node goes around. It says that it stores k x^2 / 2.
class Whirl final : public Term {
public:
  static constexpr double k = 10;
  explicit Whirl(double lean) : c(lean) {}
  std::string_view name() const noexcept override { return "whirl"; }
  void add_forces(const VectorX& u, VectorX& f) override {
    f[0] -= k * u[0] + c * u[1];
    f[1] -= k * u[1] - c * u[0];
    f[2] -= k * u[2];
  }
  void add_stiffness_rows(const VectorX&, VectorX& rows) const override { rows.array() += k + std::abs(c); }
  void couple(Tangent&) const override {}
  double linearize(const VectorX&, VectorX&, Tangent*) const override { return 0; }
  bool stores() const override { return true; }
  double stored(const VectorX& u) const override { return 0.5 * k * u.squaredNorm(); }
  void visit(Archive&) override {}
  double c;
};

struct Carousel {
  explicit Carousel(double lean) : whirl(lean) {
    system.u.setZero(3);
    system.u[0] = 1;
    system.v.setZero(3);
    system.fixed.assign(3, 1);
    system.terms = {&whirl};
  }
  Phase around() {
    Phase phase;
    phase.name = "inflate";
    phase.load = [this](double t) {
      system.u[0] = std::cos(2 * M_PI * t);
      system.u[1] = std::sin(2 * M_PI * t);
    };
    phase.warn = [this](const std::string& text) { warnings.push_back(text); };
    return phase;
  }
  Whirl whirl;
  System system;
  std::vector<std::string> warnings;
};

TEST(Energy, ATermThatPumpsIsFoundAndNamedWithPhaseTimeAndEnergy) {
  Carousel carousel(0.3);
  ExplicitEngine solver = engine(4000);
  solver.run(carousel.system, carousel.around());
  EXPECT_NEAR(solver.energy()->work_mj, -2 * 0.3 * M_PI, 1e-4); // went out
  EXPECT_NEAR(solver.energy()->dissipated_mj, -2 * 0.3 * M_PI, 1e-4);
  ASSERT_EQ(carousel.warnings.size(), 1u) << "once per phase";
  EXPECT_THAT(carousel.warnings[0],
              testing::StartsWith("inflate: at pseudo-time 0.05 the body has given out 0.0942 mJ"));
}

TEST(Energy, ASpringThatDoesNotLeanOrLeansAgainstTheMotionIsNotTakenForAPump) {
  for (const double lean : {0.0, -0.3}) {
    Carousel carousel(lean);
    ExplicitEngine solver = engine(4000);
    solver.run(carousel.system, carousel.around());
    EXPECT_THAT(carousel.warnings, testing::IsEmpty()) << lean;
  }
}

} // namespace
} // namespace kypho

// Newton's method on bodies whose answer is known.
#include "core/base/errors.hpp"
#include "core/fem/bulk_term.hpp"
#include "core/fem/quadratic.hpp"
#include "core/materials/catalog.hpp"
#include "solvers/implicit.hpp"
#include "solvers/newton_system.hpp"
#include "tests/core/cement/simple_meshes.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <gtest/gtest.h>
#include <numeric>

namespace kypho {
namespace {

ImplicitEngine engine(double balance = 1e-10, int increments = 1) {
  Params params(solver_specs());
  params.set("balance", balance);
  params.set("increments", increments);
  return ImplicitEngine(params);
}

/// A bar 6 x 6 x 12 mm, its lower end on rollers, its upper end moved.
struct Bar {
  TetMesh mesh;
  std::unique_ptr<BulkTerm> bulk;
  System system;

  Bar(const std::string& law, const std::vector<std::pair<std::string, double>>& keys, int order = 1) {
    mesh = testing_meshes::box_mesh(3, 3, 6, [](int i, int j, int k) { return Vec3(2.0 * i, 2.0 * j, 2.0 * k); });
    if (order == 2) mesh = quadratic(std::move(mesh));
    bulk = std::make_unique<BulkTerm>(mesh,
                                      std::vector<std::shared_ptr<const Material>>{testing_points::make_law(law, keys)},
                                      std::vector<int>(mesh.tets.size(), 0), std::vector<PointData>(mesh.tets.size()));
    system.u.setZero(3 * mesh.nodes.size());
    system.v = system.u;
    system.fixed.assign(system.u.size(), 0);
    system.terms = {bulk.get()};
    for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
      const Vec3& x = mesh.nodes[n];
      if (x[2] < 1e-9 || x[2] > 12 - 1e-9) system.fixed[3 * n + 2] = 1;
      if (x[0] < 1e-9) system.fixed[3 * n] = 1;
      if (x[1] < 1e-9) system.fixed[3 * n + 1] = 1;
    }
  }
  Phase press(double strain) {
    Phase phase;
    phase.name = "press";
    phase.load = [this, strain](double t) {
      for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
        if (mesh.nodes[n][2] > 12 - 1e-9) system.u[3 * n + 2] = -12 * strain * t;
    };
    phase.observations = 1;
    return phase;
  }
  double force() {
    VectorX f = VectorX::Zero(system.u.size());
    bulk->add_forces(system.u, f);
    double sum = 0;
    for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
      if (mesh.nodes[n][2] > 12 - 1e-9) sum += f[3 * n + 2];
    return sum;
  }
};

// Uniaxial stress of a compressible neo-Hookean bar, the lateral stretch found at a point.
TEST(Implicit, ABarUnderLargeCompressionCarriesTheUniaxialStress) {
  const std::vector<std::pair<std::string, double>> keys{{"c10", 50}, {"c01", 0}, {"bulk_modulus", 200}};
  testing_points::PointDriver point(testing_points::make_law("mooney_rivlin", keys), {});
  const double stress = point.pull_to(2, 0.7, 6);
  for (const int order : {1, 2}) {
    Bar bar("mooney_rivlin", keys, order);
    engine(1e-10, 3).run(bar.system, bar.press(0.3));
    EXPECT_NEAR(bar.force(), 36 * stress, 1e-6 * 36 * stress);
  }
}

TEST(Implicit, ConvergesQuadratically) {
  Bar bar("mooney_rivlin", {{"c10", 50}, {"c01", 10}, {"bulk_modulus", 2000}});
  ImplicitEngine solver = engine(1e-13);
  solver.run(bar.system, bar.press(0.15));
  const std::vector<double>& tail = solver.tail();
  ASSERT_GE(tail.size(), 4u);
  // Once it is small, every step squares it, down to rounding.
  for (std::size_t k = 2; k + 1 < tail.size(); ++k)
    if (tail[k] < 1e-3) {
      EXPECT_LT(tail[k + 1], std::max(20 * tail[k] * tail[k], 1e-12)) << k;
    }
}

// Where the path is smooth, the next increment is nearly the last one.
TEST(Implicit, AnIncrementGoesOnAlongTheLastOneWhereEndsAreMoved) {
  const std::vector<std::pair<std::string, double>> keys{{"c10", 50}, {"c01", 0}, {"bulk_modulus", 200}};
  Bar one("mooney_rivlin", keys), ten("mooney_rivlin", keys);
  ImplicitEngine first = engine(1e-8, 1), all = engine(1e-8, 10);
  first.run(one.system, one.press(0.015));
  all.run(ten.system, ten.press(0.15));
  EXPECT_LE(all.effort().newton_iterations, first.effort().newton_iterations + 9 * 2); // 23 from where it was
}

TEST(Implicit, ANonAssociatedLawConvergesWithItsTangentThatIsNotSymmetric) {
  Bar bar("trabecular_bone", {});
  ImplicitEngine solver = engine(1e-9, 20);
  EXPECT_EQ(solver.run(bar.system, bar.press(0.03)), 1);
  EXPECT_EQ(solver.effort().cutbacks, 0);
  EXPECT_LT(solver.effort().newton_iterations, 200);
}

TEST(Implicit, AnIncrementThatIsTooLongIsCut) {
  Bar bar("mooney_rivlin", {{"c10", 50}, {"c01", 0}, {"bulk_modulus", 200}});
  Params params(solver_specs());
  params.set("increments", 1);
  params.set("newton_iterations", 3);
  ImplicitEngine solver(params);
  EXPECT_EQ(solver.run(bar.system, bar.press(0.6)), 1);
  EXPECT_GT(solver.effort().cutbacks, 0);
}

TEST(Implicit, WhereThereIsNoEquilibriumItSaysWhenAndWhy) {
  Bar bar("mooney_rivlin", {});
  try {
    Params params(solver_specs());
    params.set("newton_iterations", 6);
    params.set("cutbacks", 2);
    ImplicitEngine(params).run(bar.system, bar.press(1.2)); // pressed through its own foot
    FAIL();
  } catch (const NotConverged& error) {
    EXPECT_NE(std::string(error.what()).find("press: no equilibrium at pseudo-time 0."), std::string::npos)
        << error.what();
  }
}

/// Springs to the ground, one per unknown, each under a load of its own.
class Springs final : public Term {
public:
  using Law = std::function<std::pair<double, double>(double w)>; ///< force and slope
  Springs(Law law, double stiffest) : law_(std::move(law)), stiffest_(stiffest) {}
  VectorX load;
  std::string_view name() const noexcept override { return "springs"; }
  void add_forces(const VectorX& u, VectorX& f) override { linearize(u, f, nullptr); }
  void add_stiffness_rows(const VectorX&, VectorX& rows) const override { rows.array() += stiffest_; }
  void couple(Tangent& K) const override {
    std::vector<int> nodes(load.size() / 3);
    std::iota(nodes.begin(), nodes.end(), 0);
    K.couple(this, 1, nodes);
  }
  double linearize(const VectorX& u, VectorX& f, Tangent* K) const override {
    std::vector<double> blocks(3 * u.size(), 0.0);
    for (int i = 0; i < u.size(); ++i) {
      const auto [force, slope] = law_(u[i]);
      f[i] += load[i] - force;
      blocks[3 * i + i % 3] = slope;
    }
    if (K) K->add(this, 0, static_cast<int>(u.size()) / 3, blocks.data());
    return least_forces;
  }
  void visit(Archive&) override {}

private:
  Law law_;
  double stiffest_;
};

System system_of(Springs& springs) {
  System system;
  system.u = system.v = VectorX::Zero(springs.load.size());
  system.fixed.assign(springs.load.size(), 0);
  system.terms = {&springs};
  return system;
}

// An arch: stiffness is lost at 0.58 N, and the next shape that carries as much is on the far side.
TEST(Implicit, ABodyThatSnapsThroughIsFollowedToWhereItRestsAgain) {
  Springs arch([](double w) { return std::pair(w * (2.4 + w * (w - 3)), 2.4 - 6 * w + 3 * w * w); }, 3);
  arch.load = VectorX::Zero(3);
  System system = system_of(arch);
  Phase phase;
  phase.name = "press";
  phase.observations = 1;
  phase.load = [&](double t) { arch.load[2] = t; };
  ImplicitEngine solver = engine(1e-12, 8);
  EXPECT_EQ(solver.run(system, phase), 1);
  const double w = system.u[2];
  EXPECT_NEAR(w * (2.4 + w * (w - 3)), 1, 1e-8);
  EXPECT_GT(w, 2);
  EXPECT_EQ(solver.effort().cutbacks, 0);
}

// Bone that gives way beside a stiff cortex.
TEST(NewtonSystem, ThatMayGiveUpDoesSoWhereTheTangentIsIndefiniteAndAnotherFindsTheDirection) {
  Springs springs([](double w) { return w > 0 ? std::pair(-1e-3 * w, -1e-3) : std::pair(1e4 * w, 1e4); }, 1e4);
  springs.load = VectorX::Constant(6, -1.0);
  System system = system_of(springs);
  system.u[4] = 1;
  for (const bool gives_up : {false, true}) {
    NewtonSystem newton("auto");
    if (gives_up) newton.give_up_after(10);
    VectorX f, du = VectorX::Zero(6);
    newton.assemble(system, system.u, f, true);
    EXPECT_EQ(newton.solve(system, system.u, VectorX::Zero(6), 1e-8, f, du), !gives_up);
    if (gives_up) continue;
    EXPECT_TRUE(newton.indefinite());
    EXPECT_NEAR(du[0], f[0] / 1e4, 1e-6 * std::abs(f[0]) / 1e4);
    EXPECT_NEAR(du[4], f[4] / -1e-3, 1e-6 * std::abs(f[4]) / 1e-3);
  }
}

// What bone does that is crushed on one side of its elastic range and torn on the other, in many places at once.
TEST(Implicit, PlacesThatLeapAcrossTheirStiffRangeAreHeldInIt) {
  const auto law = [](double w) {
    const double t = std::tanh(100 * w);
    return std::pair(t + 20 * w, 100 * (1 - t * t) + 20);
  };
  Springs places(law, 120);
  places.load = VectorX::Zero(60);
  System system = system_of(places);
  Phase phase;
  phase.name = "press";
  phase.observations = 1;
  phase.load = [&](double t) {
    for (int i = 0; i < 60; ++i) places.load[i] = -2 + t * (2 + 0.9 * std::sin(i));
  };
  system.u.setConstant(-0.05); // crushed: 1 N of the plateau and 1 N of its rise
  ImplicitEngine solver = engine(1e-12, 1);
  EXPECT_EQ(solver.run(system, phase), 1);
  for (int i = 0; i < 60; ++i) EXPECT_NEAR(law(system.u[i]).first, 0.9 * std::sin(i), 1e-6);
  EXPECT_EQ(solver.effort().cutbacks, 0);
  EXPECT_LE(solver.effort().newton_iterations, 10);
}

TEST(Implicit, APhaseThatEndsEarlyLeavesNothingOutOfBalance) {
  Springs springs([](double w) { return std::pair(10 * w, 10.0); }, 10);
  springs.load = VectorX::Zero(3);
  System system = system_of(springs);
  Phase phase;
  phase.name = "press";
  phase.load = [&](double t) { springs.load.setConstant(4 + 2 * t); }; // 4 N stand against nothing at first
  phase.reached = [](double t) { return t > 0.5; };
  const double t = engine(1e-12, 20).run(system, phase);
  EXPECT_NEAR(t, 0.55, 1e-9);
  EXPECT_NEAR(system.u[1], 0.51, 1e-9);
}

/// A phase that begins with a shape no law accepts, and lets the body go back to rest.
TEST(AutoEngine, ExplicitStepsGoOnFromAShapeThatNewtonsMethodRefuses) {
  class Refuses final : public Term {
  public:
    std::string_view name() const noexcept override { return "refuses"; }
    void add_forces(const VectorX& u, VectorX& f) override { f -= u; }
    void add_stiffness_rows(const VectorX&, VectorX& rows) const override { rows.array() += 1; }
    void add_stiffness_bound(const VectorX&, Tangent&, VectorX& diagonal) const override { diagonal.array() += 1; }
    void couple(Tangent&) const override {}
    double linearize(const VectorX&, VectorX&, Tangent*) const override { throw NonPhysical("turned inside out"); }
    void visit(Archive&) override {}
  } term;
  System system;
  system.u = VectorX::Constant(3, 0.1);
  system.v = VectorX::Zero(3);
  system.fixed.assign(3, 0);
  system.terms = {&term};
  Params params(solver_specs());
  params.set("engine", std::string("auto"));
  Phase phase;
  phase.name = "rest";
  phase.load = [](double) {};
  const std::unique_ptr<Engine> solver = make_engine(params);
  EXPECT_EQ(solver->run(system, phase), 1);
  EXPECT_GT(solver->effort().explicit_steps, 0);
  EXPECT_LT(system.u.norm(), 0.05);
}

// Two iterations solve the straight part of this spring, not the rest.
TEST(AutoEngine, ExplicitStepsTakeTheIncrementsThatNewtonsMethodDoesNotAndItGoesOnFromThere) {
  const auto law = [](double w) {
    const double over = std::max(0.0, w - 0.5);
    return std::pair(10 * w + 400 * over * over * over, 10 + 1200 * over * over);
  };
  Springs springs(law, 500);
  springs.load = VectorX::Zero(3);
  System system = system_of(springs);
  Params params(solver_specs());
  params.set("engine", std::string("auto"));
  params.set("increments", 10);
  params.set("newton_iterations", 2);
  params.set("balance", 1e-9);
  Phase phase;
  phase.name = "press";
  phase.observations = 1;
  phase.load = [&](double t) { springs.load[1] = t <= 0.7 ? 10 * t : 10 * (1.4 - t); }; // and back again
  const std::unique_ptr<Engine> solver = make_engine(params);
  EXPECT_EQ(solver->run(system, phase), 1);
  EXPECT_NEAR(law(system.u[1]).first, 4, 1e-4);
  EXPECT_GT(solver->effort().rescued, 0);
  EXPECT_GT(solver->effort().increments, solver->effort().rescued + 4);
  EXPECT_GT(solver->effort().explicit_steps, 0);
}

TEST(Gmres, SolvesASystemThatIsNotSymmetric) {
  const Eigen::Matrix3d A = (Eigen::Matrix3d() << 4, 1, -2, 0.5, 3, 1, -1, 0.3, 5).finished();
  VectorX x = VectorX::Zero(3), b = Eigen::Vector3d(1, -2, 3);
  const GmresReport report =
      gmres([&](const VectorX& v) -> VectorX { return A * v; }, [](const VectorX& v) { return v; }, b, x, 1e-12, 20);
  EXPECT_LT(report.relative_residual, 1e-11);
  EXPECT_EQ(report.iterations, 3);
  EXPECT_LT((A * x - b).norm(), 1e-11);
}

} // namespace
} // namespace kypho

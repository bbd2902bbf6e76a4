// Both engines press bone on bone: two blocks that are not joined carry the force of one bar.
#include "core/contact/self_contact_term.hpp"
#include "core/fem/bulk_term.hpp"
#include "solvers/explicit.hpp"
#include "solvers/implicit.hpp"
#include "tests/core/contact/two_blocks.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

/// The lower block stands, the upper one is pressed on it; the sides are free to slide.
class PressedBlocks : public testing::Test {
protected:
  static constexpr double section = 36, E = 500, pressed = 0.12;
  PressedBlocks() {
    for (int n = first_upper; n < static_cast<int>(mesh.nodes.size()); ++n)
      mesh.nodes[n] -=
          Vec3(0.5, 0.3, testing_meshes::block_gap); // faces on each other, nodes of the inside at other places
    for (int n = first_upper; n < static_cast<int>(mesh.nodes.size()); ++n)
      if (mesh.nodes[n][0] > 0.1 && mesh.nodes[n][0] < 5.9) mesh.nodes[n][0] += 0.4;
    bulk = std::make_unique<BulkTerm>(
        mesh, std::vector<std::shared_ptr<const Material>>{testing_points::make_law("compact_solid")},
        std::vector<int>(mesh.tets.size(), 0), std::vector<PointData>(mesh.tets.size()));
    contact = std::make_unique<SelfContactTerm>(mesh, std::vector<double>(mesh.nodes.size(), 16000.0), 0.0);
    system.u.setZero(3 * mesh.nodes.size());
    system.v = system.u;
    system.fixed.assign(system.u.size(), 0);
    system.terms = {bulk.get(), contact.get()};
    for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
      const Vec3& X = mesh.nodes[n];
      system.fixed[3 * n] = X[0] < 1e-9;
      system.fixed[3 * n + 1] = X[1] < 1e-9;
      system.fixed[3 * n + 2] = X[2] < 1e-9 || X[2] > 12 - 1e-9;
    }
    phase.name = "press";
    phase.settle = true;
    phase.load = [this](double t) {
      for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
        if (mesh.nodes[n][2] > 12 - 1e-9) system.u[3 * n + 2] = -pressed * t;
    };
  }
  double reaction(double z) {
    VectorX f = VectorX::Zero(system.u.size());
    bulk->add_forces(system.u, f);
    double sum = 0;
    for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
      if (std::abs(mesh.nodes[n][2] - z) < 1e-9) sum += f[3 * n + 2];
    return sum;
  }
  static double bar(double shortened) {
    return section * E * std::tanh(-std::log(1 - shortened / 12)) / (1 - shortened / 12);
  }
  // One bar of 12 mm, but for what the joint gives way.
  void expect_one_bar() {
    const double force = reaction(12), given_way = contact->deepest();
    EXPECT_LT(force, 1.001 * bar(pressed));
    EXPECT_GT(force, 0.99 * bar(pressed - given_way));
    EXPECT_LT(given_way, 0.01); // mm, of cells of 2 mm
    EXPECT_NEAR(reaction(0), -force, 1e-4 * force);
  }
  TetMesh mesh = testing_meshes::two_blocks(3);
  const int first_upper = static_cast<int>(mesh.nodes.size()) / 2;
  std::unique_ptr<BulkTerm> bulk;
  std::unique_ptr<SelfContactTerm> contact;
  System system;
  Phase phase;
};

TEST_F(PressedBlocks, CarryTheForceOfOneBarByNewtonsMethod) {
  const testing_meshes::Threads one(1);
  Params params(solver_specs());
  params.set("increments", 6L);
  params.set("balance", 1e-8);
  ImplicitEngine engine(params);
  engine.run(system, phase);
  expect_one_bar();
}

TEST_F(PressedBlocks, CarryTheForceOfOneBarByExplicitStepsWithTheSameBitsOnTwoThreads) {
  VectorX u[2];
  for (int threads : {1, 2}) {
    const testing_meshes::Threads set(threads);
    Params params(solver_specs());
    params.set("steps", 1500L);
    params.set("balance", 1e-6);
    ExplicitEngine engine(params);
    system.u.setZero();
    contact = std::make_unique<SelfContactTerm>(mesh, std::vector<double>(mesh.nodes.size(), 16000.0), 0.0);
    system.terms = {bulk.get(), contact.get()};
    engine.run(system, phase);
    expect_one_bar();
    u[threads - 1] = system.u;
  }
  EXPECT_EQ(u[0], u[1]);
}

} // namespace
} // namespace kypho

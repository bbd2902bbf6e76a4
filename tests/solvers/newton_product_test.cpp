// Newton's method by products, without a matrix of the tetrahedra, against the one with factors.
#include "core/contact/platen_term.hpp"
#include "core/fem/bulk_term.hpp"
#include "core/fem/quadratic.hpp"
#include "solvers/implicit.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

/// A block 8 x 8 x 12 mm of quadratic tetrahedra, its lower end held, its upper end pressed.
struct Block {
  TetMesh mesh;
  std::unique_ptr<BulkTerm> bulk;
  System system;
  std::unique_ptr<PlatenTerm> platen; ///< presses, where there is one

  Block(const std::string& law, const std::vector<std::pair<std::string, double>>& keys, bool mean = false,
        int across = 4) {
    mesh = split_facets(quadratic(testing_meshes::cube_grid(across, across, 6, 2)));
    bulk = std::make_unique<BulkTerm>(
        mesh, std::vector<std::shared_ptr<const Material>>{testing_points::make_law(law, keys)},
        std::vector<int>(mesh.tets.size(), 0), std::vector<PointData>(mesh.tets.size()), std::vector<char>{mean});
    system.u.setZero(3 * mesh.nodes.size());
    system.v = system.u;
    system.nodes = mesh.nodes;
    system.terms = {bulk.get()};
    hold();
  }
  void hold() {
    system.fixed.assign(system.u.size(), 0);
    for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
      for (int i = 0; i < 3; ++i) system.fixed[3 * n + i] = mesh.nodes[n][2] < 1e-9 || (top(n) && !platen);
  }
  void put_platen_on() {
    for (Facet& f : mesh.facets)
      if (top(f.nodes[0]) && top(f.nodes[1]) && top(f.nodes[2])) f.surface = Surface::upper_endplate;
    const int first = static_cast<int>(system.u.size());
    platen = std::make_unique<PlatenTerm>(mesh, mesh.nodes, Surface::upper_endplate, 100, 40, first);
    system.terms.push_back(platen.get());
    system.u.setZero(first + 3);
    system.v = system.u;
    hold();
  }
  bool top(std::size_t n) const { return mesh.nodes[n][2] > 12 - 1e-9; }
  VectorX press(const std::string& solver, double strain, int increments, double balance = 1e-9) {
    Params params(solver_specs());
    params.set("implicit_solver", solver);
    params.set("balance", balance);
    params.set("increments", increments);
    ImplicitEngine engine(params);
    Phase phase;
    phase.name = "press";
    phase.observations = 1;
    phase.load = [&](double t) {
      if (platen) {
        platen->load = -1000 * strain * t;
        platen->moment_load = {500 * strain * t, 0};
        return;
      }
      for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
        if (top(n)) system.u.segment<3>(3 * n) = Vec3(0.5 * t, 0, -12 * strain * t);
    };
    engine.run(system, phase);
    iterations = engine.effort().newton_iterations;
    cutbacks = engine.effort().cutbacks;
    return system.u;
  }
  long iterations = 0, cutbacks = 0;
};

const std::vector<std::pair<std::string, double>> rubber{{"c10", 50}, {"c01", 10}, {"bulk_modulus", 2000}};

struct Case {
  const char* law;
  std::vector<std::pair<std::string, double>> keys;
  bool mean;
  double strain;
  int increments;
};

class NewtonByProducts : public testing::TestWithParam<Case> {};

TEST_P(NewtonByProducts, FindsTheShapeThatFactorsFindInAsManyIterations) {
  const Case& c = GetParam();
  const testing_meshes::Threads one(1); // the block is small
  Block direct(c.law, c.keys, c.mean), products(c.law, c.keys, c.mean);
  const VectorX expected = direct.press(direct_solver(), c.strain, c.increments);
  const VectorX found = products.press("multigrid", c.strain, c.increments);
  // Forces balance to 1e-9; the softest shapes of the block are some hundred times as soft as its elements.
  EXPECT_LT((found - expected).lpNorm<Eigen::Infinity>(), 1e-6 * expected.lpNorm<Eigen::Infinity>());
  EXPECT_LE(std::abs(products.iterations - direct.iterations), c.increments);
  EXPECT_EQ(products.cutbacks, direct.cutbacks);
}

INSTANTIATE_TEST_SUITE_P(Laws, NewtonByProducts,
                         testing::Values(Case{"mooney_rivlin", rubber, false, 0.2, 2},
                                         Case{"mooney_rivlin", rubber, true, 0.2, 2},
                                         Case{"trabecular_bone", {}, false, 0.02, 4}),
                         [](const auto& info) {
                           return std::string(info.param.law) + (info.param.mean ? "_mean" : "");
                         });

TEST(NewtonProducts, ThePlatenThatPressesIsAPartOfTheSystem) {
  const testing_meshes::Threads one(1);
  Block direct("mooney_rivlin", rubber), products("mooney_rivlin", rubber);
  direct.put_platen_on();
  products.put_platen_on();
  const VectorX expected = direct.press(direct_solver(), 0.5, 2);
  const VectorX found = products.press("multigrid", 0.5, 2);
  EXPECT_LT(expected[expected.size() - 3], -0.01);
  EXPECT_LT((found - expected).lpNorm<Eigen::Infinity>(), 1e-6 * expected.lpNorm<Eigen::Infinity>());
  EXPECT_LE(std::abs(products.iterations - direct.iterations), 2);
}

TEST(NewtonProducts, WhereIterationsFailFactorsGoOnWithAMatrix) {
  const std::vector<std::pair<std::string, double>> water{{"c10", 5}, {"c01", 0}, {"bulk_modulus", 1e6}};
  const testing_meshes::Threads one(1);
  Block direct("mooney_rivlin", water, true, 6), chosen("mooney_rivlin", water, true, 6);
  ASSERT_EQ(solver_for(chosen.system.u.size()), "multigrid");
  const VectorX expected = direct.press(direct_solver(), 1e-3, 1, 1e-5), found = chosen.press("auto", 1e-3, 1, 1e-5);
  EXPECT_LT((found - expected).lpNorm<Eigen::Infinity>(), 1e-4 * expected.lpNorm<Eigen::Infinity>());
}

TEST(NewtonProducts, BitsDoNotDependOnTheThreads) {
  const auto found = [](int threads) {
    const testing_meshes::Threads guard(threads);
    Block block("trabecular_bone", {});
    return block.press("multigrid", 0.006, 1, 1e-4);
  };
  EXPECT_EQ(found(1), found(2));
}

} // namespace
} // namespace kypho

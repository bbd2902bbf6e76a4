// Newton's method on bodies whose answer is known.
#include "core/base/errors.hpp"
#include "core/fem/bulk_term.hpp"
#include "core/fem/quadratic.hpp"
#include "core/materials/catalog.hpp"
#include "solvers/implicit.hpp"
#include "tests/core/cement/simple_meshes.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <gtest/gtest.h>

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

TEST(Gmres, SolvesASystemThatIsNotSymmetric) {
  const Eigen::Matrix3d A = (Eigen::Matrix3d() << 4, 1, -2, 0.5, 3, 1, -1, 0.3, 5).finished();
  VectorX x = VectorX::Zero(3), b = Eigen::Vector3d(1, -2, 3);
  const double left =
      gmres([&](const VectorX& v) -> VectorX { return A * v; }, [](const VectorX& v) { return v; }, b, x, 1e-12, 20);
  EXPECT_LT(left, 1e-11);
  EXPECT_LT((A * x - b).norm(), 1e-11);
}

} // namespace
} // namespace kypho

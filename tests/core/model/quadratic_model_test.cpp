// A vertebral body of quadratic elements: gauges, platens, the passage to a new mesh and the setting of cement.
#include "core/fem/quadratic.hpp"
#include "core/materials/catalog.hpp"
#include "core/model/model.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_points::make_law;

constexpr double depth = 30, width = 40, height = 25;

class QuadraticModel : public testing::Test {
protected:
  QuadraticModel() {
    const auto shell = [] {
      return std::shared_ptr<const ShellLaw>(
          find_law("cortical_shell").make_shell(Params(find_law("cortical_shell").specs)));
    };
    old = make_model(
        block(), landmarks(),
        {make_law("trabecular_bone"), make_law("compact_solid"), make_law("bone_cement"), shell(), shell(), shell()});
    old->put_on_platens(5, 2);
    const TetMesh& mesh = old->mesh();
    for (int s = 1; s <= 10; ++s) { // crushed past yield, so that edges bend
      for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
        const Vec3& X = mesh.nodes[n];
        old->system.u.segment<3>(3 * n) =
            s / 10.0 * Vec3(0.01 * X[2], 0.3 * std::sin(0.2 * X[0]), -0.08 * (X[2] + height / 2) * (1 + X[0] / depth));
      }
      forces(*old);
    }
    deformed = mesh;
    deformed.nodes = old->positions();
    for (std::size_t p = 0; p < 4 * mesh.tets.size(); ++p) points.push_back(static_cast<int>(p));
    for (std::size_t f = 0; f < mesh.facets.size(); ++f) facets.push_back(static_cast<int>(f));
  }
  static TetMesh block() {
    TetMesh mesh = split_facets(quadratic(testing_meshes::box_mesh(4, 4, 3, [](int i, int j, int k) {
      return Vec3(depth * (i / 4.0 - 0.5), width * (j / 4.0 - 0.5), height * (k / 3.0 - 0.5));
    })));
    for (Facet& facet : mesh.facets) {
      double z = 0;
      for (const int n : facet.nodes) z += mesh.nodes[n][2] / 3;
      if (z > height / 2 - 1e-9) facet.surface = Surface::upper_endplate;
      if (z < -height / 2 + 1e-9) facet.surface = Surface::lower_endplate;
    }
    return mesh;
  }
  static Landmarks landmarks() {
    const auto plate = [](double z, double up) {
      return EndplateLandmarks{Vec3(0, 0, z), Vec3(0, 0, up), Vec3(depth / 2, 0, z), Vec3(-depth / 2, 0, z)};
    };
    Landmarks marks;
    marks.level = "L1";
    marks.upper = plate(height / 2, 1);
    marks.lower = plate(-height / 2, -1);
    return marks;
  }
  static VectorX forces(Model& model) {
    VectorX f = VectorX::Zero(model.system.u.size());
    for (Term* term : model.system.terms) term->add_forces(model.system.u, f);
    return f;
  }
  static VectorX forces(Term& term, const VectorX& u) {
    VectorX f = VectorX::Zero(u.size());
    term.add_forces(u, f);
    return f;
  }
  const testing_meshes::Threads one{1};
  std::unique_ptr<Model> old;
  TetMesh deformed;
  std::vector<int> points, facets;
};

TEST_F(QuadraticModel, ThePlatenHoldsTheWholeEndplate) {
  EXPECT_NEAR(old->upper->radius(), std::sqrt(depth * width / M_PI), 1e-9);
  EXPECT_NEAR(make_model(block(), landmarks(), old->tissues())->station().anterior_height_mm, height, 1e-9);
}

// Else a platen would press waves of the length of an element into the endplate.
TEST_F(QuadraticModel, NodalAreasShareOutAUniformPressureAsTheElementsDo) {
  const auto body = make_model(block(), landmarks(), old->tissues());
  const TetMesh& mesh = body->mesh();
  VectorX u = VectorX::Zero(body->system.u.size());
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) u[3 * n + 2] = -1e-3 * mesh.nodes[n][2];
  const VectorX f = forces(*body->bulk, u);
  const std::vector<double> area = nodal_areas(mesh, mesh.nodes, Surface::upper_endplate);
  const double pressure = -body->bulk->response(0, u).P(2, 2);
  double total = 0;
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
    total += area[n];
    if (mesh.nodes[n][2] > height / 2 - 1e-9)
      EXPECT_NEAR(f[3 * n + 2], pressure * area[n], 1e-9 * pressure * depth * width);
  }
  EXPECT_NEAR(total, depth * width, 1e-9);
}

TEST_F(QuadraticModel, TransferToTheSameCurvedMeshKeepsEveryForceAndEveryPoint) {
  const auto fresh = transfer(*old, deformed, points, facets, {});
  const VectorX bulk = forces(*old->bulk, old->system.u), shell = forces(*old->shell, old->system.u),
                hinges = forces(*old->hinges, old->system.u);
  EXPECT_LT((forces(*fresh->bulk, fresh->system.u) - bulk).norm(), 1e-7 * bulk.norm());
  EXPECT_LT((forces(*fresh->shell, fresh->system.u) - shell).norm(), 1e-7 * shell.norm());
  EXPECT_LT((forces(*fresh->hinges, fresh->system.u) - hinges).norm(),
            0.1 * hinges.norm()); // its lengths have changed
  double least = 1e9, most = 0;
  for (int t = 0; t < static_cast<int>(deformed.tets.size()); t += 7)
    for (int q = 0; q < 4; ++q) {
      const double ratio = fresh->bulk->point(t, q).volume_ratio;
      EXPECT_NEAR(ratio, old->bulk->deformation(t, old->system.u, q).determinant(), 1e-12);
      least = std::min(least, ratio);
      most = std::max(most, ratio);
    }
  EXPECT_GT(most - least, 0.02);
}

// Entry 3 of the history is the plastic strain, which a change of reference leaves alone.
TEST_F(QuadraticModel, AFaceThatABorderCrossesOnTheNewMeshKeepsTheStateOfItsPoints) {
  int f = 0;
  while (deformed.facets[f].surface != Surface::cortex || old->shell->history(f)[3] < 1e-3) f += 4;
  deformed.facets[f + 1].surface = Surface::posterior_cortex;
  const auto fresh = transfer(*old, deformed, points, facets, {});
  EXPECT_EQ(old->shell->points(f + 3), 0);
  EXPECT_EQ(fresh->shell->points(f + 3), 1);
  for (const int k : {0, 2, 3}) EXPECT_EQ(fresh->shell->history(f + k)[3], old->shell->history(f + k)[3]);
  EXPECT_EQ(fresh->shell->history(f + 1)[3], 0); // another law
}

TEST_F(QuadraticModel, AWrittenModelIsReadBackWithTheDataOfItsPoints) {
  auto fresh = transfer(*old, deformed, points, facets, {});
  forces(*fresh);
  Archive out;
  visit(out, fresh, fresh->tissues());
  Archive in(out.tables());
  std::unique_ptr<Model> again;
  visit(in, again, fresh->tissues());
  EXPECT_EQ(again->bulk->point(3, 2).volume_ratio, fresh->bulk->point(3, 2).volume_ratio);
  EXPECT_EQ(forces(*again), forces(*fresh));
}

TEST_F(QuadraticModel, CementThatSetsKeepsTheStressOfEveryPoint) {
  TetMesh mesh = deformed;
  for (std::size_t t = 0; t < mesh.tets.size(); t += 3) mesh.region[t] = Region::composite;
  const auto fresh = transfer(*old, mesh, points, facets, std::vector<double>(mesh.tets.size(), 0.4));
  forces(*fresh);
  std::vector<Mat3> stress;
  const VectorX& u = fresh->system.u;
  for (int t = 0; t < static_cast<int>(mesh.tets.size()); ++t)
    for (int q = 0; q < 4; ++q) stress.push_back(fresh->bulk->cauchy(t, u, q));
  fresh->let_cement_set(std::vector<double>(mesh.tets.size(), 0.9));
  for (int t = 0; t < static_cast<int>(mesh.tets.size()); ++t)
    for (int q = 0; q < 4; ++q)
      EXPECT_LT((fresh->bulk->cauchy(t, u, q) - stress[4 * t + q]).norm(), 1e-6 * (1 + stress[4 * t + q].norm()));
}

} // namespace
} // namespace kypho

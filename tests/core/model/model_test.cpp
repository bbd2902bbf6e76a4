// Gauges on shapes whose heights are known, and the passage of a model to a new mesh.
#include "core/materials/catalog.hpp"
#include "core/model/model.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_points::make_law;
using testing_points::rotation;

constexpr double depth = 30, width = 40, height = 25;

TetMesh body_block(int nx, int ny, int nz) {
  TetMesh mesh = testing_meshes::box_mesh(nx, ny, nz, [&](int i, int j, int k) {
    return Vec3(depth * (double(i) / nx - 0.5), width * (double(j) / ny - 0.5), height * (double(k) / nz - 0.5));
  });
  for (Facet& facet : mesh.facets) {
    double low = 1e9, high = -1e9;
    for (const int n : facet.nodes) {
      low = std::min(low, mesh.nodes[n][2]);
      high = std::max(high, mesh.nodes[n][2]);
    }
    if (low > height / 2 - 1e-9) facet.surface = Surface::upper_endplate;
    if (high < -height / 2 + 1e-9) facet.surface = Surface::lower_endplate;
  }
  return mesh;
}

Landmarks block_landmarks() {
  const auto plate = [](double z, double up) {
    return EndplateLandmarks{Vec3(0, 0, z), Vec3(0, 0, up), Vec3(depth / 2, 0, z), Vec3(-depth / 2, 0, z)};
  };
  Landmarks landmarks;
  landmarks.level = "L1";
  landmarks.upper = plate(height / 2, 1);
  landmarks.lower = plate(-height / 2, -1);
  return landmarks;
}

class Gauge : public testing::Test {
protected:
  TetMesh mesh = body_block(15, 16, 6);
  HeightGauge gauge{mesh, block_landmarks()};
  template <class Map>
  Station after(Map map) const {
    std::vector<Vec3> x;
    for (const Vec3& X : mesh.intact) x.push_back(map(X));
    return gauge.read(x);
  }
  static void expect_heights(const Station& s, double anterior, double middle, double posterior, double tolerance) {
    EXPECT_NEAR(s.anterior_height_mm, anterior, tolerance);
    EXPECT_NEAR(s.middle_height_mm, middle, tolerance);
    EXPECT_NEAR(s.posterior_height_mm, posterior, tolerance);
  }
};

TEST_F(Gauge, ReadsTheIntactBody) {
  const Station s = after([](const Vec3& X) { return X; });
  expect_heights(s, height, height, height, 1e-12);
  EXPECT_NEAR(s.wedge_angle_deg, 0, 1e-12);
}

TEST_F(Gauge, MovingAndTurningTheBodyLeavesItsHeightsAndItsAngle) {
  const Mat3 Q = rotation(Vec3(0.1, 0.25, -0.2));
  const Station s = after([&](const Vec3& X) { return Vec3(Q * X + Vec3(3, -8, 20)); });
  expect_heights(s, height, height, height, 1e-10);
  const Mat3 sagittal = rotation(Vec3(0, 0.3, 0));
  EXPECT_NEAR(after([&](const Vec3& X) { return Vec3(sagittal * X); }).wedge_angle_deg, 0, 1e-10);
}

// z scaled by 1 - loss (x + 15)/30: the rear keeps its height, the front loses 30 %.
TEST_F(Gauge, ALinearWedgeHasItsHeightsAndItsAngle) {
  const double loss = 0.3;
  const Station s = after([&](const Vec3& X) {
    return Vec3(X[0], X[1], -height / 2 + (X[2] + height / 2) * (1 - loss * (X[0] + depth / 2) / depth));
  });
  expect_heights(s, 0.7 * height, 0.85 * height, height, 0.01);
  EXPECT_NEAR(s.wedge_angle_deg, std::atan2(loss * height, depth) * 180 / M_PI, 0.05);
}

class Transfer : public testing::Test {
protected:
  const testing_meshes::Threads one{1};
  Transfer() {
    const auto shell = [](const char* thickness) {
      const LawInfo& info = find_law("cortical_shell");
      Params params(info.specs);
      for (const ParamSpec& spec : info.specs)
        if (spec.name == "thickness") params.set("thickness", parse_param(spec, thickness));
      return std::shared_ptr<const ShellLaw>(info.make_shell(params));
    };
    tissues = {make_law("trabecular_bone"),
               make_law("compact_solid"),
               make_law("bone_cement"),
               shell("0.35 mm"),
               shell("0.5 mm"),
               shell("0.7 mm")};
    TetMesh mesh = body_block(8, 8, 6);
    for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
      mesh.bmd[t] = 70.0 + t % 60;
      if (mesh.nodes[mesh.tets[t][0]][0] < -depth / 3) mesh.region[t] = Region::posterior;
    }
    old = make_model(mesh, block_landmarks(), tissues);
    old->put_on_platens(5, 2);
    for (int s = 1; s <= 20; ++s) { // crushed past yield, the platen a little further than the bone
      for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
        const Vec3& X = mesh.nodes[n];
        old->system.u.segment<3>(3 * n) =
            s / 20.0 *
            Vec3(0.01 * X[2], 0.02 * X[1] * std::sin(X[0]), -0.08 * (X[2] + height / 2) * (1 + X[0] / depth));
      }
      old->system.u[old->upper_unknown()] = -0.1 * height * s / 20.0;
      old->system.u[old->upper_unknown() + 2] = 0.5 * s / 20.0;
      forces(*old);
    }
    deformed = mesh;
    deformed.nodes = old->positions();
    for (std::size_t t = 0; t < mesh.tets.size(); ++t) tets.push_back(static_cast<int>(t));
    for (std::size_t f = 0; f < mesh.facets.size(); ++f) facets.push_back(static_cast<int>(f));
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
  Balloon balloon_under(Surface surface) const {
    const TetMesh& mesh = old->mesh();
    std::vector<int> wall;
    for (std::size_t f = 0; f < mesh.facets.size(); ++f)
      if (mesh.facets[f].surface == surface) wall.push_back(static_cast<int>(f));
    Balloon b;
    b.device = "test";
    b.side = "left";
    b.wall_tension = 1;
    b.locking_stretch = 3;
    b.fluid = std::make_unique<BalloonTerm>(mesh, wall, 0.02, 5, Vec3::UnitZ(), std::vector<int>{0, 1});
    b.fluid->fluid = b.fluid->volume(old->system.u) + 500;
    b.put_on_wall(mesh);
    return b;
  }
  Tissues tissues;
  std::unique_ptr<Model> old;
  TetMesh deformed;
  std::vector<int> tets, facets;
};

TEST_F(Transfer, ToTheSameMeshInItsDeformedShapeKeepsEveryStressOfTheBulk) {
  const auto fresh = transfer(*old, deformed, tets, facets, {});
  const VectorX before = forces(*old->bulk, old->system.u), after = forces(*fresh->bulk, fresh->system.u);
  EXPECT_LT((after - before).norm(), 1e-8 * before.norm());
  for (std::size_t t = 0; t < tets.size(); t += 13) {
    const int tet = static_cast<int>(t);
    const Mat3 was = old->bulk->cauchy(tet, old->system.u), is = fresh->bulk->cauchy(tet, fresh->system.u);
    EXPECT_LT((is - was).norm(), 1e-8 * (was.norm() + 1e-3));
  }
}

TEST_F(Transfer, ToTheSameMeshInItsDeformedShapeKeepsEveryForceOfTheShells) {
  const auto fresh = transfer(*old, deformed, tets, facets, {});
  const VectorX before = forces(*old->shell, old->system.u), after = forces(*fresh->shell, fresh->system.u);
  EXPECT_LT((after - before).norm(), 1e-8 * before.norm());
}

// The layer's nodal areas are those of the deformed endplate: the reaction follows its small strains.
TEST_F(Transfer, KeepsTheRateOfStrainingAndWhatWasCut) {
  PointData cut = old->bulk->point(3);
  cut.integrity = 0.1;
  old->bulk->set_point(3, cut);
  old->strain_at(1e-5);
  const auto fresh = transfer(*old, deformed, tets, facets, {});
  EXPECT_EQ(fresh->strain_rate(), 1e-5);
  EXPECT_EQ(fresh->bulk->strength, old->bulk->strength);
  EXPECT_LT(fresh->bulk->strength, 0.8);
  EXPECT_EQ(fresh->bulk->point(3).integrity, 0.1);
  const State state = fresh->save();
  fresh->strain_at(reference_strain_rate);
  EXPECT_EQ(fresh->bulk->strength, 1);
  fresh->restore(state);
  EXPECT_EQ(fresh->strain_rate(), 1e-5);
}

TEST_F(Transfer, KeepsTheReactionsOfThePlatens) {
  forces(*old);
  const double upper = old->upper->reaction(), lower = old->lower->reaction();
  ASSERT_GT(std::abs(upper), 1);
  const auto fresh = transfer(*old, deformed, tets, facets, {});
  EXPECT_EQ(fresh->upper->reaction(), upper);
  forces(*fresh);
  EXPECT_NEAR(fresh->upper->reaction(), upper, 0.03 * std::abs(upper));
  EXPECT_NEAR(fresh->lower->reaction(), lower, 0.03 * std::abs(lower) + 1e-9);
}

TEST_F(Transfer, KeepsDensityHeightsAndWhatTheBoneRemembers) {
  const auto fresh = transfer(*old, deformed, tets, facets, {});
  const Station was = old->station(), is = fresh->station();
  EXPECT_NEAR(is.anterior_height_mm, was.anterior_height_mm, 1e-12);
  EXPECT_NEAR(is.wedge_angle_deg, was.wedge_angle_deg, 1e-10);
  EXPECT_EQ(is.axial_load_n, was.axial_load_n);
  for (std::size_t t = 0; t < tets.size(); t += 7) {
    const int tet = static_cast<int>(t);
    EXPECT_EQ(fresh->bulk->point(tet).bmd, old->bulk->point(tet).bmd);
    EXPECT_NEAR(fresh->bulk->point(tet).volume_ratio, old->bulk->deformation(tet, old->system.u).determinant(), 1e-12);
    const VectorX h = fresh->bulk->history(tet), g = old->bulk->history(tet);
    for (const auto& [name, place] : old->bulk->law(tet)->visible_history()) EXPECT_EQ(h[place], g[place]) << name;
  }
}

TEST_F(Transfer, BoneWithCementInItsPoresStaysBoneUntilTheCementSetsAndThenKeepsItsStress) {
  for (std::size_t t = 0; t < tets.size(); ++t)
    if (t % 5 == 0 && deformed.region[t] == Region::body) deformed.region[t] = Region::composite;
  std::vector<double> factor(tets.size(), 0.4);
  const auto fresh = transfer(*old, deformed, tets, facets, factor);
  VectorX u = fresh->system.u;
  testing_meshes::add_noise(u, 0.003);
  fresh->system.u = u;
  for (int round = 0; round < 40; ++round) forces(*fresh); // until no point flows any more
  const VectorX before = forces(*fresh);
  std::vector<double> conversion(tets.size(), 0.85);
  std::vector<Mat3> stress;
  for (std::size_t t = 0; t < tets.size(); ++t) {
    if (deformed.region[t] == Region::composite) {
      EXPECT_EQ(fresh->bulk->law(static_cast<int>(t)), tissues.trabecular.get());
    }
    stress.push_back(fresh->bulk->law(t) ? fresh->bulk->cauchy(t, u) : Mat3::Zero());
  }
  fresh->let_cement_set(conversion);
  const VectorX after = forces(*fresh);
  EXPECT_LT((after - before).lpNorm<Eigen::Infinity>(), 1e-9 * before.lpNorm<Eigen::Infinity>());
  int filled = 0;
  for (std::size_t t = 0; t < tets.size(); ++t) {
    if (deformed.region[t] != Region::composite) continue;
    ++filled;
    EXPECT_EQ(fresh->bulk->law(static_cast<int>(t)), tissues.cement.get());
    EXPECT_EQ(fresh->bulk->point(static_cast<int>(t)).stiffness_factor, 0.4);
    EXPECT_EQ(fresh->bulk->point(static_cast<int>(t)).volume_ratio, 1);
    EXPECT_LT((fresh->bulk->cauchy(t, u) - stress[t]).norm(), 1e-9 * (1 + stress[t].norm()));
  }
  EXPECT_GT(filled, 100);
}

TEST_F(Transfer, AModelGoesBackToASavedStateBitForBit) {
  const State state = old->save();
  const VectorX f = forces(*old);
  old->system.u *= 1.1;
  old->hold_upper_platen(false);
  forces(*old);
  old->restore(state);
  EXPECT_EQ(old->save(), state);
  EXPECT_EQ(forces(*old), f);
  EXPECT_EQ(old->system.fixed[old->upper_unknown()], 1);
}

TEST_F(Transfer, AModelReadFromItsArchiveGoesOnBitForBit) {
  old->balloons.push_back(balloon_under(Surface::upper_endplate));
  old->connect();
  forces(*old);
  old->balloons.front().stopped_by = "pressure";
  Archive written;
  visit(written, old, tissues);
  std::unique_ptr<Model> read;
  Archive archive(written.tables());
  visit(archive, read, tissues);
  archive.expect_all_read();
  EXPECT_EQ(read->save(), old->save());
  EXPECT_GT(read->balloons.front().fluid->pressure(), 0);
  EXPECT_EQ(read->station().anterior_height_mm, old->station().anterior_height_mm);
  old->system.u *= 1.01;
  read->system.u *= 1.01;
  EXPECT_EQ(forces(*read), forces(*old));
  EXPECT_EQ(read->save(), old->save());
}

TEST_F(Transfer, AModelWhoseCementHasSetIsReadWithItsLaws) {
  for (std::size_t t = 0; t < tets.size(); ++t)
    if (t % 5 == 0 && deformed.region[t] == Region::body) deformed.region[t] = Region::composite;
  auto filled = transfer(*old, deformed, tets, facets, std::vector<double>(tets.size(), 0.4));
  forces(*filled);
  filled->let_cement_set(std::vector<double>(tets.size(), 1.0));
  Archive written;
  visit(written, filled, tissues);
  std::unique_ptr<Model> read;
  Archive archive(written.tables());
  visit(archive, read, tissues);
  for (int t = 0; t < static_cast<int>(tets.size()); ++t) ASSERT_EQ(read->bulk->law(t), filled->bulk->law(t)) << t;
  EXPECT_EQ(forces(*read), forces(*filled));
}

TEST_F(Transfer, RefreshingTheForcesChangesNothingThatIsRemembered) {
  forces(*old);
  const State state = old->save();
  old->system.u *= 1.1;
  const State moved = old->save();
  old->refresh_forces();
  EXPECT_EQ(old->save(), moved);
  const Mat3 stress = old->bulk->cauchy(0, old->system.u);
  old->restore(state);
  old->system.u *= 0.9;
  forces(*old);
  old->restore(moved);
  old->refresh_forces();
  EXPECT_EQ(old->bulk->cauchy(0, old->system.u), stress);
}

} // namespace
} // namespace kypho

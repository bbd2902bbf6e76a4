// Two blocks that are not joined, as the faces of a gap.
#include "core/contact/self_contact_term.hpp"
#include "tests/core/contact/two_blocks.hpp"
#include "tests/core/fem/saved_state.hpp"
#include "tests/core/fem/tangent_error.hpp"
#include <gtest/gtest.h>

namespace kypho {
namespace {

constexpr double k = 100, gap = testing_meshes::block_gap;

class SelfContact : public testing::Test {
protected:
  SelfContactTerm term(double friction) const {
    return SelfContactTerm(mesh, std::vector<double>(mesh.nodes.size(), k), friction);
  }
  VectorX moved(const Vec3& by) const {
    VectorX u = VectorX::Zero(3 * mesh.nodes.size());
    for (int n = first_upper; n < static_cast<int>(mesh.nodes.size()); ++n) u.segment<3>(3 * n) = by;
    return u;
  }
  VectorX forces(SelfContactTerm& term, const VectorX& u) const {
    VectorX f = VectorX::Zero(u.size());
    term.add_forces(u, f);
    return f;
  }
  Vec3 on_upper(const VectorX& f) const {
    Vec3 sum = Vec3::Zero();
    for (int n = first_upper; n < static_cast<int>(mesh.nodes.size()); ++n) sum += f.segment<3>(3 * n);
    return sum;
  }
  const TetMesh mesh = testing_meshes::two_blocks(3);
  const int first_upper = static_cast<int>(mesh.nodes.size()) / 2;
};

TEST_F(SelfContact, PushesBlocksApartThatOverlapAndLetsThemGoWithoutSticking) {
  SelfContactTerm contact = term(0.3);
  EXPECT_EQ(forces(contact, moved({0, 0, 0.01 - gap})).norm(), 0);
  EXPECT_GT(on_upper(forces(contact, moved({0, 0, -gap - 0.05})))[2], 1);
  EXPECT_EQ(forces(contact, moved({0, 0, 0.01 - gap})).norm(), 0);
}

TEST_F(SelfContact, KeepsMomentumAndItsMoment) {
  SelfContactTerm contact = term(0.3);
  forces(contact, moved({0, 0, -gap - 0.05}));
  const VectorX u = moved({0.01, 0.02, -gap - 0.06});
  const VectorX f = forces(contact, u);
  const auto [force, moment] = testing_meshes::resultants(mesh, u, f);
  EXPECT_GT(f.norm(), 1);
  EXPECT_LT(force.norm(), 1e-10 * f.norm());
  EXPECT_LT(moment.norm(), 1e-9 * f.norm());
}

TEST_F(SelfContact, SlidesAtTheFrictionThatItsCoefficientAllows) {
  SelfContactTerm contact = term(0.3);
  forces(contact, moved({0, 0, -gap - 0.05}));
  const Vec3 sliding = on_upper(forces(contact, moved({0.2, 0, -gap - 0.05})));
  EXPECT_NEAR(-sliding[0], 0.3 * sliding[2], 1e-6 * sliding[2]);
}

TEST_F(SelfContact, ForcesOfABodyThatDoesNotMoveStayTheSame) {
  SelfContactTerm contact = term(0.3);
  VectorX u = moved({0, 0, -gap - 0.05});
  testing_meshes::add_noise(u, 0.02); // facets tilt: some nearest points lie on edges
  const VectorX first = forces(contact, u);
  for (int k = 0; k < 5; ++k) EXPECT_LT((forces(contact, u) - first).norm(), 1e-9 * first.norm());
}

TEST_F(SelfContact, TangentIsThatOfDifferencesStickingAndSliding) {
  for (const double friction : {0.0, 0.3, 1e-3}) { // free, sticking, sliding
    SelfContactTerm contact = term(friction);
    forces(contact, moved({0, 0, -gap - 0.05}));
    VectorX u = moved({0.004, -0.003, -gap - 0.06});
    testing_meshes::add_noise(u, 1e-3);
    EXPECT_GT(on_upper(forces(contact, u))[2], 1);
    u += moved({0.002, 0.001, -0.002});
    EXPECT_LT(testing_terms::tangent_error(contact, u), 1e-6) << "friction " << friction;
  }
}

TEST_F(SelfContact, TheStiffnessBoundCoversTheRowsOfTheTangentStickingAndSliding) {
  for (const double friction : {0.3, 2.0})
    for (const double slip : {0.0, 0.6}) {
      SelfContactTerm contact = term(friction);
      VectorX u = moved({0, 0, -gap - 0.05});
      testing_meshes::add_noise(u, 0.02);
      forces(contact, u);
      u += moved({slip, 0.5 * slip, 0});
      VectorX bound = VectorX::Zero(u.size());
      contact.add_stiffness_rows(u, bound);
      const Eigen::MatrixXd K = testing_terms::tangent_of(contact, u);
      EXPECT_GT(K.norm(), 0);
      for (int i = 0; i < u.size(); ++i)
        EXPECT_LE(K.row(i).cwiseAbs().sum(), bound[i] + 1e-9) << "row " << i << ", friction " << friction;
    }
}

TEST_F(SelfContact, GoesOnFromWhatWasSavedWithTheSameBits) {
  SelfContactTerm contact = term(0.3);
  SelfContactTerm again(mesh, std::vector<double>(mesh.nodes.size(), 0.5 * k), 0.3); // bone that has changed since
  forces(contact, moved({0, 0, -gap - 0.05}));
  testing_terms::restore(again, testing_terms::saved(contact));
  const VectorX u = moved({0.001, 0, -gap - 0.05});
  EXPECT_EQ(forces(contact, u), forces(again, u));
}

TEST(SelfContactOfOneBlock, DoesNotTakeTheOtherFaceOfAThinnedWallForTouched) {
  const TetMesh mesh = testing_meshes::distorted_block(3);
  SelfContactTerm contact(mesh, std::vector<double>(mesh.nodes.size(), k), 0.3);
  Mat3 F = Mat3::Identity();
  F(2, 2) = 0.05;
  const VectorX u = testing_meshes::linear_field(mesh, F);
  VectorX f = VectorX::Zero(u.size());
  contact.add_forces(u, f);
  EXPECT_EQ(f.norm(), 0);
}

} // namespace
} // namespace kypho

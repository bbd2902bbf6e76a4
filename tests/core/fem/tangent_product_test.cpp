// The tangent by products against the one that is assembled.
#include "core/fem/bulk_term.hpp"
#include "core/fem/quadratic.hpp"
#include "core/fem/shell_term.hpp"
#include "core/fem/tangent_product.hpp"
#include "core/materials/catalog.hpp"
#include "tests/core/fem/random_fields.hpp"
#include "tests/core/materials/point_driver.hpp"
#include <Eigen/Dense>
#include <gtest/gtest.h>

namespace kypho {
namespace {

using testing_meshes::add_noise;
using testing_meshes::distorted_block;
using testing_meshes::linear_field;
using testing_meshes::Threads;

const Mat3 ugly = (Mat3() << 0.73, 0.21, -0.14, -0.17, 1.16, 0.23, 0.19, -0.05, 0.88).finished();

/// Three unknowns of its own, tied to some nodes.
class Handle final : public Term {
public:
  Handle(int own, std::vector<int> nodes) : own_(own), nodes_(std::move(nodes)) {}
  std::string_view name() const noexcept override { return "handle"; }
  void add_forces(const VectorX&, VectorX&) override {}
  void add_stiffness_rows(const VectorX&, VectorX&) const override {}
  void couple(Tangent& K) const override {
    std::vector<int> pairs;
    for (const int n : nodes_) pairs.insert(pairs.end(), {n, own_});
    K.couple(this, 2, pairs);
  }
  double linearize(const VectorX&, VectorX&, Tangent* K) const override {
    Eigen::Matrix<double, 6, 6, Eigen::RowMajor> tie;
    const Mat3 stiff = (Mat3() << 30, 4, 5, 4, 40, 6, 5, 6, 50).finished();
    tie << stiff, -stiff, -stiff, stiff;
    for (int k = 0; K && k < static_cast<int>(nodes_.size()); ++k) K->add(this, k, 1, tie.data());
    return 0;
  }
  void visit(Archive&) override {}

private:
  int own_;
  std::vector<int> nodes_;
};

/// 3 x 3 x 3 cells; edges inside and on the faces are curved.
TetMesh curved_block() {
  TetMesh mesh = quadratic(distorted_block(3));
  VectorX push = VectorX::Zero(3 * mesh.nodes.size());
  add_noise(push, 0.05);
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) mesh.nodes[n] += push.segment<3>(3 * n);
  return mesh;
}

/// The same terms, with a matrix and without.
struct Both {
  explicit Both(const std::string& law, bool mean = false, bool others = false,
                const std::vector<std::pair<std::string, double>>& keys = {})
      : mesh(curved_block()), bulk(mesh, {testing_points::make_law(law, keys)}, std::vector<int>(mesh.tets.size(), 0),
                                   std::vector<PointData>(mesh.tets.size()), {mean}),
        own(static_cast<int>(mesh.nodes.size())), handle(own, {0, 3, 100, own - 1}) {
    terms = {&bulk};
    if (others) {
      const LawInfo& cortex = find_law("cortical_shell");
      const std::shared_ptr<const ShellLaw> made = cortex.make_shell(Params(cortex.specs));
      const std::vector<int> all(mesh.facets.size(), 0);
      walls.push_back(std::make_unique<ShellTerm>(mesh, std::vector{made}, all));
      terms.insert(terms.end(), {walls.back().get(), &handle});
    }
    u = linear_field(mesh, ugly, 3);
    add_noise(u, 0.03);
    fixed.assign(u.size(), 0);
    extra.setZero(u.size());
  }
  /// Linearises at u; K has its fixed rows and columns at zero.
  void make() {
    const int n = static_cast<int>(u.size());
    Tangent whole(n), rest(n, &product);
    for (const Term* term : terms) {
      term->couple(whole);
      term->couple(rest);
    }
    whole.finish();
    rest.finish();
    ASSERT_FALSE(product.empty());
    product.finish(rest);
    VectorX f = VectorX::Zero(n), g = f;
    for (const Term* term : terms) {
      term->linearize(u, f, &whole);
      term->linearize(u, g, &rest);
    }
    EXPECT_EQ(f, g);
    product.close(rest, extra, fixed);
    K = whole.matrix();
    K.diagonal() += extra;
    full_size = K.cwiseAbs();
    columns = K;
    for (int i = 0; i < n; ++i)
      if (fixed[i]) K.row(i).setZero(), K.col(i).setZero();
    for (int i = 0; i < n; ++i)
      if (fixed[i]) columns.row(i).setZero();
  }
  VectorX direction(bool free_only = true) const {
    VectorX x = VectorX::Zero(u.size());
    add_noise(x, 1);
    for (int i = 0; free_only && i < x.size(); ++i)
      if (fixed[i]) x[i] = 0;
    return x;
  }
  VectorX multiplied(const VectorX& x) const {
    VectorX padded(x.size() + 1), y(x.size() + 1);
    padded << x, 0;
    product.multiply(padded.data(), y.data());
    return y.head(x.size());
  }
  Eigen::VectorXf in_single(const VectorX& x) const {
    Eigen::VectorXf padded(x.size() + 1), y = Eigen::VectorXf::Zero(x.size() + 1);
    padded << x.cast<float>(), 0;
    product.subtract_product(padded.data(), y.data());
    return -y.head(x.size());
  }
  /// The fields of the linear level, a column each, without fixed unknowns.
  Eigen::MatrixXd interpolation() const {
    Eigen::MatrixXd R = Eigen::MatrixXd::Zero(u.size(), 3 * product.corners());
    for (int n = 0; n < product.nodes(); ++n)
      for (const int c : product.parents()[n])
        for (int i = 0; i < 3; ++i) R(3 * n + i, 3 * c + i) += 0.5;
    return R;
  }
  void hold(int node) {
    for (int i = 0; i < 3; ++i) fixed[3 * node + i] = 1;
  }

  TetMesh mesh;
  BulkTerm bulk;
  int own; ///< node of the handle
  Handle handle;
  std::vector<std::unique_ptr<Term>> walls;
  std::vector<const Term*> terms;
  VectorX u, extra;
  std::vector<char> fixed;
  TangentProduct product{own + 1};
  Eigen::MatrixXd K, columns, full_size;
};

/// Entries are sums over elements and points of numbers that were rounded, some of them larger than the sum.
constexpr double rounded = 5e-7;

void expect_same_product(const Both& both) {
  const VectorX x = both.direction();
  const VectorX scale = both.full_size * x.cwiseAbs();
  EXPECT_LT((both.multiplied(x) - both.K * x).lpNorm<Eigen::Infinity>(), rounded * scale.maxCoeff());
  const Eigen::MatrixXd half = 0.5 * (both.K + both.K.transpose());
  EXPECT_LT((both.in_single(x).cast<double>() - half * x).lpNorm<Eigen::Infinity>(), 4 * rounded * scale.maxCoeff());
}

const std::vector<std::pair<std::string, double>> rubber{{"c10", 50}, {"c01", 10}, {"bulk_modulus", 2000}};

TEST(TangentProduct, IsTheAssembledTangentAtLargeStrain) {
  Both both("mooney_rivlin", false, false, rubber);
  both.make();
  EXPECT_TRUE(both.product.symmetric());
  expect_same_product(both);
}

TEST(TangentProduct, OfAFlowingLawIsNotSymmetricButWhatPreconditionsIs) {
  Both both("trabecular_bone");
  both.u *= 0.2;
  both.make();
  EXPECT_FALSE(both.product.symmetric());
  ASSERT_GT((both.K - both.K.transpose()).cwiseAbs().maxCoeff(), 1e-3 * both.K.cwiseAbs().maxCoeff());
  expect_same_product(both);
}

TEST(TangentProduct, HasTheCouplingOfAMeanVolumeRatio) {
  Both both("mooney_rivlin", true, false, rubber);
  both.make();
  EXPECT_TRUE(both.product.symmetric());
  expect_same_product(both);
}

TEST(TangentProduct, HasTheCouplingOfAMeanVolumeRatioThatIsNotSymmetric) {
  Both both("trabecular_bone", true);
  both.u *= 0.2;
  both.make();
  EXPECT_FALSE(both.product.symmetric());
  expect_same_product(both);
}

TEST(TangentProduct, HasWhatOtherTermsCoupleAndLeavesFixedUnknownsOut) {
  Both both("mooney_rivlin", false, true, rubber);
  both.hold(5);
  both.hold(17);
  both.fixed[301] = 1;
  for (int i = 0; i < both.extra.size(); i += 7) both.extra[i] = 20;
  both.make();
  expect_same_product(both);
}

TEST(TangentProduct, SaysWhatFixedUnknownsBringAboutAtFreeOnes) {
  Both both("mooney_rivlin", false, true, rubber);
  both.hold(5);
  both.hold(17);
  both.make();
  const VectorX x = both.direction(false);
  EXPECT_LT((both.multiplied(x) - both.columns * x).lpNorm<Eigen::Infinity>(),
            rounded * (both.full_size * x.cwiseAbs()).maxCoeff());
}

TEST(TangentProduct, NodesOfNoTetrahedronAreCornersOfTheirOwn) {
  Both both("mooney_rivlin", false, true);
  both.make();
  EXPECT_EQ(both.product.parents()[both.own], (std::array{both.product.corners() - 1, both.product.corners() - 1}));
  EXPECT_EQ(both.product.corners(), 4 * 4 * 4 + 1);
}

TEST(TangentProduct, TheLinearLevelAndTheDiagonalAreThoseOfTheSymmetricPart) {
  for (const bool mean : {false, true})
    for (const char* law : {"mooney_rivlin", "trabecular_bone"}) {
      Both both(law, mean, true);
      both.u *= 0.2;
      for (int i = 0; i < both.extra.size(); i += 7) both.extra[i] = 20;
      for (int n = 0; n < both.own; ++n) // a side of the block
        if (both.mesh.nodes[n][0] < 0.1) both.hold(n);
      both.make();
      const double shift = 3;
      both.product.shift(shift);
      Eigen::MatrixXd half = 0.5 * (both.K + both.K.transpose());
      for (int i = 0; i < half.rows(); ++i) half(i, i) = both.fixed[i] ? 1 : half(i, i) + shift;
      const Eigen::MatrixXd R = both.interpolation(), level(both.product.linear_level());
      Eigen::MatrixXd projected = R.transpose() * half * R;
      for (int n = 0; n < both.product.nodes(); ++n)
        if (const auto [a, b] = both.product.parents()[n]; a == b)
          for (int i = 0; i < 3; ++i)
            if (both.fixed[3 * n + i]) {
              projected.row(3 * a + i).setZero();
              projected.col(3 * a + i).setZero();
              projected(3 * a + i, 3 * a + i) = 1;
            }
      const double size = half.cwiseAbs().maxCoeff();
      EXPECT_LT((level - projected).cwiseAbs().maxCoeff(), 1e-6 * size) << law << mean;
      const std::vector<float> blocks = both.product.diagonal();
      for (int n = 0; n < both.product.nodes(); ++n)
        for (int k = 0; k < 9; ++k)
          ASSERT_NEAR(blocks[9 * n + k], half(3 * n + k / 3, 3 * n + k % 3), 1e-6 * size) << law << mean << n;
    }
}

TEST(TangentProduct, BitsDoNotDependOnTheThreads) {
  const auto all = [](int threads) {
    const Threads guard(threads);
    Both both("trabecular_bone", true, true);
    both.u *= 0.2;
    both.make();
    const VectorX x = both.direction();
    const std::vector<float> blocks = both.product.diagonal();
    const Eigen::SparseMatrix<double, Eigen::RowMajor> level = both.product.linear_level();
    std::vector<double> bits(level.valuePtr(), level.valuePtr() + level.nonZeros());
    bits.insert(bits.end(), blocks.begin(), blocks.end());
    for (const double y : both.multiplied(x)) bits.push_back(y);
    for (const float y : both.in_single(x)) bits.push_back(y);
    return bits;
  };
  EXPECT_EQ(all(1), all(2));
}

TEST(TangentProduct, ALinearMeshHasNone) {
  const TetMesh mesh = distorted_block(2);
  const BulkTerm bulk(mesh, {testing_points::make_law("mooney_rivlin")}, std::vector<int>(mesh.tets.size(), 0),
                      std::vector<PointData>(mesh.tets.size()));
  const int nodes = static_cast<int>(mesh.nodes.size());
  TangentProduct product(nodes);
  Tangent K(3 * nodes, &product);
  bulk.couple(K);
  K.finish();
  EXPECT_TRUE(product.empty());
  VectorX f = VectorX::Zero(3 * nodes);
  bulk.linearize(f, f, &K);
  EXPECT_GT(K.matrix().norm(), 0);
}

} // namespace
} // namespace kypho

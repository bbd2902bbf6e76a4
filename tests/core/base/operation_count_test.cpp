// The counter of the benchmarks on kernels whose cost is known by hand.
#include "benchmarks/count/law_count.hpp"
#include "core/base/dual.hpp"
#include "core/materials/catalog.hpp"
#include "core/materials/tensor.hpp"
#include <gtest/gtest.h>

namespace kypho::count {
namespace {

std::vector<Counted> inputs(int n) {
  std::vector<Counted> all;
  for (int k = 0; k < n; ++k) all.push_back(Counted::input(1 + 0.3 * k * k));
  return all;
}

TEST(OperationCount, OfADeterminantIsNineProductsAndFiveSums) {
  start();
  const auto F = inputs(9);
  const Operations cost = needed({tensor::det(F.data())});
  EXPECT_EQ(cost.multiplications, 9);
  EXPECT_EQ(cost.additions, 5);
  EXPECT_EQ(cost.divisions + cost.roots + cost.choices + cost.functions, 0);
}

TEST(OperationCount, OfAnInverseSharesTheProductsOfTheDeterminant) {
  start();
  const auto F = inputs(9);
  std::vector<Counted> G(9);
  tensor::inverse(F.data(), tensor::det(F.data()), G.data());
  const Operations cost = needed(G);
  EXPECT_EQ(cost.multiplications, 18 + 3 + 9); // minors, determinant, scaling
  EXPECT_EQ(cost.divisions, 1);
}

TEST(OperationCount, LeavesOutWhatNoResultNeedsAndWhatConstantsGive) {
  start();
  const auto x = inputs(2);
  const Counted unused = x[0] / x[1];
  const Counted y = (2.0 * Counted(3.0)) * x[0] * 1.0 + 0.0 * x[1] + 0.0;
  const Operations cost = needed({y});
  EXPECT_EQ(cost.flops(), 1);
  EXPECT_EQ(cost.divisions, 0);
  EXPECT_EQ(y.value(), 6 * x[0].value());
  EXPECT_EQ(unused.value(), x[0].value() / x[1].value());
}

TEST(OperationCount, OfADerivativeFollowsTheProductAndTheRootRule) {
  start();
  using D = Dual<Counted, 2>;
  const auto x = inputs(2);
  D a(x[0]), b(x[1]);
  a.d[0] = 1;
  b.d[1] = 1;
  const D product = a * b; // its derivatives are b and a: free
  EXPECT_EQ(needed({product.d[0], product.d[1]}).flops(), 0);
  const D r = root(a * a + b * b); // 0.5 / r is shared by both
  const Operations cost = needed({r.v, r.d[0], r.d[1]});
  EXPECT_EQ(cost.roots, 1);
  EXPECT_EQ(cost.divisions, 1);
  EXPECT_EQ(cost.multiplications, 2 + 2); // a a, b b; slope times a + a, b + b
  EXPECT_EQ(cost.additions, 1 + 2);
  EXPECT_EQ(cost.choices, 1 + 2);
}

TEST(OperationCount, OfALawGivesItsStressAndMoreForBoneThatFlows) {
  const Params bone(find_law("trabecular_bone").specs);
  Mat3 still = Mat3::Identity(), crushed = still;
  still(2, 2) = 0.999;
  crushed(2, 2) = 0.97;
  const LawCount elastic = trabecular_bone(bone, still), flowing = trabecular_bone(bone, crushed);
  EXPECT_GT(flowing.residual.flops(), 2 * elastic.residual.flops());
  EXPECT_GT(elastic.tangent.flops(), 3 * elastic.residual.flops());
  EXPECT_LT(elastic.tangent.flops(), 15 * elastic.residual.flops());
}

TEST(OperationCount, OfALinearElementIsThatOfItsProducts) {
  const ElementCount linear = element(1);
  // Differences of nodes; F with its ones; stress times weight and gradient; sums for node 0 and at the nodes.
  EXPECT_EQ(linear.residual.multiplications, 27 + 27 + 9);
  EXPECT_EQ(linear.residual.additions, 9 + (18 + 3) + 18 + 6 + 12);
  // M: 81 (3, 2), B: 81 (3, 2), weights 9, rows and columns of node 0: 7 blocks of 9 (0, 2), sums 144.
  EXPECT_EQ(linear.matrix.multiplications, 243 + 243 + 9);
  EXPECT_EQ(linear.matrix.additions, 162 + 162 + 126 + 144);
}

} // namespace
} // namespace kypho::count

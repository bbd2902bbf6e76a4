// The multigrid solver on vertebral bodies: assembled and by products, with soft discs, with a lid that is no part of the body.
#include "benchmarks/bench/body.hpp"
#include "core/fem/elastic_stiffness.hpp"
#include "solvers/linear_solver.hpp"

#include <Eigen/Geometry>
#include <gtest/gtest.h>
#include <omp.h>
#include <random>

namespace kypho {
namespace {

Eigen::MatrixXd rigid_motions(const bench::Body& body) {
  Eigen::MatrixXd modes = Eigen::MatrixXd::Zero(body.unknowns(), 6);
  for (int i = 0; i < body.unknowns(); ++i) {
    modes(i, i % 3) = 1;
    for (int axis = 0; axis < 3; ++axis) modes(i, 3 + axis) = Vec3::Unit(axis).cross(body.mesh.nodes[i / 3])[i % 3];
  }
  return modes;
}

ElasticStiffness products(const bench::Body& body) {
  return {body.mesh, body.young, body.poisson, body.nearly_incompressible, body.fixed};
}

/// Zero where something is fixed, with one number more at the end.
VectorX random_vector(const bench::Body& body) {
  std::mt19937 generator(7);
  VectorX x = VectorX::Zero(body.unknowns() + 1);
  for (int i = 0; i < body.unknowns(); ++i)
    if (!body.fixed[i]) x[i] = static_cast<double>(generator()) / 4294967296.0 - 0.5;
  return x;
}

struct Answer {
  LinearReport report;
  VectorX x;
};
template <class Stiffness>
Answer solve(const Stiffness& K, const bench::Body& body, double accuracy = 1e-9) {
  Answer answer;
  const auto solver = make_linear_solver("multigrid");
  solver->setup(K, rigid_motions(body), Definiteness::positive_definite);
  answer.report = solver->solve(bench::load(body), answer.x, accuracy);
  return answer;
}

VectorX exact(const bench::Body& body) {
  const SparseMatrix K = bench::stiffness(body);
  const auto solver = make_linear_solver(direct_solver());
  solver->setup(K, {}, Definiteness::positive_definite);
  VectorX x;
  solver->solve(bench::load(body), x);
  return x;
}

TEST(Multigrid, SolvesAnAssembledBodyInFewIterations) {
  const bench::Body body = bench::vertebral_body(6000, 1);
  const SparseMatrix K = bench::stiffness(body);
  const Answer answer = solve(K, body);
  EXPECT_TRUE(answer.report.converged);
  EXPECT_LE(answer.report.iterations, 32);
  EXPECT_LT((answer.x - exact(body)).norm(), 1e-6 * answer.x.norm());
}

TEST(Multigrid, NeedsHardlyMoreIterationsForALargerBody) {
  const bench::Body small = bench::vertebral_body(4000, 2), large = bench::vertebral_body(40000, 2);
  const int few = solve(products(small), small).report.iterations;
  EXPECT_LE(solve(products(large), large).report.iterations, 1.3 * few);
}

TEST(Multigrid, ProductsAreThoseOfTheMatrix) {
  for (const bool discs : {false, true}) {
    const bench::Body body = bench::vertebral_body(5000, 2, discs);
    const SparseMatrix K = bench::stiffness(body);
    const ElasticStiffness free = products(body);
    const int n = body.unknowns();
    const VectorX x = random_vector(body), wanted = K * x.head(n);
    VectorX y(n + 1);
    free.multiply(x.data(), y.data());
    EXPECT_LT((y.head(n) - wanted).norm(), 1e-13 * wanted.norm());
    std::vector<float> short_x(x.data(), x.data() + n + 1), r(n + 1, 0.0f);
    free.subtract_product(short_x.data(), r.data());
    const VectorX rounded = -Eigen::Map<const Eigen::VectorXf>(r.data(), n).cast<double>();
    EXPECT_LT((rounded - wanted).norm(), 1e-6 * wanted.norm());
  }
}

TEST(Multigrid, TheDiagonalAndThePatchesAreThoseOfTheMatrix) {
  const bench::Body body = bench::vertebral_body(4000, 2, true);
  const SparseMatrix K = bench::stiffness(body);
  const ElasticStiffness free = products(body);
  const std::vector<float> diagonal = free.diagonal();
  for (int n = 0; n < free.nodes(); n += 17)
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j)
        EXPECT_NEAR(diagonal[9 * n + 3 * i + j], K.coeff(3 * n + i, 3 * n + j),
                    1e-6 * K.diagonal().segment<3>(3 * n).maxCoeff());
  ASSERT_FALSE(free.patches().empty());
  for (std::size_t p = 0; p < free.patches().size(); p += 29) {
    const Eigen::MatrixXd A = free.patch_matrix(static_cast<int>(p));
    const std::vector<int>& nodes = free.patches()[p];
    double largest = 0, difference = 0;
    for (int a = 0; a < A.rows(); ++a)
      for (int b = 0; b < A.cols(); ++b) {
        const double entry = K.coeff(3 * nodes[a / 3] + a % 3, 3 * nodes[b / 3] + b % 3);
        largest = std::max(largest, std::abs(entry));
        difference = std::max(difference, std::abs(A(a, b) - entry));
      }
    EXPECT_LT(difference, 1e-12 * largest);
  }
}

TEST(Multigrid, TheLinearLevelIsThePartOfTheMatrixThatItSpans) {
  const bench::Body body = bench::vertebral_body(4000, 2);
  const SparseMatrix K = bench::stiffness(body);
  const ElasticStiffness free = products(body);
  const SparseMatrix L = free.linear_level();
  std::vector<Eigen::Triplet<double>> entries;
  std::vector<char> held(L.rows(), 0);
  for (int k = 0; k < K.rows(); ++k) {
    const auto [a, b] = free.parents()[k / 3];
    if (body.fixed[k] && a == b) held[3 * a + k % 3] = 1;
    if (body.fixed[k]) continue;
    entries.emplace_back(k, 3 * a + k % 3, 0.5);
    entries.emplace_back(k, 3 * b + k % 3, 0.5);
  }
  SparseMatrix P(K.rows(), L.rows());
  P.setFromTriplets(entries.begin(), entries.end());
  const SparseMatrix spanned = SparseMatrix(P.transpose()) * K * P;
  for (int i = 0; i < L.rows(); ++i)
    for (SparseMatrix::InnerIterator it(L, i); it; ++it)
      if (!held[i] && !held[it.col()])
        ASSERT_NEAR(it.value(), spanned.coeff(i, it.col()), 1e-10 * spanned.coeff(i, i)) << i << ", " << it.col();
}

TEST(Multigrid, SolvesByProductsToTheAnswerOfTheMatrix) {
  for (const bool discs : {false, true}) {
    const bench::Body body = bench::vertebral_body(6000, 2, discs);
    const Answer answer = solve(products(body), body);
    EXPECT_TRUE(answer.report.converged);
    const VectorX wanted = exact(body);
    EXPECT_LT((answer.x - wanted).norm(), 1e-5 * wanted.norm()); // discs: the condition number is about 1e7
  }
}

TEST(Multigrid, NearlyIncompressibleDiscsCostAtMostTwiceTheIterations) {
  const bench::Body plain = bench::vertebral_body(20000, 2), discs = bench::vertebral_body(20000, 2, true);
  EXPECT_LE(solve(products(discs), discs, 1e-8).report.iterations,
            2 * solve(products(plain), plain, 1e-8).report.iterations);
}

TEST(Multigrid, GivesTheSameBitsForAnyNumberOfThreads) {
  const int before = omp_get_max_threads();
  const bench::Body linear = bench::vertebral_body(9000, 1), quadratic = bench::vertebral_body(9000, 2, true);
  const SparseMatrix K = bench::stiffness(linear);
  std::vector<VectorX> of_matrix, of_products;
  for (const int threads : {1, 2, 3}) {
    omp_set_num_threads(threads);
    of_matrix.push_back(solve(K, linear).x);
    of_products.push_back(solve(products(quadratic), quadratic).x);
  }
  omp_set_num_threads(before);
  for (int k = 1; k < 3; ++k) {
    EXPECT_TRUE((of_matrix[k].array() == of_matrix[0].array()).all());
    EXPECT_TRUE((of_products[k].array() == of_products[0].array()).all());
  }
}

/// The body under a stiff lid: springs from every node of its upper end to three unknowns of the lid, which takes the load.
SparseMatrix with_lid(const bench::Body& body) {
  const SparseMatrix K = bench::stiffness(body);
  const int n = static_cast<int>(K.rows());
  std::vector<Eigen::Triplet<double>> entries;
  for (int i = 0; i < n; ++i)
    for (SparseMatrix::InnerIterator it(K, i); it; ++it)
      entries.emplace_back(i, static_cast<int>(it.col()), it.value());
  double top = 0;
  for (const Vec3& x : body.mesh.nodes) top = std::max(top, x[2]);
  for (std::size_t k = 0; k < body.mesh.nodes.size(); ++k)
    if (body.mesh.nodes[k][2] > 0.6 * top && !body.fixed[3 * k])
      for (int i = 0; i < 3; ++i) {
        const int a = 3 * static_cast<int>(k) + i, b = n + i;
        for (const auto& [r, c, v] : {std::tuple{a, a, 1e4}, {b, b, 1e4}, {a, b, -1e4}, {b, a, -1e4}})
          entries.emplace_back(r, c, v);
      }
  SparseMatrix all(n + 3, n + 3);
  all.setFromTriplets(entries.begin(), entries.end());
  return all;
}

TEST(Multigrid, AStiffLidThatManyNodesHangOnDoesNotSlowItDown) {
  bench::Body body = bench::vertebral_body(6000, 1);
  const SparseMatrix K = with_lid(body);
  VectorX b = VectorX::Zero(K.rows()), x;
  b[K.rows() - 1] = -100;
  const auto solver = make_linear_solver("multigrid");
  solver->setup(K, rigid_motions(body), Definiteness::positive_definite);
  const LinearReport report = solver->solve(b, x, 1e-9);
  EXPECT_TRUE(report.converged);
  EXPECT_LE(report.iterations, 48);
}

TEST(Multigrid, AMatrixThatHasChangedMuchIsStillSolved) {
  const bench::Body body = bench::vertebral_body(6000, 1);
  bench::Body other = body;
  for (double& young : other.young) young = 2e4 / young; // soft where it was stiff
  const SparseMatrix K = bench::stiffness(body), changed = bench::stiffness(other);
  const VectorX b = bench::load(body);
  const auto solver = make_linear_solver("multigrid");
  solver->setup(K, rigid_motions(body), Definiteness::positive_definite);
  VectorX x;
  solver->solve(b, x, 1e-8);
  std::vector<int> iterations;
  for (int k = 0; k < 2; ++k) {
    x.setZero();
    solver->setup(changed, rigid_motions(body), Definiteness::positive_definite);
    const LinearReport report = solver->solve(b, x, 1e-8);
    EXPECT_TRUE(report.converged);
    iterations.push_back(report.iterations);
  }
  EXPECT_LT(iterations[1], 0.7 * iterations[0]); // the hierarchy was made anew when it no longer paid
}

TEST(Multigrid, IsTakenForLargeSystemsAndADirectSolverForSmallOnes) {
  EXPECT_EQ(solver_for(50000), "multigrid");
  EXPECT_EQ(solver_for(500), direct_solver());
}

} // namespace
} // namespace kypho

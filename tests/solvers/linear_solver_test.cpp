// One test suite for every linear-solver backend in the catalog.
#include "core/base/errors.hpp"
#include "solvers/linear_solver.hpp"
#include <gtest/gtest.h>
#include <random>

namespace kypho {
namespace {

/// Seven-point Laplacian plus @p shift on an n^3 grid, Dirichlet outside.
SparseMatrix laplacian(int n, double shift) {
  std::vector<Eigen::Triplet<double>> entries;
  const auto id = [n](int i, int j, int k) { return i + n * (j + n * k); };
  for (int k = 0; k < n; ++k)
    for (int j = 0; j < n; ++j)
      for (int i = 0; i < n; ++i) {
        entries.emplace_back(id(i, j, k), id(i, j, k), 6 + shift);
        if (i + 1 < n)
          entries.emplace_back(id(i, j, k), id(i + 1, j, k), -1),
              entries.emplace_back(id(i + 1, j, k), id(i, j, k), -1);
        if (j + 1 < n)
          entries.emplace_back(id(i, j, k), id(i, j + 1, k), -1),
              entries.emplace_back(id(i, j + 1, k), id(i, j, k), -1);
        if (k + 1 < n)
          entries.emplace_back(id(i, j, k), id(i, j, k + 1), -1),
              entries.emplace_back(id(i, j, k + 1), id(i, j, k), -1);
      }
  SparseMatrix K(n * n * n, n * n * n);
  K.setFromTriplets(entries.begin(), entries.end());
  return K;
}

VectorX random_vector(int n, unsigned seed) {
  std::mt19937 generator(seed);
  VectorX v(n);
  for (int i = 0; i < n; ++i) v[i] = static_cast<double>(generator()) / 4294967296.0 - 0.5;
  return v;
}

class LinearSolvers : public testing::TestWithParam<std::string> {
protected:
  std::unique_ptr<LinearSolver> solver = make_linear_solver(GetParam());
};

TEST_P(LinearSolvers, SolvesAPositiveDefiniteSystemToItsKnownAnswer) {
  const SparseMatrix K = laplacian(9, 0.01);
  const VectorX exact = random_vector(729, 1);
  solver->setup(K, {}, Definiteness::positive_definite);
  VectorX x = VectorX::Zero(729);
  const LinearReport report = solver->solve(K * exact, x);
  EXPECT_TRUE(report.converged);
  EXPECT_LT(report.relative_residual, 1e-9);
  EXPECT_LT((x - exact).norm(), 1e-7 * exact.norm()); // condition number about 40, residual 1e-10
}

TEST_P(LinearSolvers, ReportsTheTrueResidual) {
  const SparseMatrix K = laplacian(6, 0);
  const VectorX b = random_vector(216, 2);
  solver->setup(K, {}, Definiteness::positive_definite);
  VectorX x;
  const LinearReport report = solver->solve(b, x);
  EXPECT_NEAR(report.relative_residual, (b - K * x).norm() / b.norm(), 1e-15);
}

TEST_P(LinearSolvers, TakesNewValuesOnTheSamePattern) {
  const SparseMatrix before = laplacian(6, 0);
  solver->setup(before, {}, Definiteness::positive_definite);
  const SparseMatrix K = laplacian(6, 3);
  solver->setup(K, {}, Definiteness::positive_definite);
  const VectorX exact = random_vector(216, 3);
  VectorX x;
  solver->solve(K * exact, x);
  EXPECT_LT((x - exact).norm(), 1e-8 * exact.norm());
}

TEST_P(LinearSolvers, TakesANewPatternAndSize) {
  const SparseMatrix before = laplacian(6, 0);
  solver->setup(before, {}, Definiteness::positive_definite);
  const SparseMatrix K = laplacian(5, 1);
  solver->setup(K, {}, Definiteness::positive_definite);
  const VectorX exact = random_vector(125, 4);
  VectorX x = VectorX::Ones(216);
  solver->solve(K * exact, x);
  ASSERT_EQ(x.size(), 125);
  EXPECT_LT((x - exact).norm(), 1e-8 * exact.norm());
}

TEST_P(LinearSolvers, GivesTheSameBitsTwice) {
  const SparseMatrix K = laplacian(9, 0.1);
  const VectorX b = random_vector(729, 5);
  VectorX first, second;
  solver->setup(K, {}, Definiteness::positive_definite);
  solver->solve(b, first);
  const auto again = make_linear_solver(GetParam());
  again->setup(K, {}, Definiteness::positive_definite);
  again->solve(b, second);
  EXPECT_TRUE((first.array() == second.array()).all());
}

TEST_P(LinearSolvers, SolvesAnIndefiniteSystemOrRefusesIt) {
  SparseMatrix K = laplacian(5, 0);
  for (int i = 100; i < 125; ++i) K.coeffRef(i, i) = -8; // quasi-definite up to the couplings
  const VectorX exact = random_vector(125, 6);
  VectorX x;
  try {
    solver->setup(K, {}, Definiteness::symmetric_indefinite);
  } catch (const BackendError&) {
    return;
  }
  EXPECT_TRUE(solver->solve(K * exact, x).converged);
  EXPECT_LT((x - exact).norm(), 1e-6 * exact.norm());
}

TEST_P(LinearSolvers, SayThatAMatrixIsNotPositiveDefinite) {
  SparseMatrix K = laplacian(4, 0);
  K.coeffRef(10, 10) = -1;
  EXPECT_THROW(solver->setup(K, {}, Definiteness::positive_definite), BackendError);
}

TEST_P(LinearSolvers, RefuseARightHandSideOfTheWrongLength) {
  VectorX x;
  EXPECT_THROW(solver->solve(VectorX::Ones(3), x), BackendError);
  const SparseMatrix K = laplacian(3, 0);
  solver->setup(K, {}, Definiteness::positive_definite);
  EXPECT_THROW(solver->solve(VectorX::Ones(3), x), BackendError);
}

TEST_P(LinearSolvers, AnswerZeroToAZeroRightHandSide) {
  const SparseMatrix K = laplacian(4, 0);
  solver->setup(K, {}, Definiteness::positive_definite);
  VectorX x = VectorX::Ones(64);
  EXPECT_TRUE(solver->solve(VectorX::Zero(64), x).converged);
  EXPECT_EQ(x.norm(), 0);
}

INSTANTIATE_TEST_SUITE_P(Catalog, LinearSolvers, testing::ValuesIn(linear_solver_names()),
                         [](const auto& info) { return info.param; });

TEST(LinearSolverCatalog, AnUnknownNameIsRefusedWithTheNearest) {
  try {
    make_linear_solver("eigen_ldtl");
    FAIL() << "an unknown backend was accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'eigen_ldlt'"), std::string::npos) << error.what();
  }
}

} // namespace
} // namespace kypho

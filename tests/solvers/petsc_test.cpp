// What the PETSc backends add to the conformity suite: ranks, a worker that is another process, and its ends.
#include "core/base/errors.hpp"
#include "solvers/linear_solver.hpp"
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kypho {
namespace {

namespace fs = std::filesystem;

/// Sets a variable of the environment while it lives.
class Variable {
public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (old_.empty())
      unsetenv(name_);
    else
      setenv(name_, old_.c_str(), 1);
  }

private:
  const char* name_;
  std::string old_;
};

/// Parent of a process; @p name becomes its name. 0 if it is gone.
int parent_of(int process, std::string& name) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  std::getline(file, text); // 12 (name) S parent ...
  const std::size_t open = text.find('('), close = text.rfind(')');
  if (close == std::string::npos || text[close + 2] == 'Z') return 0;
  name = text.substr(open + 1, close - open - 1);
  return std::atoi(text.c_str() + close + 4);
}

/// MPI ranks that descend from this process. (The kernel cuts names after 15 characters.)
std::vector<int> worker_ranks() {
  std::vector<int> found;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const int process = std::atoi(entry.path().filename().c_str());
    std::string name, mpirun;
    if (process <= 0) continue;
    const int parent = parent_of(process, name);
    if (parent > 0 && name.starts_with("kyphosim-petsc") && parent_of(parent, mpirun) == getpid())
      found.push_back(process);
  }
  return found;
}

bool has_children() { return waitpid(-1, nullptr, WNOHANG) >= 0; }

/// A bar of n blocks of 3 x 3, coupled to their neighbours, with stiffness that jumps from block to block.
SparseMatrix chain(int n) {
  std::vector<Eigen::Triplet<double>> entries;
  Eigen::Matrix3d k;
  k << 4, 1, 0, 1, 3, 1, 0, 1, 2;
  for (int link = 0; link <= n; ++link) {
    const double stiffness = 1 + 9 * (link % 3);
    for (int a = link - 1; a <= link; ++a)
      for (int b = link - 1; b <= link; ++b)
        for (int i = 0; a >= 0 && b >= 0 && a < n && b < n && i < 3; ++i)
          for (int j = 0; j < 3; ++j)
            entries.emplace_back(3 * a + i, 3 * b + j, (a == b ? stiffness : -stiffness) * k(i, j));
  }
  SparseMatrix K(3 * n, 3 * n);
  K.setFromTriplets(entries.begin(), entries.end());
  return K;
}

/// The bar's rigid-body modes: three shifts; its nodes lie in one point, so it has no rotations.
Eigen::MatrixXd shifts(int n) { return Eigen::Matrix3d::Identity().replicate(n, 1); }

class PetscTest : public testing::Test {
protected:
  void SetUp() override {
    const std::vector<std::string> names = linear_solver_names();
    if (std::find(names.begin(), names.end(), "petsc_gamg") == names.end())
      GTEST_SKIP()
          << "NOT TESTED: kyphosim-petsc was not built; install petsc-dev and openmpi-bin, then configure anew";
  }
  const int nodes_ = 100;
  const SparseMatrix K_ = chain(nodes_);
  const VectorX b_ = VectorX::LinSpaced(3 * nodes_, -1, 2);
};

class PetscBackends : public PetscTest, public testing::WithParamInterface<std::string> {};

/// What all backends share; tested with one of them.
class PetscWorker : public PetscTest {
protected:
  static std::unique_ptr<LinearSolver> make() { return make_linear_solver("petsc_gamg"); }
};

TEST_P(PetscBackends, GiveTheSameAnswerOnOneRankAndOnTwo) {
  VectorX answers[2];
  for (const int ranks : {1, 2}) {
    const Variable wanted("KYPHOSIM_RANKS", std::to_string(ranks));
    const auto solver = make_linear_solver(GetParam());
    solver->setup(2 * K_, shifts(nodes_), Definiteness::positive_definite);
    solver->setup(K_, shifts(nodes_), Definiteness::positive_definite);
    EXPECT_TRUE(solver->solve(b_, answers[ranks - 1]).converged);
    EXPECT_EQ(worker_ranks().size(), ranks);
  }
  // Both residuals are 1e-10; the condition number is about (2 n / pi)^2 times 60 of the blocks and the jumps.
  EXPECT_LT((answers[0] - answers[1]).norm(), 1e-5 * answers[0].norm());
  EXPECT_LT((K_ * (answers[0] - answers[1])).norm(), 2e-9 * b_.norm());
}

// Its diagonal is positive, so only the method itself can tell.
TEST_P(PetscBackends, RefuseAnIndefiniteMatrixWithAPositiveDiagonal) {
  SparseMatrix K = K_;
  K.coeffRef(150, 151) = K.coeffRef(151, 150) = 100;
  const auto solver = make_linear_solver(GetParam());
  VectorX x;
  EXPECT_THROW(
      {
        solver->setup(K, {}, Definiteness::positive_definite);
        solver->solve(b_, x);
      },
      BackendError);
}

TEST_P(PetscBackends, StopAtTheAccuracyThatIsAskedFor) {
  const auto solver = make_linear_solver(GetParam());
  solver->setup(K_, {}, Definiteness::positive_definite);
  VectorX rough, fine;
  const LinearReport first = solver->solve(b_, rough, 1e-2), second = solver->solve(b_, fine, 1e-10);
  EXPECT_LT(first.relative_residual, 1e-2);
  EXPECT_LT(second.relative_residual, 1e-9);
  EXPECT_LE(first.iterations, second.iterations);
}

INSTANTIATE_TEST_SUITE_P(Catalog, PetscBackends, testing::Values("petsc_gamg", "petsc_hypre", "petsc_mumps"),
                         [](const auto& info) { return info.param; });

TEST_F(PetscWorker, LeavesNoProcessBehind) {
  {
    const auto solver = make();
    solver->setup(K_, {}, Definiteness::positive_definite);
    EXPECT_EQ(worker_ranks().size(), 1);
  }
  EXPECT_EQ(worker_ranks().size(), 0);
  EXPECT_FALSE(has_children());
}

TEST_F(PetscWorker, ThatDiedIsToldAndReplaced) {
  const auto solver = make();
  solver->setup(K_, {}, Definiteness::positive_definite);
  for (const int process : worker_ranks()) kill(process, SIGKILL);
  VectorX x;
  try {
    solver->solve(b_, x);
    FAIL() << "a dead worker answered";
  } catch (const BackendError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("petsc_gamg: the worker "), std::string::npos) << text;
    EXPECT_NE(text.find("signal 9"), std::string::npos) << text; // mpirun's words
  }
  EXPECT_FALSE(has_children());
  EXPECT_THROW(solver->solve(b_, x), BackendError);
  solver->setup(K_, {}, Definiteness::positive_definite);
  EXPECT_TRUE(solver->solve(b_, x).converged);
}

TEST_F(PetscWorker, PassesOnWhatPetscSays) {
  const Variable options("PETSC_OPTIONS", "-pc_type no_such_method");
  const auto solver = make();
  try {
    solver->setup(K_, {}, Definiteness::positive_definite);
    FAIL() << "an unknown method was found";
  } catch (const BackendError& error) {
    EXPECT_NE(std::string(error.what()).find("no_such_method"), std::string::npos) << error.what();
  }
}

TEST_F(PetscWorker, SaysThatMpirunIsMissing) {
  const Variable path("PATH", "/nowhere");
  const auto solver = make();
  try {
    solver->setup(K_, {}, Definiteness::positive_definite);
    FAIL() << "a worker was started without mpirun";
  } catch (const BackendError& error) {
    EXPECT_NE(std::string(error.what()).find("mpirun cannot be started"), std::string::npos) << error.what();
  }
}

TEST_F(PetscWorker, RefusesANumberOfRanksThatIsNone) {
  const Variable wanted("KYPHOSIM_RANKS", "two");
  const auto solver = make();
  EXPECT_THROW(solver->setup(K_, {}, Definiteness::positive_definite), BackendError);
}

/// A simulator that is killed cannot stop its worker.
TEST_F(PetscWorker, EndsWithTheSimulator) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t simulator = fork();
  if (simulator == 0) {
    const auto solver = make();
    solver->setup(chain(10), {}, Definiteness::positive_definite);
    const std::vector<int> ranks = worker_ranks();
    const int worker = ranks.size() == 1 ? ranks.front() : 0;
    if (write(pipe_ends[1], &worker, sizeof worker) != sizeof worker) _exit(1);
    kill(getpid(), SIGKILL);
  }
  close(pipe_ends[1]);
  int worker = 0;
  ASSERT_EQ(read(pipe_ends[0], &worker, sizeof worker), static_cast<ssize_t>(sizeof worker));
  close(pipe_ends[0]);
  waitpid(simulator, nullptr, 0);
  ASSERT_GT(worker, 0);
  std::string name;
  for (int tries = 0; tries < 500 && parent_of(worker, name) > 0; ++tries) usleep(20000);
  EXPECT_EQ(parent_of(worker, name), 0) << "the worker is still there after ten seconds";
}

} // namespace
} // namespace kypho

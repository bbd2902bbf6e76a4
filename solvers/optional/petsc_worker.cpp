// kyphosim-petsc METHOD MEMORY ORDERS REPLIES: the MPI side of the PETSc backends, started by the simulator through
// mpirun (petsc_process.cpp). Rank 0 reads orders and the shared memory; rows lie on the ranks in contiguous parts.
// An error of PETSc ends all ranks, its message goes to stderr; what a method cannot take is an answer.
#include "solvers/optional/petsc_protocol.hpp"
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <petscksp.h>
#include <poll.h>
#include <string>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#define DO(call) PetscCallAbort(PETSC_COMM_WORLD, call)

namespace kypho::petsc {
namespace {

static_assert(sizeof(PetscScalar) == sizeof(double) && sizeof(PetscInt) == sizeof(int));

using Options = std::vector<std::pair<const char*, const char*>>;

/// PETSC_OPTIONS in the environment overrides them.
const std::vector<std::pair<std::string, Options>>& methods() {
  static const std::vector<std::pair<std::string, Options>> all = {
      // Smoothed by Jacobi, GAMG's default: aggregates of one node give singular blocks, at which SOR stops.
      {"petsc_gamg", {{"-ksp_type", "cg"}, {"-pc_type", "gamg"}, {"-pc_gamg_reuse_interpolation", "true"}}},
      // Measured on three-dimensional elasticity: unknown by unknown beats coarsening whole nodes two to one.
      {"petsc_hypre",
       {{"-ksp_type", "cg"},
        {"-pc_type", "hypre"},
        {"-pc_hypre_type", "boomeramg"},
        {"-pc_hypre_boomeramg_strong_threshold", "0.5"},
        {"-pc_hypre_boomeramg_coarsen_type", "PMIS"},
        {"-pc_hypre_boomeramg_interp_type", "ext+i"},
        {"-pc_hypre_boomeramg_P_max", "4"},
        {"-pc_hypre_boomeramg_relax_type_all", "Chebyshev"}}},
      {"petsc_mumps",
       {{"-ksp_type", "preonly"},
        {"-pc_type", "cholesky"},
        {"-pc_factor_mat_solver_type", "mumps"},
        {"-mat_mumps_icntl_14", "50"}}}, // room above the estimate, per cent
  };
  return all;
}

int rank() {
  int r;
  MPI_Comm_rank(PETSC_COMM_WORLD, &r);
  return r;
}

int ranks() {
  int n;
  MPI_Comm_size(PETSC_COMM_WORLD, &n);
  return n;
}

/// Wall seconds of the slowest rank.
template <class Work>
double timed(Work work) {
  MPI_Barrier(PETSC_COMM_WORLD);
  double seconds = -MPI_Wtime();
  work();
  seconds += MPI_Wtime();
  MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, PETSC_COMM_WORLD);
  return seconds;
}

/// Contiguous parts of an array, one per rank.
struct Parts {
  std::vector<int> sizes, firsts;

  /// This rank's part of an array that lies whole in rank 0's shared memory; other ranks receive it in @p store.
  template <class T>
  const T* spread(const T* whole, std::vector<T>& store) const {
    const MPI_Datatype type = std::is_same_v<T, int> ? MPI_INT : MPI_DOUBLE;
    if (rank() == 0) {
      MPI_Scatterv(whole, sizes.data(), firsts.data(), type, MPI_IN_PLACE, 0, type, 0, PETSC_COMM_WORLD);
      return whole;
    }
    store.resize(size());
    MPI_Scatterv(nullptr, nullptr, nullptr, type, store.data(), size(), type, 0, PETSC_COMM_WORLD);
    return store.data();
  }
  int size() const { return sizes[rank()]; }
  int first() const { return firsts[rank()]; }
};

/// The shared memory; known to rank 0 alone, other ranks have null pointers.
class Memory {
public:
  explicit Memory(int descriptor) : descriptor_(descriptor) {}
  void map(const Request& shape) {
    if (rank() != 0) return;
    if (base_) munmap(base_, bytes_);
    bytes_ = Arrays::bytes(shape);
    base_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
    if (base_ == MAP_FAILED) {
      std::fprintf(stderr, "kyphosim-petsc: the shared memory cannot be mapped: %s\n", std::strerror(errno));
      MPI_Abort(PETSC_COMM_WORLD, 1);
    }
    arrays = {base_, shape};
  }
  Arrays arrays;

private:
  int descriptor_;
  void* base_ = nullptr;
  std::size_t bytes_ = 0;
};

class System {
public:
  explicit System(int memory) : memory_(memory) {}
  ~System() { forget(); }
  System(const System&) = delete;
  System& operator=(const System&) = delete;

  Reply setup(const Request& request) {
    if (request.new_pattern)
      take_pattern(request);
    else
      take_values();
    take_modes(request);
    Reply reply;
    reply.seconds = timed([&] {
      DO(KSPSetOperators(ksp_, matrix_, matrix_));
      DO(KSPSetUp(ksp_));
      DO(KSPSetUpOnBlocks(ksp_));
    });
    say_whether_factorised(request, reply);
    return reply;
  }

  Reply solve(const Request& request) {
    take_vector(memory_.arrays.b, b_);
    take_vector(memory_.arrays.x, x_);
    DO(KSPSetTolerances(ksp_, request.accuracy, 0, PETSC_DEFAULT, most_iterations));
    Reply reply;
    reply.seconds = timed([&] { DO(KSPSolve(ksp_, b_, x_)); });
    KSPConvergedReason reason;
    DO(KSPGetConvergedReason(ksp_, &reason));
    PetscBool direct;
    DO(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(ksp_), KSPPREONLY, &direct));
    if (!direct) DO(KSPGetIterationNumber(ksp_, &reply.iterations));
    reply.converged = reason > 0;
    if (reason == KSP_DIVERGED_INDEFINITE_MAT)
      say(reply, "the matrix is not positive definite");
    else if (reason == KSP_DIVERGED_INDEFINITE_PC)
      say(reply, "the preconditioner is not positive definite");
    else if (reason == KSP_DIVERGED_PC_FAILED)
      say(reply, "the preconditioner failed");
    give_solution();
    return reply;
  }

private:
  static constexpr int most_iterations = 10000;

  static void say(Reply& reply, const char* text) { std::snprintf(reply.error, sizeof reply.error, "%s", text); }

  void forget() {
    DO(KSPDestroy(&ksp_));
    DO(MatDestroy(&matrix_));
    DO(VecDestroy(&b_));
    DO(VecDestroy(&x_));
  }

  void take_pattern(const Request& request) {
    forget();
    memory_.map(request);
    const Arrays& whole = memory_.arrays;
    std::vector<int> starts(request.rows + 1);
    if (rank() == 0) std::copy(whole.outer, whole.outer + starts.size(), starts.begin());
    MPI_Bcast(starts.data(), static_cast<int>(starts.size()), MPI_INT, 0, PETSC_COMM_WORLD);
    part(request.rows, starts);
    columns_ = entries_.spread(whole.inner, column_store_);
    outer_.assign(starts.begin() + rows_.first(), starts.begin() + rows_.first() + rows_.size() + 1);
    for (int& start : outer_) start -= entries_.first();

    DO(MatCreate(PETSC_COMM_WORLD, &matrix_));
    DO(MatSetSizes(matrix_, rows_.size(), rows_.size(), request.rows, request.rows));
    DO(MatSetBlockSize(matrix_, request.block));
    DO(MatSetType(matrix_, MATAIJ));
    std::vector<double> store;
    const double* values = entries_.spread(whole.values, store);
    DO(MatSeqAIJSetPreallocationCSR(matrix_, outer_.data(), columns_, values));
    DO(MatMPIAIJSetPreallocationCSR(matrix_, outer_.data(), columns_, values));
    DO(MatSetOption(matrix_, MAT_SYMMETRIC, PETSC_TRUE));
    DO(MatSetOption(matrix_, MAT_SYMMETRY_ETERNAL, PETSC_TRUE));
    DO(MatSetOption(matrix_, MAT_SPD, request.positive_definite ? PETSC_TRUE : PETSC_FALSE));
    if (request.positive_definite) DO(MatSetOption(matrix_, MAT_SPD_ETERNAL, PETSC_TRUE));
    DO(MatCreateVecs(matrix_, &x_, &b_));
    make_solver();
  }

  /// Rows in equal parts, whole nodes where there are three unknowns per node.
  void part(int rows, const std::vector<int>& starts) {
    const int width = rows % 3 == 0 ? 3 : 1, n = ranks();
    rows_ = entries_ = {};
    for (int r = 0; r <= n; ++r)
      rows_.firsts.push_back(static_cast<int>(static_cast<long long>(rows / width) * r / n) * width);
    for (int r = 0; r < n; ++r) {
      rows_.sizes.push_back(rows_.firsts[r + 1] - rows_.firsts[r]);
      entries_.firsts.push_back(starts[rows_.firsts[r]]);
      entries_.sizes.push_back(starts[rows_.firsts[r + 1]] - starts[rows_.firsts[r]]);
    }
  }

  void make_solver() {
    DO(KSPCreate(PETSC_COMM_WORLD, &ksp_));
    DO(KSPSetFromOptions(ksp_));
    PetscBool cg;
    DO(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(ksp_), KSPCG, &cg));
    if (!cg) return;
    DO(KSPSetNormType(ksp_, KSP_NORM_UNPRECONDITIONED));
    DO(KSPSetInitialGuessNonzero(ksp_, PETSC_TRUE));
  }

  void take_values() {
    std::vector<double> store;
    const double* values = entries_.spread(memory_.arrays.values, store);
    for (int row = 0; row < rows_.size(); ++row) {
      const int global = rows_.first() + row, start = outer_[row];
      DO(MatSetValues(matrix_, 1, &global, outer_[row + 1] - start, columns_ + start, values + start, INSERT_VALUES));
    }
    DO(MatAssemblyBegin(matrix_, MAT_FINAL_ASSEMBLY));
    DO(MatAssemblyEnd(matrix_, MAT_FINAL_ASSEMBLY));
  }

  void take_modes(const Request& request) {
    if (request.modes == 0) return;
    std::vector<Vec> modes(request.modes);
    for (int k = 0; k < request.modes; ++k) {
      DO(VecDuplicate(x_, &modes[k]));
      take_vector(memory_.arrays.modes + static_cast<std::size_t>(k) * request.rows, modes[k]);
      // PETSc wants them orthonormal
      for (int j = 0; j < k; ++j) {
        double product;
        DO(VecDot(modes[k], modes[j], &product));
        DO(VecAXPY(modes[k], -product, modes[j]));
      }
      DO(VecNormalize(modes[k], nullptr));
    }
    MatNullSpace space;
    DO(MatNullSpaceCreate(PETSC_COMM_WORLD, PETSC_FALSE, request.modes, modes.data(), &space));
    DO(MatSetNearNullSpace(matrix_, space));
    DO(MatNullSpaceDestroy(&space));
    for (Vec& mode : modes) DO(VecDestroy(&mode));
  }

  void take_vector(const double* whole, Vec vector) {
    std::vector<double> store;
    const double* own = rows_.spread(whole, store);
    double* target;
    DO(VecGetArrayWrite(vector, &target));
    std::copy(own, own + rows_.size(), target);
    DO(VecRestoreArrayWrite(vector, &target));
  }

  void give_solution() {
    const double* own;
    DO(VecGetArrayRead(x_, &own));
    MPI_Gatherv(own, rows_.size(), MPI_DOUBLE, memory_.arrays.x, rows_.sizes.data(), rows_.firsts.data(), MPI_DOUBLE, 0,
                PETSC_COMM_WORLD);
    DO(VecRestoreArrayRead(x_, &own));
  }

  void say_whether_factorised(const Request& request, Reply& reply) {
    PC pc;
    DO(KSPGetPC(ksp_, &pc));
    PetscBool factorised;
    DO(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(pc), PCCHOLESKY, &factorised));
    if (!factorised) return;
    Mat factor;
    DO(PCFactorGetMatrix(pc, &factor));
    int error, detail, negative;
    DO(MatMumpsGetInfog(factor, 1, &error));
    DO(MatMumpsGetInfog(factor, 2, &detail));
    DO(MatMumpsGetInfog(factor, 12, &negative));
    if (error < 0)
      say(reply,
          ("MUMPS failed, INFOG(1) = " + std::to_string(error) + ", INFOG(2) = " + std::to_string(detail)).c_str());
    else if (request.positive_definite && negative > 0)
      say(reply, "a pivot is not positive; the matrix is not positive definite");
  }

  Memory memory_;
  Parts rows_, entries_;
  std::vector<int> outer_, column_store_; // of this rank's rows; the columns of rank 0 stay in the shared memory
  const int* columns_ = nullptr;
  Mat matrix_ = nullptr;
  KSP ksp_ = nullptr;
  Vec b_ = nullptr, x_ = nullptr;
};

std::atomic<bool> quitting{false};

/// Ends everything, even in the middle of a solve, when the simulator is gone and its end of the pipe with it.
void end_with_the_simulator(int orders) {
  std::thread([orders] {
    pollfd pipe{orders, 0, 0};
    while (poll(&pipe, 1, -1) <= 0) {
    }
    if (!quitting) _exit(1);
  }).detach();
}

/// Rank 0 sleeps in its pipe. The others look now and then: MPI's own waiting would keep their processors busy.
Request next_order(int orders) {
  Request request;
  if (rank() == 0 && read(orders, &request, sizeof request) != sizeof request) request = {};
  MPI_Request message;
  MPI_Ibcast(&request, sizeof request, MPI_BYTE, 0, PETSC_COMM_WORLD, &message);
  for (int here = 0;;) {
    MPI_Test(&message, &here, MPI_STATUS_IGNORE);
    if (here) return request;
    usleep(300);
  }
}

int open_or_die(const char* path, int flags) {
  const int descriptor = open(path, flags | O_CLOEXEC);
  if (descriptor >= 0) return descriptor;
  std::fprintf(stderr, "kyphosim-petsc: %s: %s\n", path, std::strerror(errno));
  MPI_Abort(PETSC_COMM_WORLD, 1);
  std::abort();
}

void serve(char** paths) {
  int memory = -1, orders = -1, replies = -1;
  if (rank() == 0) {
    memory = open_or_die(paths[0], O_RDWR);
    orders = open_or_die(paths[1], O_RDONLY);
    replies = open_or_die(paths[2], O_WRONLY);
    end_with_the_simulator(orders);
  }
  System system(memory);
  Reply reply;
  for (Request request;;) {
    reply.ranks = ranks();
    if (rank() == 0 && write(replies, &reply, sizeof reply) != sizeof reply) MPI_Abort(PETSC_COMM_WORLD, 1);
    request = next_order(orders);
    if (request.order == Order::quit) break;
    reply = request.order == Order::setup ? system.setup(request) : system.solve(request);
  }
  quitting = true;
}

PetscErrorCode first_message(MPI_Comm, int, const char* function, const char*, PetscErrorCode code, PetscErrorType type,
                             const char* text, void*) {
  if (type == PETSC_ERROR_INITIAL) std::fprintf(stderr, "kyphosim-petsc: %s: %s\n", function, text);
  return code;
}

int run(int argc, char** argv) {
  const auto method = std::find_if(methods().begin(), methods().end(),
                                   [&](const auto& each) { return argc == 5 && each.first == argv[1]; });
  if (method == methods().end()) {
    std::fprintf(stderr, "kyphosim-petsc: kyphosim starts this program; METHOD MEMORY ORDERS REPLIES\n");
    return 2;
  }
  if (PetscOptionsSetValue(nullptr, "-skip_petscrc", "true") != 0) return 1; // a stray file changes no result
  for (const auto& [name, value] : method->second)
    if (PetscOptionsSetValue(nullptr, name, value) != 0) return 1;
  if (PetscInitialize(&argc, &argv, nullptr, nullptr) != 0) return 1;
  DO(PetscPushErrorHandler(first_message, nullptr));
  serve(argv + 2);
  DO(PetscFinalize());
  return 0;
}

} // namespace
} // namespace kypho::petsc

int main(int argc, char** argv) { return kypho::petsc::run(argc, argv); }

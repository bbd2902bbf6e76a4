#pragma once
// What the simulator (petsc.cpp) and its MPI worker (petsc_worker.cpp) say to each other: records of fixed size through
// two pipes, arrays in shared memory. Both programs come from one build, so the records are plain structs.
#include <cstddef>

namespace kypho::petsc {

enum class Order : int { setup, solve, quit };

struct Request {
  Order order = Order::quit;
  int rows = 0, entries = 0;
  int modes = 0; ///< columns of the near-null space; may be 0
  int block = 1; ///< 3 if the matrix consists of blocks of 3 x 3
  bool new_pattern = false, positive_definite = true;
  double accuracy = 0; ///< ||b - K x|| / ||b|| at which an iteration ends
};

/// The first one comes unasked and says that the worker is there.
struct Reply {
  int ranks = 0, iterations = 0;
  bool converged = false;
  double seconds = 0; ///< wall time of the slowest rank, without bringing the numbers
  char error[400] = {};
};

/// Where the numbers lie in the shared memory: the matrix in compressed rows, modes by columns.
struct Arrays {
  double *values = nullptr, *modes = nullptr, *b = nullptr, *x = nullptr;
  int *outer = nullptr, *inner = nullptr;

  Arrays() = default;
  Arrays(void* memory, const Request& shape) {
    const std::size_t rows = shape.rows, entries = shape.entries;
    values = static_cast<double*>(memory);
    modes = values + entries;
    b = modes + rows * shape.modes;
    x = b + rows;
    outer = reinterpret_cast<int*>(x + rows);
    inner = outer + rows + 1;
  }
  static std::size_t bytes(const Request& shape) {
    const std::size_t rows = shape.rows, entries = shape.entries;
    return (entries + rows * (shape.modes + 2)) * sizeof(double) + (rows + 1 + entries) * sizeof(int);
  }
};

} // namespace kypho::petsc

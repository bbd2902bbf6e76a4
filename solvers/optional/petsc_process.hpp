#pragma once
// The MPI worker of a PETSc backend as a child process, with the memory that both share. Pipes, memory and the worker's
// output have no names in the file system: the worker opens them as /proc/PID/fd/N of this process, so nothing is left
// behind however either side ends.
#include "solvers/optional/petsc_protocol.hpp"
#include <array>
#include <string>

namespace kypho::petsc {

/// A file descriptor that is closed with its owner.
class Descriptor {
public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept;
  int number() const { return number_; }

private:
  int number_ = -1;
};

class Worker {
public:
  /// Starts kyphosim-petsc through mpirun on KYPHOSIM_RANKS ranks (1 if unset) and waits until it is there.
  /// @param backend name of the backend, which also tells the worker its method
  /// @throws BackendError with what mpirun or the worker said last
  explicit Worker(std::string backend);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Makes room for the arrays of @p shape; what was in the memory is lost.
  Arrays share(const Request& shape);
  /// Gives an order and waits for the answer. @throws BackendError if the worker ends instead
  Reply ask(const Request& request);

private:
  void start(const std::string& ranks);
  Reply wait_for_reply(double limit_s);
  bool ended();
  bool ended_within(double seconds);
  void stop();
  [[noreturn]] void fail(const std::string& what);
  std::string last_words() const;

  std::string backend_;
  Descriptor memory_, log_;
  std::array<Descriptor, 2> orders_, replies_; // read and write end; the worker opens its ends anew
  void* mapped_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  int mpirun_ = 0; // process; 0: none runs
  int status_ = 0;
};

} // namespace kypho::petsc

#include "solvers/optional/petsc_process.hpp"
#include "core/base/errors.hpp"
#include "solvers/linear_pattern.hpp"
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sstream>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace kypho::petsc {
namespace {

namespace fs = std::filesystem;
constexpr double start_limit_s = 120, quit_limit_s = 20;
static_assert(sizeof(Request) <= PIPE_BUF && sizeof(Reply) <= PIPE_BUF, "a record goes through a pipe in one piece");

std::string ranks_wanted() {
  const char* text = std::getenv("KYPHOSIM_RANKS");
  if (!text || !*text) return "1";
  int ranks = 0;
  const char* end = text + std::strlen(text);
  if (const auto [stop, error] = std::from_chars(text, end, ranks); error != std::errc() || stop != end || ranks < 1)
    throw BackendError("KYPHOSIM_RANKS is '" + std::string(text) + "'; it must be a number of MPI ranks, 1 or more");
  return std::to_string(ranks);
}

/// Beside the running program; tests lie elsewhere and take the one of their build.
std::string worker_program() {
  std::error_code error;
  const fs::path beside = fs::read_symlink("/proc/self/exe", error).parent_path() / "kyphosim-petsc";
  return fs::exists(beside, error) ? beside.string() : KYPHOSIM_PETSC_WORKER;
}

/// Ours, with one thread per rank and Open MPI told to run as anybody, anywhere, on any number of processors. By
/// variables, because another MPI's mpirun would not know the options.
std::vector<std::string> worker_environment() {
  const std::vector<std::string> set = {"OMP_NUM_THREADS=1",
                                        "OPENBLAS_NUM_THREADS=1",
                                        "OMPI_ALLOW_RUN_AS_ROOT=1",
                                        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
                                        "OMPI_MCA_rmaps_base_oversubscribe=1",
                                        "OMPI_MCA_mpi_yield_when_idle=1",
                                        "OMPI_MCA_hwloc_base_binding_policy=none"};
  std::vector<std::string> all = set;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry, name = text.substr(0, text.find('=') + 1);
    bool replaced = false;
    for (const std::string& each : set) replaced = replaced || each.starts_with(name);
    if (!replaced) all.push_back(text);
  }
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::array<Descriptor, 2> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw BackendError(std::string("no pipe: ") + std::strerror(errno));
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Descriptor make_memory(const char* name) {
  const int number = memfd_create(name, MFD_CLOEXEC);
  if (number < 0) throw BackendError(std::string("no shared memory: ") + std::strerror(errno));
  return Descriptor(number);
}

/// How another process of this user opens a descriptor of this one.
std::string path_of(const Descriptor& descriptor) {
  return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(descriptor.number());
}

std::string describe(int status) {
  if (WIFSIGNALED(status)) return std::string("was ended by ") + strsignal(WTERMSIG(status));
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

} // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Worker::Worker(std::string backend)
    : backend_(std::move(backend)), memory_(make_memory("kyphosim-matrix")), log_(make_memory("kyphosim-log")),
      orders_(make_pipe()), replies_(make_pipe()) {
  const std::string ranks = ranks_wanted();
  start(ranks);
  const Reply ready = wait_for_reply(start_limit_s);
  if (std::to_string(ready.ranks) != ranks)
    fail("mpirun and the worker belong to different MPI libraries: " + ranks + " ranks wanted, " +
         std::to_string(ready.ranks) + " found");
}

Worker::~Worker() {
  stop();
  if (mapped_) munmap(mapped_, mapped_bytes_);
}

void Worker::start(const std::string& ranks) {
  std::vector<std::string> words = {
      "mpirun", "-n", ranks, worker_program(), backend_, path_of(memory_), path_of(orders_[0]), path_of(replies_[1])};
  std::vector<std::string> environment = worker_environment();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, log_.number(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, log_.number(), STDERR_FILENO);
  // A process group of its own: Ctrl-C is for the simulator, which ends its step and then the worker.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, words[0].c_str(), &actions, &attributes, pointers_to(words).data(),
                                  pointers_to(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw BackendError(backend_ + ": mpirun cannot be started: " + std::strerror(failed));
  mpirun_ = child;
}

Arrays Worker::share(const Request& shape) {
  if (mapped_) munmap(mapped_, mapped_bytes_);
  mapped_ = nullptr;
  const std::size_t bytes = Arrays::bytes(shape);
  if (ftruncate(memory_.number(), static_cast<off_t>(bytes)) != 0)
    fail(std::string("no room: ") + std::strerror(errno));
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory_.number(), 0);
  if (memory == MAP_FAILED) fail(std::string("no room: ") + std::strerror(errno));
  mapped_ = memory;
  mapped_bytes_ = bytes;
  return {memory, shape};
}

Reply Worker::ask(const Request& request) {
  if (write(orders_[1].number(), &request, sizeof request) != sizeof request)
    fail(std::string("the worker cannot be reached: ") + std::strerror(errno));
  return wait_for_reply(0);
}

// Both ends of the pipes stay open here, so a dead worker is told by mpirun's end and never by SIGPIPE.
Reply Worker::wait_for_reply(double limit_s) {
  const Stopwatch watch;
  Reply reply;
  pollfd ready{replies_[0].number(), POLLIN, 0};
  while (poll(&ready, 1, 50) <= 0) {
    if (ended()) fail("the worker " + describe(status_));
    if (limit_s > 0 && watch.seconds() > limit_s) fail("the worker did not start");
  }
  if (read(replies_[0].number(), &reply, sizeof reply) != sizeof reply) fail("the worker's answer is broken");
  return reply;
}

bool Worker::ended() {
  if (mpirun_ == 0) return true;
  if (waitpid(mpirun_, &status_, WNOHANG) != mpirun_) return false;
  mpirun_ = 0;
  return true;
}

bool Worker::ended_within(double seconds) {
  const Stopwatch watch;
  while (!ended()) {
    if (watch.seconds() > seconds) return false;
    usleep(2000);
  }
  return true;
}

void Worker::stop() {
  const Request quit;
  if (!ended() && write(orders_[1].number(), &quit, sizeof quit) == sizeof quit && ended_within(quit_limit_s)) return;
  for (const int signal : {SIGTERM, SIGKILL}) {
    if (ended()) return;
    kill(mpirun_, signal);
    ended_within(quit_limit_s);
  }
}

void Worker::fail(const std::string& what) {
  stop();
  const std::string words = last_words();
  throw BackendError(backend_ + ": " + what + (words.empty() ? "" : ": " + words));
}

// The worker's own messages carry its name; without one, the last lines that mpirun wrote.
std::string Worker::last_words() const {
  std::string text(static_cast<std::size_t>(lseek(log_.number(), 0, SEEK_END)), '\0');
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, pread(log_.number(), text.data(), text.size(), 0))));
  std::vector<std::string> lines, own;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (line.find_first_not_of("- \t") == std::string::npos) continue; // Open MPI frames its words with dashes
    lines.push_back(line);
    if (line.find("kyphosim-petsc: ") == 0) own.push_back(line);
  }
  if (!own.empty()) return own.front();
  std::string words;
  for (std::size_t k = lines.size() > 8 ? lines.size() - 8 : 0; k < lines.size(); ++k)
    words += (words.empty() ? "" : "\n") + lines[k];
  return words;
}

} // namespace kypho::petsc

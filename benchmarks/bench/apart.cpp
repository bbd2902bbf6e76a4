#include "benchmarks/bench/apart.hpp"
#include "core/base/errors.hpp"
#include "core/base/interrupt.hpp"
#include "solvers/linear_pattern.hpp"

#include <csignal>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <malloc.h>
#include <omp.h>
#include <sstream>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kypho::bench {
namespace {

/// What the child leaves in the memory that both share; the solution follows it.
struct Report {
  bool done = false;
  char error[1000] = "";
  Solved solved;
  double wall_s = 0, cpu_s = 0, start_mb = 0, peak_mb = 0;
};

class Shared {
public:
  explicit Shared(Eigen::Index unknowns)
      : bytes_(sizeof(Report) + static_cast<std::size_t>(unknowns) * sizeof(double)) {
    void* memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw LimitReached("no memory for a solution");
    report_ = new (memory) Report;
  }
  ~Shared() { munmap(report_, bytes_); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  Report& report() { return *report_; }
  double* solution() { return reinterpret_cast<double*>(report_ + 1); }

private:
  std::size_t bytes_;
  Report* report_;
};

/// A line of /proc/PID/status, MB; 0 if there is none.
double status_mb(pid_t process, const std::string& key) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(key + ":")) return std::strtod(line.c_str() + key.size() + 1, nullptr) / 1024;
  return 0;
}

void add_descendants(pid_t process, std::vector<pid_t>& all) {
  const std::string id = std::to_string(process);
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  for (pid_t child; children >> child;) {
    all.push_back(child);
    add_descendants(child, all);
  }
}

/// Of the processes that @p process started. Memory that they share with it counts there, libraries nowhere.
double others_mb(pid_t process) {
  std::vector<pid_t> all;
  add_descendants(process, all);
  double sum = 0;
  for (const pid_t each : all) sum += status_mb(each, "RssAnon");
  return sum;
}

double cpu_seconds(int whose) {
  rusage use{};
  getrusage(whose, &use);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

/// A folder that goes with its owner, so that nothing is left of a child that was ended.
class Folder {
public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "kyphosim_bench_XXXXXX").string();
    if (!mkdtemp(name.data())) throw LimitReached(name + ": this folder cannot be made");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

[[noreturn]] void work_as_child(const Work& work, Eigen::Index unknowns, int threads, const Folder& folder,
                                Shared& shared) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
  omp_set_num_threads(threads);
  const bool others_only = work.others_only;
  Report& report = shared.report();
  std::string error;
  try {
    std::filesystem::current_path(folder.path());
    VectorX x = VectorX::Zero(unknowns);
    if (work.before) work.before();
    malloc_trim(0);                              // what is free would be used without being seen
    std::ofstream("/proc/self/clear_refs") << 5; // the peak counts from here
    report.start_mb = others_only ? 0 : status_mb(getpid(), "VmRSS");
    const double cpu = cpu_seconds(RUSAGE_SELF);
    const Stopwatch watch;
    report.solved = work.run(x);
    report.wall_s = watch.seconds();
    report.cpu_s = cpu_seconds(RUSAGE_CHILDREN) + (others_only ? 0 : cpu_seconds(RUSAGE_SELF) - cpu);
    report.peak_mb = others_only ? 0 : status_mb(getpid(), "VmHWM");
    if (x.size() != unknowns) throw BackendError("the solution has another length");
    std::copy(x.begin(), x.end(), shared.solution());
    report.done = true;
  } catch (const std::bad_alloc&) {
    error = "out of memory";
  } catch (const std::exception& caught) {
    error = caught.what();
  }
  std::strncpy(report.error, error.c_str(), sizeof report.error - 1);
  _exit(0); // what the parent has open is not the child's to close
}

void end(pid_t child) {
  // Politely first: a worker of MPI tidies up after itself.
  for (const int signal : {SIGTERM, SIGKILL}) {
    kill(-child, signal);
    for (int k = 0; k < 100; ++k) {
      if (waitpid(child, nullptr, WNOHANG) != 0) return;
      usleep(20000);
    }
  }
}

} // namespace

Apart run_apart(const Work& work, VectorX& x, int threads, const Limits& limits) {
  Shared shared(x.size());
  const Folder folder;
  const Stopwatch watch;
  const pid_t child = fork();
  if (child < 0) throw LimitReached(std::string("no further process: ") + std::strerror(errno));
  if (child == 0) work_as_child(work, x.size(), threads, folder, shared);
  setpgid(child, child);
  Apart result;
  double others = 0;
  int status = 0;
  for (int poll = 0; waitpid(child, &status, WNOHANG) == 0; ++poll) {
    if (interrupt_requested()) {
      end(child);
      throw Interrupted("interrupted");
    }
    usleep(poll < 20 ? 1000 : 20000);
    const double now = others_mb(child);
    others = std::max(others, now);
    result.over_memory = now + (work.others_only ? 0 : status_mb(child, "VmRSS")) > limits.memory_mb;
    result.over_time = watch.seconds() > limits.seconds;
    if (!result.over_memory && !result.over_time) continue;
    end(child);
    result.error = result.over_memory ? "more memory than allowed" : "longer than allowed";
    return result;
  }
  const Report& report = shared.report();
  result.error = report.error;
  if (!report.done && result.error.empty())
    result.error = WIFSIGNALED(status) ? std::string("ended by ") + strsignal(WTERMSIG(status)) : "ended early";
  result.solved = report.solved;
  result.wall_s = report.wall_s;
  result.cpu_s = report.cpu_s;
  result.start_mb = report.start_mb;
  result.peak_mb = report.peak_mb + others;
  if (report.done) x = Eigen::Map<const VectorX>(shared.solution(), x.size());
  return result;
}

} // namespace kypho::bench

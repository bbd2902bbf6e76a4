// The program: reads the command line and hands it to the room that does the work.
#include "benchmarks/bench/bench_command.hpp"
#include "benchmarks/validate/validate_command.hpp"
#include "benchmarks/verify/verify_command.hpp"
#include "core/base/errors.hpp"
#include "mesh/convert.hpp"
#include "scenarios/command_line.hpp"
#include "scenarios/compare_command.hpp"
#include "scenarios/list.hpp"
#include "scenarios/logging.hpp"
#include "scenarios/rerun_command.hpp"
#include "scenarios/schema.hpp"
#include "viz/comparison.hpp"
#include "viz/frame_writer.hpp"
#include "viz/render.hpp"
#include "viz/report.hpp"
#include "viz/viewer.hpp"
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <new>
#include <omp.h>
#include <unistd.h>

namespace {

/// Threads that wait for each other spin only briefly: on a shared machine endless spinning costs more than waking up.
/// OpenBLAS stays on one thread, so that its bits do not depend on their number, and is told of AVX-512, which older versions
/// do not see on newer processors. Memory comes in large pages where the system gives them to those who ask, as vectors
/// that are read in the order of a mesh leap from page to page. The libraries read this before main(), so the program starts itself once more with it.
void restart_with_settings(char** argv) {
  constexpr const char* done = "KYPHOSIM_RESTARTED";
  if (std::getenv(done)) return;
  setenv(done, "1", 0);
  if (!std::getenv("OMP_WAIT_POLICY")) setenv("GOMP_SPINCOUNT", "1000", 0);
  setenv("OPENBLAS_NUM_THREADS", "1", 0);
  setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 0);
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f")) setenv("OPENBLAS_CORETYPE", "SKYLAKEX", 0);
#endif
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) execv(self.c_str(), argv); // returns only if it failed: then go on as we are
}

int measure(const kypho::CommandLine& c) {
  const kypho::BenchArguments& b = c.bench;
  if (b.compare) return kypho::bench::compare_command(b.base, b.head);
  kypho::bench::Options options;
  options.suites = b.suites;
  options.against_peers = !b.against.empty();
  options.cases = b.cases;
  options.backends = b.backends;
  options.orders = b.orders;
  options.threads = b.threads.empty() ? std::vector<int>{kypho::thread_count({})} : b.threads;
  options.sizes = b.sizes;
  options.large = b.large;
  options.repeat = b.repeat;
  options.memory_limit_mb = static_cast<double>(b.memory_limit) / 1048576;
  options.time_limit_s = b.time_limit_s;
  options.json = c.json;
  options.page = c.page;
  return kypho::bench::bench_command(options);
}

int dispatch(const kypho::CommandLine& c) {
  using namespace kypho;
  const Pictures pictures{
      [](const auto& dir, int first_stage) { return std::make_unique<FrameWriter>(dir, first_stage); }, write_report,
      write_comparison};
  if (c.command == "run")
    run_command(c, pictures);
  else if (c.command == "rerun")
    return rerun_command(c, pictures);
  else if (c.command == "compare")
    compare_command(c, pictures);
  else if (c.command == "validate")
    validate_command(c);
  else if (c.command == "schema")
    std::cout << case_schema();
  else if (c.command == "list")
    std::cout << (c.markdown ? list_markdown() : list_text(c.topic, cases_folder()));
  else if (c.command == "convert") {
    const Logging logging({}, nullptr);
    std::cout << convert_file(c.file, c.output) << '\n';
  } else if (c.command == "verify") {
    omp_set_num_threads(thread_count(c.threads));
    return verify::verify_command({c.cases, c.quick, c.json, c.page});
  } else if (c.command == "validate-model") {
    omp_set_num_threads(thread_count(c.threads));
    return validate::validate_command({c.cases, c.quick, c.json, c.page});
  } else if (c.command == "bench")
    return measure(c);
  else if (c.command == "view")
    return view_run(c.file);
  else if (c.command == "render")
    render_picture(c.file, c.view, c.stage, c.output, c.field, !c.whole);
  return 0;
}

/// One line on standard error, whatever the message holds.
int fail(int code, std::string what) {
  std::replace(what.begin(), what.end(), '\n', ' ');
  std::cerr << "kyphosim: " << what << '\n';
  return code;
}

} // namespace

int main(int argc, char** argv) {
  restart_with_settings(argv);
#ifdef SIGXFSZ
  // A file-size limit is to be met as a failed write, like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
#endif
  // Exit codes: docs/architecture.md.
  try {
    return dispatch(kypho::read_command_line(argc, argv));
  } catch (const kypho::InputError& error) {
    return fail(2, error.what());
  } catch (const kypho::NonPhysical& error) {
    return fail(3, error.what());
  } catch (const kypho::NotConverged& error) {
    return fail(3, error.what());
  } catch (const kypho::LimitReached& error) {
    return fail(4, error.what());
  } catch (const std::bad_alloc&) {
    return fail(4, "out of memory");
  } catch (const kypho::Interrupted& error) {
    return fail(130, error.what());
  } catch (const std::exception& error) {
    return fail(1, std::string("internal error: ") + error.what());
  }
}

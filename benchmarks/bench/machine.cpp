#include "benchmarks/bench/machine.hpp"
#include "benchmarks/bench/apart.hpp"
#include "benchmarks/ceilings.hpp"
#include "core/base/errors.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <fmt/chrono.h>
#include <fstream>
#include <map>
#include <unistd.h>

namespace kypho::bench {
namespace {

double bytes_in(const char* file, double otherwise) {
  std::ifstream stream(file);
  double bytes = 0;
  return stream >> bytes ? bytes : otherwise;
}

std::string environment() {
  std::string text;
  for (const char* name : {"OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "GOMP_SPINCOUNT", "OMP_WAIT_POLICY",
                           "OMP_PROC_BIND", "GLIBC_TUNABLES"})
    if (const char* value = std::getenv(name)) text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
  return text.empty() ? "no variables set" : text;
}

} // namespace

Machine this_machine() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return {processor_model(), fmt::format("{:%Y-%m-%d}", fmt::localtime(now)), KYPHOSIM_VERSION, environment(), {}};
}

double resident_memory_mb() {
  std::ifstream pages("/proc/self/statm");
  double all = 0, resident = 0;
  pages >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1048576;
}

double memory_budget_mb(const Options& options) {
  double available = 1e12;
  std::ifstream info("/proc/meminfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("MemAvailable:")) available = std::strtod(line.c_str() + 13, nullptr) / 1024;
  const double limit = bytes_in("/sys/fs/cgroup/memory.max", 1e18), used = bytes_in("/sys/fs/cgroup/memory.current", 0);
  const double budget = std::min(available, (limit - used) / 1048576) + resident_memory_mb();
  return options.memory_limit_mb > 0 ? std::min(options.memory_limit_mb, budget) : budget;
}

Machine::Rate measure_rate(int threads) {
  VectorX rates(2);
  const Apart apart = run_apart({[threads](VectorX& x) {
                                  const Ceilings c = measure_ceilings(threads, {});
                                  x << c.bytes, c.flops;
                                  return Solved{};
                                }},
                                rates, threads, {});
  if (!apart.error.empty()) throw BackendError("the machine's rates: " + apart.error);
  return {threads, rates[0], rates[1]};
}

void summarise(const std::vector<Machine::Rate>& measured, Machine& machine) {
  std::map<int, std::array<std::vector<double>, 2>> by_threads;
  for (const Machine::Rate& rate : measured) {
    by_threads[rate.threads][0].push_back(rate.bytes);
    by_threads[rate.threads][1].push_back(rate.flops);
  }
  const auto best = [](const std::vector<double>& x) { return *std::max_element(x.begin(), x.end()); };
  machine.rates.clear();
  for (const auto& [threads, rates] : by_threads) machine.rates.push_back({threads, best(rates[0]), best(rates[1])});
}

} // namespace kypho::bench

#include "core/base/interrupt.hpp"
#include <atomic>
#include <csignal>

namespace kypho {
namespace {

std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "needed inside a signal handler");

extern "C" void on_signal(int signal) {
  requested.store(true, std::memory_order_relaxed);
  std::signal(signal, SIG_DFL);
}

} // namespace

void catch_interrupts() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

bool interrupt_requested() noexcept { return requested.load(std::memory_order_relaxed); }
void request_interrupt() noexcept { requested.store(true, std::memory_order_relaxed); }
void clear_interrupt() noexcept { requested.store(false, std::memory_order_relaxed); }

} // namespace kypho

#include "core/base/log.hpp"
#include <mutex>
#include <utility>

namespace kypho {
namespace {

std::mutex& log_mutex() {
  static std::mutex mutex;
  return mutex;
}

LogReceiver& receiver_slot() {
  static LogReceiver receiver;
  return receiver;
}

} // namespace

const char* name_of(LogLevel level) {
  switch (level) {
  case LogLevel::debug: return "debug";
  case LogLevel::info: return "info";
  case LogLevel::warning: return "warning";
  case LogLevel::error: return "error";
  }
  return "?";
}

LogReceiver set_log_receiver(LogReceiver receiver) {
  const std::lock_guard lock(log_mutex());
  return std::exchange(receiver_slot(), std::move(receiver));
}

void log(LogLevel level, std::string_view message) {
  const std::lock_guard lock(log_mutex());
  if (receiver_slot()) receiver_slot()(level, message);
}

} // namespace kypho

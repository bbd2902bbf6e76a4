#include "scenarios/logging.hpp"
#include "core/base/errors.hpp"
#include <mutex>
#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <vector>

namespace kypho {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
  case LogLevel::debug: return spdlog::level::debug;
  case LogLevel::info: return spdlog::level::info;
  case LogLevel::warning: return spdlog::level::warn;
  case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

} // namespace

struct Logging::Impl {
  LogOptions options;
  std::function<void()> before_line;
  spdlog::logger terminal{"terminal", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  std::unique_ptr<spdlog::logger> file;
  std::vector<std::pair<LogLevel, std::string>> waiting; ///< said before there was a file
  LogReceiver former;

  void receive(LogLevel level, std::string_view message) {
    if (file)
      file->log(spdlog_level(level), message);
    else
      waiting.emplace_back(level, message);
    if (level < options.terminal) return;
    if (before_line) before_line();
    if (options.json)
      terminal.log(spdlog_level(level),
                   nlohmann::ordered_json{{"event", "log"}, {"level", name_of(level)}, {"message", message}}.dump());
    else
      terminal.log(spdlog_level(level), std::string(name_of(level)) + ": " + std::string(message));
  }
};

Logging::Logging(const LogOptions& options, std::function<void()> before_line) : impl_(std::make_unique<Impl>()) {
  impl_->options = options;
  impl_->before_line = std::move(before_line);
  impl_->terminal.set_pattern("%v");
  impl_->terminal.set_level(spdlog::level::trace);
  impl_->former = set_log_receiver(
      [impl = impl_.get()](LogLevel level, std::string_view message) { impl->receive(level, message); });
}

Logging::~Logging() { set_log_receiver(impl_->former); }

void Logging::open(const std::filesystem::path& file, bool append) {
  try {
    impl_->file = std::make_unique<spdlog::logger>(
        "file", std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string(), !append));
  } catch (const spdlog::spdlog_ex& error) {
    throw LimitReached("cannot write '" + file.string() + "': " + error.what());
  }
  impl_->file->set_pattern("%Y-%m-%d %H:%M:%S %l: %v");
  impl_->file->set_level(spdlog::level::trace);
  impl_->file->flush_on(spdlog::level::trace);
  for (const auto& [level, message] : impl_->waiting) impl_->file->log(spdlog_level(level), message);
  impl_->waiting.clear();
}

} // namespace kypho

#pragma once
// Where the messages of core/base/log.hpp go: the terminal at once, log.txt as soon as there is a run folder.
#include "core/base/log.hpp"
#include <filesystem>
#include <memory>

namespace kypho {

struct LogOptions {
  LogLevel terminal = LogLevel::warning; ///< least level that the terminal shows
  bool json = false;                     ///< one JSON object per line on the terminal
};

/// Installs itself as the receiver and leaves on destruction. One at a time.
class Logging {
public:
  /// @param before_line called before each line on the terminal, so that a live line can step aside
  Logging(const LogOptions& options, std::function<void()> before_line);
  ~Logging();
  Logging(const Logging&) = delete;
  Logging& operator=(const Logging&) = delete;
  /// From now on also into @p file, with what was said before. @param append keeps what the file holds
  /// @throws LimitReached
  void open(const std::filesystem::path& file, bool append = false);

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace kypho

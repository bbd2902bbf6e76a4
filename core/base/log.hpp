#pragma once
// Messages from any room, without a logging library in its headers: the program installs one receiver.
#include <functional>
#include <string>
#include <string_view>

namespace kypho {

enum class LogLevel { debug, info, warning, error };

const char* name_of(LogLevel level);

using LogReceiver = std::function<void(LogLevel, std::string_view)>;

/// Installs the receiver (none: messages are dropped) and returns the former one. Not thread-safe against log().
LogReceiver set_log_receiver(LogReceiver receiver);
/// Hands one message, a line without its end, to the receiver. Safe from several threads.
void log(LogLevel level, std::string_view message);

} // namespace kypho

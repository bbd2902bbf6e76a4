#pragma once
// This program once more, as a process of its own: its messages come back line by line.
#include <optional>
#include <string>
#include <vector>

namespace kypho {

class ChildProcess {
public:
  /// Starts `kyphosim ARGUMENTS`. Ctrl-C does not reach it: it ends when it is told to. @throws BackendError
  explicit ChildProcess(const std::vector<std::string>& arguments);
  /// Ends it at once if it still runs.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Becomes readable when there are lines; for poll().
  int descriptor() const { return messages_; }
  /// Whole lines that it has written to standard error since the last call; does not wait.
  std::vector<std::string> lines();
  /// Nothing while it runs; as a shell tells it, so 128 and the signal's number if a signal ended it.
  std::optional<int> exit_code();
  /// Asks it to stop with everything written, as Ctrl-C does.
  void interrupt() const;

private:
  int process_ = 0; ///< its number
  int messages_ = -1;
  std::string unfinished_; ///< begin of a line that is not whole yet
  std::optional<int> exit_code_;
};

} // namespace kypho

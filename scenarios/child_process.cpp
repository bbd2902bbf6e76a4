#include "scenarios/child_process.hpp"
#include "core/base/errors.hpp"
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kypho {

ChildProcess::ChildProcess(const std::vector<std::string>& arguments) {
  std::error_code unreadable;
  std::string program = std::filesystem::read_symlink("/proc/self/exe", unreadable).string();
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw BackendError(std::string("no pipe: ") + std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setpgroup(&attributes, 0); // so that Ctrl-C at the terminal is for this process alone
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  const int failed = posix_spawn(&process_, program.c_str(), &actions, &attributes, pointers.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  messages_ = ends[0];
  fcntl(messages_, F_SETFL, O_NONBLOCK);
  if (failed == 0) return;
  close(messages_);
  throw BackendError("'" + program + "' cannot be started: " + std::strerror(failed));
}

ChildProcess::~ChildProcess() {
  if (!exit_code()) {
    kill(process_, SIGKILL);
    while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  close(messages_);
}

std::vector<std::string> ChildProcess::lines() {
  std::array<char, 4096> buffer;
  for (ssize_t count = 0; (count = read(messages_, buffer.data(), buffer.size())) > 0;)
    unfinished_.append(buffer.data(), static_cast<std::size_t>(count));
  std::vector<std::string> whole;
  for (std::size_t end = 0; (end = unfinished_.find('\n')) != unfinished_.npos; unfinished_.erase(0, end + 1))
    whole.push_back(unfinished_.substr(0, end));
  return whole;
}

std::optional<int> ChildProcess::exit_code() {
  int status = 0;
  if (!exit_code_ && waitpid(process_, &status, WNOHANG) == process_)
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return exit_code_;
}

void ChildProcess::interrupt() const { kill(process_, SIGINT); }

} // namespace kypho

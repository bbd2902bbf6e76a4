#include "viz/display.hpp"
#include "core/base/errors.hpp"
#include <X11/Xlib.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kypho {
namespace {

/// The program's own X server: a child process that ends with it.
class VirtualDisplay {
public:
  VirtualDisplay() = default;
  VirtualDisplay(const VirtualDisplay&) = delete;
  VirtualDisplay& operator=(const VirtualDisplay&) = delete;
  ~VirtualDisplay() { stop(); }
  bool running() const { return child_ > 0; }

  /// @throws BackendError
  void start() {
    int ends[2];
    if (pipe(ends) != 0) throw BackendError(std::string("cannot start a virtual display: ") + std::strerror(errno));
    const std::string end_text = std::to_string(ends[1]);
    const pid_t parent = getpid();
    child_ = fork();
    if (child_ == 0) {
      become_server(parent, ends[0], end_text.c_str());
      _exit(127); // Xvfb could not be executed
    }
    close(ends[1]);
    const std::string number = child_ > 0 ? first_line(ends[0]) : "";
    close(ends[0]);
    if (number.empty()) {
      stop();
      throw BackendError("pictures need an X server and none could be started: install Xvfb (apt-get install xvfb) "
                         "or set DISPLAY to a server that answers");
    }
    name_ = ":" + number;
  }

  const std::string& name() const { return name_; }

private:
  /// In the child, between fork and exec: system calls only.
  static void become_server(pid_t parent, int unused_end, const char* end_text) {
    close(unused_end);
    setpgid(0, 0); // Ctrl-C at the terminal is for the program, which then ends its server in order
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(127);
    const int silent = open("/dev/null", O_RDWR);
    dup2(silent, STDOUT_FILENO);
    dup2(silent, STDERR_FILENO);
    execlp("Xvfb", "Xvfb", "-displayfd", end_text, "-screen", "0", "1600x1200x24", "-nolisten", "tcp", "-noreset",
           static_cast<char*>(nullptr));
  }

  /// The display number that Xvfb writes when it is ready; empty if it ended or took longer than 20 s.
  static std::string first_line(int end) {
    std::string line;
    pollfd waiting{end, POLLIN, 0};
    while (poll(&waiting, 1, 20000) > 0) {
      char c = 0;
      if (read(end, &c, 1) != 1) return "";
      if (c == '\n') return line;
      line += c;
    }
    return "";
  }

  void stop() {
    if (child_ <= 0) return;
    kill(child_, SIGTERM);
    waitpid(child_, nullptr, 0);
    child_ = -1;
  }

  pid_t child_ = -1;
  std::string name_;
};

VirtualDisplay& own_server() {
  static VirtualDisplay server;
  return server;
}

bool display_answers() {
  const char* name = std::getenv("DISPLAY");
  if (!name || !*name) return false;
  Display* display = XOpenDisplay(name);
  if (!display) return false;
  XCloseDisplay(display);
  return true;
}

} // namespace

bool has_user_display() { return !own_server().running() && display_answers(); }

void ensure_display() {
  VirtualDisplay& server = own_server();
  if (!server.running()) {
    if (display_answers()) return;
    server.start();
  }
  setenv("DISPLAY", server.name().c_str(), 1);
}

} // namespace kypho

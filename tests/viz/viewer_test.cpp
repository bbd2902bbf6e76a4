// The viewer's window under a virtual display, driven by real key presses and clicks.
#include "core/base/errors.hpp"
#include "tests/viz/display_for_tests.hpp"
#include "tests/viz/scratch.hpp"
#include "tests/viz/synthetic_run.hpp"
#include "viz/viewer.hpp"
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <chrono>
#include <csignal>
#include <sys/wait.h>
#include <thread>

namespace kypho {
namespace {

using test::Scratch;
using namespace std::chrono_literals;

/// Not a test by itself: the process in which the window lives.
TEST(ViewerProcess, DISABLED_ShowsTheRunNamedByTheEnvironment) {
  const char* run = std::getenv("KYPHOSIM_TEST_RUN");
  ASSERT_TRUE(run);
  EXPECT_EQ(view_run(run), 0);
}

/// What the screen shows, read from the server as a person would see it.
class Screen {
public:
  Screen() : display_(XOpenDisplay(nullptr)) {}
  ~Screen() { XCloseDisplay(display_); }
  std::vector<unsigned char> shot() const {
    const Window root = DefaultRootWindow(display_);
    XImage* image = XGetImage(display_, root, 0, 0, 1280, 860, AllPlanes, ZPixmap);
    std::vector<unsigned char> bytes(image->data, image->data + image->bytes_per_line * image->height);
    XDestroyImage(image);
    return bytes;
  }
  /// Share of bytes that differ by more than a shade.
  static double change(const std::vector<unsigned char>& a, const std::vector<unsigned char>& b) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < a.size(); ++i) n += std::abs(int(a[i]) - int(b[i])) > 12;
    return double(n) / double(a.size());
  }

private:
  Display* display_;
};

class ViewerWindow : public testing::Test {
protected:
  void SetUp() override {
    if (!test::program_is_there("Xvfb") || !test::program_is_there("xdotool"))
      GTEST_SKIP() << "SKIPPED: no Xvfb or no xdotool; the viewer's window is NOT tested";
    unsetenv("DISPLAY"); // never someone's real screen
    ensure_display();
    test::write_synthetic_run(run_, 8, false);
    setenv("KYPHOSIM_TEST_RUN", run_.path().c_str(), 1);
    child_ = fork();
    if (child_ == 0) {
      execl("/proc/self/exe", "test_viz", "--gtest_also_run_disabled_tests",
            "--gtest_filter=ViewerProcess.DISABLED_ShowsTheRunNamedByTheEnvironment", "--gtest_brief=1", nullptr);
      _exit(127);
    }
    screen_ = std::make_unique<Screen>();
    const auto blank = screen_->shot();
    ASSERT_TRUE(wait_until([&] { return Screen::change(blank, screen_->shot()) > 0.3; })) << "no window appeared";
    xdotool("mousemove 640 500"); // keys go to the window under the pointer
    settle();
  }
  void TearDown() override {
    if (child_ <= 0) return;
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }

  template <class Condition>
  static bool wait_until(Condition condition) {
    for (int i = 0; i < 600; ++i, std::this_thread::sleep_for(100ms)) // a busy machine draws slowly
      if (condition()) return true;
    return false;
  }
  static void xdotool(const std::string& what) {
    ASSERT_EQ(std::system(("xdotool " + what + " > /dev/null 2>&1").c_str()), 0) << what;
  }
  /// Waits until two shots in a row are the same. @return the last one
  std::vector<unsigned char> settle() {
    auto before = screen_->shot();
    wait_until([&] {
      std::this_thread::sleep_for(150ms);
      auto now = screen_->shot();
      return std::exchange(before, now) == now;
    });
    return before;
  }
  /// Does something and expects the picture to change by at least @p share of its bytes.
  void expect_change(const std::string& what, double share) {
    const auto before = settle();
    xdotool(what);
    EXPECT_TRUE(wait_until([&] { return Screen::change(before, screen_->shot()) >= share; })) << what;
  }
  void expect_back(const std::string& what, const std::vector<unsigned char>& wanted) {
    xdotool(what);
    EXPECT_TRUE(wait_until([&] { return Screen::change(wanted, screen_->shot()) < 1e-4; })) << what;
  }

  Scratch run_;
  std::unique_ptr<Screen> screen_;
  pid_t child_ = -1;
};

TEST_F(ViewerWindow, AnswersKeysAndClicksAndQuits) {
  const auto start = settle();
  expect_change("key h", 0.03);
  expect_back("key h", start);
  expect_change("key f", 0.02);
  expect_back("key m", start);
  expect_change("key c", 0.02);
  expect_back("key c", start);
  expect_change("key bracketright", 0.0005);
  expect_back("key bracketleft", start);
  expect_change("key g", 0.0005);
  expect_back("key g", start);
  expect_change("key 2", 0.03);
  expect_change("key 3", 0.03);
  expect_back("key 1", start);
  expect_change("key Home", 0.005);
  expect_back("key End", start);
  expect_change("mousemove 400 829 click 1", 0.005); // on the timeline
  expect_change("mousemove 500 829 mousedown 1 mousemove 700 829 mousemove 900 829 mouseup 1",
                0.002);                            // dragged along it
  expect_change("mousemove 60 198 click 1", 0.02); // a field of the list
  expect_change("mousemove 640 450 mousedown 1 mousemove 560 420 mousemove 500 400 mouseup 1", 0.02); // turned
  xdotool("key 1 Home m space"); // plays to its end by itself and stops there
  EXPECT_TRUE(wait_until([&] { return Screen::change(start, screen_->shot()) < 1e-4; }))
      << "space did not play to the end";
  xdotool("key q");
  int status = -1;
  EXPECT_TRUE(wait_until([&] { return waitpid(child_, &status, WNOHANG) == child_; })) << "q did not end the viewer";
  EXPECT_EQ(status, 0);
  child_ = -1;
}

TEST(Viewer, WithoutADisplayItSaysSo) {
  const Scratch run;
  test::write_synthetic_run(run, 4, false);
  const char* display = std::getenv("DISPLAY");
  const std::string before = display ? display : "";
  setenv("DISPLAY", "localhost:7777", 1);
  EXPECT_THROW(view_run(run), BackendError);
  if (before.empty())
    unsetenv("DISPLAY");
  else
    setenv("DISPLAY", before.c_str(), 1);
}

TEST(Viewer, WithoutFramesItIsTheUsersMistake) {
  const Scratch empty;
  EXPECT_THROW(view_run(empty), InputError);
}

} // namespace
} // namespace kypho

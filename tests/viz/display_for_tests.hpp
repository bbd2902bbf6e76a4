#pragma once
// A display for tests that draw, or a loud skip where none can be had.
#include "core/base/errors.hpp"
#include "viz/display.hpp"
#include <cstdlib>
#include <gtest/gtest.h>

namespace kypho::test {

inline bool display_is_there() {
  try {
    ensure_display();
  } catch (const BackendError&) {
    return false;
  }
  return true;
}

inline bool program_is_there(const char* name) {
  return std::system((std::string("command -v ") + name + " > /dev/null 2>&1").c_str()) == 0;
}

} // namespace kypho::test

#define NEEDS_DISPLAY()                                                                                                \
  if (!kypho::test::display_is_there()) GTEST_SKIP() << "SKIPPED: no display and no Xvfb; pictures are NOT tested"

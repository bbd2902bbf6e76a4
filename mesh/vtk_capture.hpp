#pragma once
// Keeps VTK, and the libraries below it that print for themselves, off the terminal while a file is read.
#include <memory>
#include <string>

namespace kypho {

/// For one scope, everything that VTK reports is collected. Not for several threads at once.
class VtkCapture {
public:
  VtkCapture();
  ~VtkCapture();
  VtkCapture(const VtkCapture&) = delete;
  VtkCapture& operator=(const VtkCapture&) = delete;

  /// What was said, on one line and without the places in VTK's own sources; empty if nothing.
  std::string text() const;

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace kypho

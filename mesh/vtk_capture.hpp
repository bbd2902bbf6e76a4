#pragma once
// Keeps VTK, and the libraries below it that print for themselves, off the terminal while a file is read.
// Include only in .cpp files: VTK's types show here.
#include <iostream>
#include <sstream>
#include <string>
#include <vtkObject.h>
#include <vtkSmartPointer.h>
#include <vtkStringOutputWindow.h>

namespace kypho {

/// For one scope, everything that VTK reports is collected. Not for several threads at once.
class VtkCapture {
public:
  VtkCapture() : before_(vtkOutputWindow::GetInstance()), window_(vtkSmartPointer<vtkStringOutputWindow>::New()) {
    vtkOutputWindow::SetInstance(window_);
    cerr_ = std::cerr.rdbuf(printed_.rdbuf());
    cout_ = std::cout.rdbuf(printed_.rdbuf());
  }
  ~VtkCapture() {
    std::cerr.rdbuf(cerr_);
    std::cout.rdbuf(cout_);
    vtkOutputWindow::SetInstance(before_);
  }
  VtkCapture(const VtkCapture&) = delete;
  VtkCapture& operator=(const VtkCapture&) = delete;

  /// What was said, on one line and without the places in VTK's own sources; empty if nothing.
  std::string text() const {
    std::istringstream lines(window_->GetOutput() + printed_.str());
    std::string all;
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line.rfind("ERROR: In ", 0) == 0 || line.rfind("Warning: In ", 0) == 0) continue;
      if (const auto at = line.find("): "); line.rfind("vtk", 0) == 0 && at != std::string::npos) line.erase(0, at + 3);
      if (all.find(line) != std::string::npos) continue;
      all += (all.empty() ? "" : "; ") + line;
    }
    return all;
  }

private:
  vtkSmartPointer<vtkOutputWindow> before_;
  vtkSmartPointer<vtkStringOutputWindow> window_;
  std::ostringstream printed_;
  std::streambuf* cerr_ = nullptr;
  std::streambuf* cout_ = nullptr;
};

} // namespace kypho

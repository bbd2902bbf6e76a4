#include "mesh/vtk_capture.hpp"
#include <iostream>
#include <sstream>
#include <vtkLogger.h>
#include <vtkObject.h>
#include <vtkSmartPointer.h>
#include <vtkStringOutputWindow.h>

namespace kypho {

struct VtkCapture::State {
  vtkSmartPointer<vtkOutputWindow> before = vtkOutputWindow::GetInstance();
  vtkSmartPointer<vtkStringOutputWindow> window = vtkSmartPointer<vtkStringOutputWindow>::New();
  std::ostringstream printed;
  std::streambuf* cerr = nullptr;
  std::streambuf* cout = nullptr;
  vtkLogger::Verbosity verbosity = vtkLogger::GetCurrentVerbosityCutoff();
};

VtkCapture::VtkCapture() : state_(std::make_unique<State>()) {
  vtkOutputWindow::SetInstance(state_->window);
  vtkLogger::SetStderrVerbosity(vtkLogger::VERBOSITY_OFF); // VTK's own log writes past std::cerr
  state_->cerr = std::cerr.rdbuf(state_->printed.rdbuf());
  state_->cout = std::cout.rdbuf(state_->printed.rdbuf());
}

VtkCapture::~VtkCapture() {
  std::cerr.rdbuf(state_->cerr);
  std::cout.rdbuf(state_->cout);
  vtkLogger::SetStderrVerbosity(state_->verbosity);
  vtkOutputWindow::SetInstance(state_->before);
}

std::string VtkCapture::text() const {
  std::istringstream lines(state_->window->GetOutput() + state_->printed.str());
  std::string all;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.rfind("ERROR: In ", 0) == 0 || line.rfind("Warning: In ", 0) == 0) continue;
    if (const auto at = line.find("): "); line.rfind("vtk", 0) == 0 && at != std::string::npos) line.erase(0, at + 3);
    // The pipeline repeats a reader's failure with a dump of its own request.
    if (line.rfind("Algorithm vtk", 0) == 0 || line.rfind("  ", 0) == 0) continue;
    if (all.find(line) != std::string::npos) continue;
    all += (all.empty() ? "" : "; ") + line;
  }
  return all;
}

} // namespace kypho

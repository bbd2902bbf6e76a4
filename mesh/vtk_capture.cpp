#include "mesh/vtk_capture.hpp"
#include <iostream>
#include <sstream>
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
};

VtkCapture::VtkCapture() : state_(std::make_unique<State>()) {
  vtkOutputWindow::SetInstance(state_->window);
  state_->cerr = std::cerr.rdbuf(state_->printed.rdbuf());
  state_->cout = std::cout.rdbuf(state_->printed.rdbuf());
}

VtkCapture::~VtkCapture() {
  std::cerr.rdbuf(state_->cerr);
  std::cout.rdbuf(state_->cout);
  vtkOutputWindow::SetInstance(state_->before);
}

std::string VtkCapture::text() const {
  std::istringstream lines(state_->window->GetOutput() + state_->printed.str());
  std::string all;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.rfind("ERROR: In ", 0) == 0 || line.rfind("Warning: In ", 0) == 0) continue;
    if (const auto at = line.find("): "); line.rfind("vtk", 0) == 0 && at != std::string::npos) line.erase(0, at + 3);
    if (all.find(line) != std::string::npos) continue;
    all += (all.empty() ? "" : "; ") + line;
  }
  return all;
}

} // namespace kypho

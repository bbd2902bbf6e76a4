#pragma once
// Private to viz: flat drawing over a picture: text, boxes and colour strips in pixels from the lower left corner.
#include "viz/scene.hpp"
#include <vector>
#include <vtkProp.h>
#include <vtkRenderer.h>
#include <vtkSmartPointer.h>

namespace kypho::detail {

enum class Align { left, centre, right };

class Painter {
public:
  /// @param ratio device pixels per pixel of the measures given below
  Painter(vtkRenderer* renderer, double ratio) : renderer_(renderer), ratio_(ratio) {}
  void clear();
  void set_ratio(double ratio) { ratio_ = ratio; }
  /// Baseline at (x, y). UTF-8, Latin-1 letters.
  void text(double x, double y, const std::string& words, int size, const Color& color, Align align = Align::left,
            bool bold = false);
  void box(double x, double y, double width, double height, const Color& color, double opacity = 1);
  /// Cells of equal height from bottom to top.
  void strip(double x, double y, double width, double height, const std::vector<Color>& cells);

private:
  void add(vtkProp* prop);
  vtkRenderer* renderer_;
  double ratio_;
  std::vector<vtkSmartPointer<vtkProp>> props_;
};

} // namespace kypho::detail

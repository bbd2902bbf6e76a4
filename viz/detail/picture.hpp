#pragma once
// Private to viz: pictures of a scene without a window.
#include "viz/detail/run_scene.hpp"

namespace kypho::detail {

/// One off-screen window for as many pictures as wanted. Needs a display (ensure_display).
class PictureMaker {
public:
  /// @param size pixels of the picture; drawn at twice the size and averaged, so that lines and letters are smooth
  PictureMaker(RunScene& scene, std::array<int, 2> size);
  /// The picture as the bytes of a PNG file.
  std::string png(std::size_t frame, Look look);

private:
  RunScene& scene_;
  std::array<int, 2> size_;
  vtkNew<vtkRenderWindow> window_;
};

} // namespace kypho::detail

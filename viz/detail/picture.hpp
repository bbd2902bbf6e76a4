#pragma once
// Private to viz: pictures of a scene without a window.
#include "viz/detail/run_scene.hpp"
#include <functional>
#include <vtkImageData.h>

namespace kypho::detail {

/// One off-screen window for as many pictures as wanted. Needs a display (ensure_display).
class PictureMaker {
public:
  /// @param size pixels of the picture; drawn at twice the size and averaged, so that lines and letters are smooth
  PictureMaker(RunScene& scene, std::array<int, 2> size);
  /// The picture as the bytes of a PNG file.
  std::string png(std::size_t frame, Look look);
  /// The part of the vertebra in @p box without captions of the scene's own. @param draw puts others on it
  vtkSmartPointer<vtkImageData> part(std::size_t frame, Look look, const Box& box, const Margins& margins,
                                     const std::function<void(Painter&)>& draw);

private:
  RunScene& scene_;
  std::array<int, 2> size_;
  vtkNew<vtkRenderWindow> window_;
};

/// Draws the window, averages squares of @p oversampling pixels.
vtkSmartPointer<vtkImageData> grabbed(vtkRenderWindow* window, int oversampling);
/// The bytes of a PNG file.
std::string png_of(vtkImageData* image);

} // namespace kypho::detail

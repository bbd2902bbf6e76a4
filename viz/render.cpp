#include "viz/render.hpp"
#include "viz/detail/picture.hpp"
#include "viz/display.hpp"
#include "viz/files.hpp"
#include <vtkImageShrink3D.h>
#include <vtkPNGWriter.h>
#include <vtkUnsignedCharArray.h>
#include <vtkWindowToImageFilter.h>

namespace kypho {
namespace detail {

constexpr int oversampling = 2;

PictureMaker::PictureMaker(RunScene& scene, std::array<int, 2> size) : scene_(scene), size_(size) {
  window_->SetOffScreenRendering(1);
  window_->SetMultiSamples(0);
  window_->SetAlphaBitPlanes(1);
  window_->SetSize(oversampling * size[0], oversampling * size[1]);
  scene.attach(window_);
}

std::string PictureMaker::png(std::size_t frame, Look look) {
  look.pixel_ratio = oversampling;
  Canvas canvas{size_[0], size_[1], oversampling};
  if (look.landmarks) canvas.right = 80; // for the names
  scene_.place_camera(look.view, canvas);
  scene_.show(frame, look);
  scene_.draw_captions(canvas);
  window_->Render();
  vtkNew<vtkWindowToImageFilter> grab;
  grab->SetInput(window_);
  grab->SetInputBufferTypeToRGB();
  grab->ReadFrontBufferOff();
  vtkNew<vtkImageShrink3D> shrink;
  shrink->SetInputConnection(grab->GetOutputPort());
  shrink->SetShrinkFactors(oversampling, oversampling, 1);
  shrink->AveragingOn();
  vtkNew<vtkPNGWriter> writer;
  writer->SetInputConnection(shrink->GetOutputPort());
  writer->WriteToMemoryOn();
  writer->Write();
  vtkUnsignedCharArray* bytes = writer->GetResult();
  return std::string(reinterpret_cast<const char*>(bytes->GetPointer(0)),
                     static_cast<std::size_t>(bytes->GetNumberOfValues()));
}

} // namespace detail

void render_picture(const std::filesystem::path& run_dir, const std::string& view, const std::string& stage,
                    const std::filesystem::path& out_png, const std::string& field, bool cut) {
  Look look;
  look.view = find_view(view);
  look.field = field;
  look.cut = cut;
  detail::RunScene scene(run_dir);
  const FrameInfo& frame = find_stage_frame(scene.frames(), stage);
  ensure_display();
  detail::PictureMaker maker(scene, {1100, 800});
  write_whole_file(out_png, maker.png(static_cast<std::size_t>(&frame - scene.frames().data()), look));
}

} // namespace kypho

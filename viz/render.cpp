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
  return png_of(grabbed(window_, oversampling));
}

vtkSmartPointer<vtkImageData> PictureMaker::part(std::size_t frame, Look look, const Box& box, const Margins& margins,
                                                 const std::function<void(Painter&)>& draw) {
  look.pixel_ratio = oversampling;
  scene_.place_camera(look.view, {size_[0], size_[1], oversampling}, box, margins);
  scene_.show(frame, look);
  Painter painter(scene_.front_layer(), oversampling);
  draw(painter);
  auto image = grabbed(window_, oversampling);
  painter.clear();
  return image;
}

vtkSmartPointer<vtkImageData> grabbed(vtkRenderWindow* window, int oversampling) {
  window->Render();
  vtkNew<vtkWindowToImageFilter> grab;
  grab->SetInput(window);
  grab->SetInputBufferTypeToRGB();
  grab->ReadFrontBufferOff();
  vtkNew<vtkImageShrink3D> shrink;
  shrink->SetInputConnection(grab->GetOutputPort());
  shrink->SetShrinkFactors(oversampling, oversampling, 1);
  shrink->AveragingOn();
  shrink->Update();
  return shrink->GetOutput();
}

std::string png_of(vtkImageData* image) {
  vtkNew<vtkPNGWriter> writer;
  writer->SetInputData(image);
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

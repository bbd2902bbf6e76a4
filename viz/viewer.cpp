#include "viz/viewer.hpp"
#include "core/base/errors.hpp"
#include "viz/detail/viewer_panel.hpp"
#include "viz/display.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <vtkCallbackCommand.h>
#include <vtkInteractorStyleTrackballCamera.h>
#include <vtkPNGWriter.h>
#include <vtkRenderWindowInteractor.h>
#include <vtkWindowToImageFilter.h>

namespace kypho {
namespace {

using detail::Canvas;
using detail::ViewerPanel;

constexpr unsigned long frame_interval_ms = 90;

/// What the window shows and how keys and clicks change it; knows nothing of VTK's event names.
class Viewer {
public:
  explicit Viewer(const std::filesystem::path& run_dir) : run_dir_(run_dir), scene_(run_dir), panel_(scene_) {
    scene_.keep_frames(48);
    window_->SetMultiSamples(0);
    window_->SetAlphaBitPlanes(1);
    window_->SetSize(1280, 860);
    window_->SetWindowName(fmt::format("KyphoSim: {}", run_dir.filename().string()).c_str());
    scene_.attach(window_);
    scene_.solid_layer()->UseFXAAOn();
    state_.frame = scene_.frames().size() - 1;
  }

  vtkRenderWindow* window() { return window_; }
  vtkRenderWindowInteractor* interactor() { return interactor_; }

  void key(const std::string& name) {
    const auto last = scene_.frames().size() - 1;
    if (name == "q" || name == "Escape") return interactor_->TerminateApp();
    if (name == "space")
      toggle_play();
    else if (name == "Right")
      go_to(std::min(last, state_.frame + 1));
    else if (name == "Left")
      go_to(state_.frame > 0 ? state_.frame - 1 : 0);
    else if (name == "Home")
      go_to(0);
    else if (name == "End")
      go_to(last);
    else if (name == "Up" || name == "Down")
      go_to_stage(name == "Down");
    else if (name == "f" || name == "F")
      choose_next_field(name == "f" ? 1 : -1);
    else if (name == "m")
      state_.field.clear();
    else if (name == "c")
      look_.cut = !look_.cut;
    else if (name == "bracketleft" || name == "bracketright")
      look_.cut_shift += name == "bracketleft" ? -1 : 1;
    else if (name == "g")
      look_.ghost = !look_.ghost;
    else if (name == "1" || name == "2" || name == "3")
      preset(static_cast<View>(name[0] - '1'));
    else if (name == "h")
      state_.help = !state_.help;
    else if (name == "p")
      return save_picture();
    else
      return;
    redraw();
  }

  /// @return true if the click was for the panel and must not turn the view
  bool press(int x, int y) {
    if (panel_.is_play_button(x, y))
      toggle_play();
    else if (const auto frame = panel_.frame_at(x, y)) {
      dragging_ = true;
      go_to(*frame);
    } else if (const auto field = panel_.field_at(x, y))
      state_.field = *field;
    else
      return y < ViewerPanel::foot;
    redraw();
    return true;
  }

  bool drag(int x) {
    if (!dragging_) return false;
    go_to(panel_.nearest_frame(x));
    redraw();
    return true;
  }

  bool release() { return std::exchange(dragging_, false); }

  /// After turning or zooming: letters, scale bar and silhouette depend on the camera.
  void camera_changed() {
    if (!look_.cut) return redraw();
    scene_.draw_captions(canvas());
    window_->Render();
  }

  void tick() {
    if (!state_.playing) return;
    const std::size_t count = scene_.frames().size();
    go_to((state_.frame + 1) % count);
    if (state_.frame + 1 == count) state_.playing = false;
    redraw();
  }

  void resized() {
    const int* size = window_->GetSize();
    if (size[0] == drawn_size_[0] && size[1] == drawn_size_[1]) return;
    preset(look_.view);
    redraw();
  }

  void start() {
    preset(View::lateral);
    redraw();
  }

private:
  Canvas canvas() {
    const int* size = window_->GetSize();
    return {size[0], size[1], 1, ViewerPanel::foot, ViewerPanel::left};
  }

  void redraw() {
    Look look = look_;
    state_.field_missing = !state_.field.empty() && !scene_.has_field(state_.frame, state_.field);
    if (!state_.field_missing) look.field = state_.field;
    scene_.show(state_.frame, look);
    scene_.draw_captions(canvas());
    panel_.draw(state_, canvas());
    window_->Render();
  }

  void preset(View view) {
    if (view != look_.view) look_.cut_shift = 0;
    look_.view = view;
    const Canvas c = canvas();
    drawn_size_ = {c.width, c.height};
    scene_.place_camera(view, c);
  }

  void toggle_play() {
    state_.playing = !state_.playing;
    if (state_.playing && state_.frame + 1 == scene_.frames().size()) state_.frame = 0;
  }

  void go_to(std::size_t frame) { state_.frame = frame; }

  /// To the end of the next stage, or of the one before.
  void go_to_stage(bool forward) {
    const auto& frames = scene_.frames();
    const int now = frames[state_.frame].stage_index;
    std::size_t target = state_.frame;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const bool end = i + 1 == frames.size() || frames[i + 1].stage_index != frames[i].stage_index;
      if (!end) continue;
      if (forward && i > state_.frame) {
        target = i;
        break;
      }
      if (!forward && frames[i].stage_index < now) target = i;
    }
    go_to(target);
  }

  void choose_next_field(int step) {
    const auto& fields = scene_.fields();
    const int count = static_cast<int>(fields.size()) + 1; // the materials are number 0
    int at = 0;
    for (int i = 1; i < count; ++i)
      if (fields[i - 1].info.name == state_.field) at = i;
    at = (at + step + count) % count;
    state_.field = at == 0 ? "" : fields[at - 1].info.name;
  }

  void save_picture() {
    vtkNew<vtkWindowToImageFilter> grab;
    grab->SetInput(window_);
    grab->ReadFrontBufferOff();
    vtkNew<vtkPNGWriter> writer;
    writer->SetFileName((run_dir_ / fmt::format("view_{:04d}.png", state_.frame)).c_str());
    writer->SetInputConnection(grab->GetOutputPort());
    writer->Write();
  }

  std::filesystem::path run_dir_;
  detail::RunScene scene_;
  ViewerPanel panel_;
  detail::PanelState state_;
  Look look_;
  bool dragging_ = false;
  std::array<int, 2> drawn_size_{};
  vtkNew<vtkRenderWindow> window_;
  vtkNew<vtkRenderWindowInteractor> interactor_;
};

/// Hands VTK's events to the viewer; what the panel does not take turns, moves and zooms the camera.
class ViewerStyle : public vtkInteractorStyleTrackballCamera {
public:
  static ViewerStyle* New() { VTK_STANDARD_NEW_BODY(ViewerStyle); }
  vtkTypeMacro(ViewerStyle, vtkInteractorStyleTrackballCamera);
  Viewer* viewer = nullptr;

  void OnChar() override {} // VTK's own letters (w, s, p, r, e, ...) would fight with ours
  void OnKeyPress() override { viewer->key(Interactor->GetKeySym()); }
  void OnLeftButtonDown() override {
    const int* at = Interactor->GetEventPosition();
    if (!viewer->press(at[0], at[1])) Superclass::OnLeftButtonDown();
  }
  void OnMouseMove() override {
    if (!viewer->drag(Interactor->GetEventPosition()[0])) Superclass::OnMouseMove();
  }
  void OnLeftButtonUp() override {
    if (viewer->release()) return;
    Superclass::OnLeftButtonUp();
    viewer->camera_changed();
  }
  void OnMouseWheelForward() override {
    Superclass::OnMouseWheelForward();
    viewer->camera_changed();
  }
  void OnMouseWheelBackward() override {
    Superclass::OnMouseWheelBackward();
    viewer->camera_changed();
  }
};

void observe(vtkObject* source, unsigned long event, Viewer& viewer,
             void (*call)(vtkObject*, unsigned long, void*, void*)) {
  vtkNew<vtkCallbackCommand> command;
  command->SetClientData(&viewer);
  command->SetCallback(call);
  source->AddObserver(event, command);
}

} // namespace

int view_run(const std::filesystem::path& run_dir) {
  read_frames(run_dir); // a folder without frames is the user's mistake, a missing display is not
  if (!has_user_display())
    throw BackendError(
        "the viewer needs a display and DISPLAY names none that answers; 'kyphosim render' makes pictures "
        "without one");
  Viewer viewer(run_dir);
  vtkNew<ViewerStyle> style;
  style->viewer = &viewer;
  style->AutoAdjustCameraClippingRangeOff();
  viewer.interactor()->SetRenderWindow(viewer.window());
  viewer.interactor()->SetInteractorStyle(style);
  style->SetDefaultRenderer(nullptr);
  viewer.interactor()->Initialize();
  observe(viewer.interactor(), vtkCommand::TimerEvent, viewer,
          [](vtkObject*, unsigned long, void* v, void*) { static_cast<Viewer*>(v)->tick(); });
  observe(viewer.window(), vtkCommand::WindowResizeEvent, viewer,
          [](vtkObject*, unsigned long, void* v, void*) { static_cast<Viewer*>(v)->resized(); });
  viewer.start();
  viewer.interactor()->CreateRepeatingTimer(frame_interval_ms);
  viewer.interactor()->Start();
  return 0;
}

} // namespace kypho

// Words on a picture: stage, heights, pressure, sides, legend, scale bar.
#include "viz/detail/run_scene.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <vtkCamera.h>

namespace kypho::detail {
namespace {

constexpr double psi_per_mpa = 145.0377;

std::optional<double> scalar(const FrameInfo& frame, const std::string& key) {
  const auto found = frame.scalars.find(key);
  return found == frame.scalars.end() ? std::nullopt : std::optional(found->second);
}

std::string heights_line(const FrameInfo& f) {
  std::string line;
  for (const char* where : {"anterior", "middle", "posterior"})
    if (const auto h = scalar(f, fmt::format("{}_height_mm", where)))
      line += fmt::format("{}{} {:.1f}", line.empty() ? "Height, mm:  " : "   ", where, *h);
  if (const auto w = scalar(f, "wedge_angle_deg")) line += fmt::format("   wedge {:.1f}\u00b0", *w);
  return line;
}

std::string device_line(const FrameInfo& f) {
  std::string line;
  for (const char* side : {"left", "right"}) {
    const auto p = scalar(f, fmt::format("pressure_{}_mpa", side)), v = scalar(f, fmt::format("volume_{}_ml", side));
    if (!p && !v) continue;
    line += line.empty() ? "Balloon:  " : "   ";
    line += side;
    if (p) line += fmt::format(" {:.2f} MPa ({:.0f} psi)", *p, *p * psi_per_mpa);
    if (v) line += fmt::format(" {:.2f} mL", *v);
  }
  return line;
}

} // namespace

/// True after the user has turned the view away from the axis it had.
bool RunScene::turned() const {
  Vec3 direction;
  solid_->GetActiveCamera()->GetDirectionOfProjection(direction.data());
  return direction.dot(-axes_of(look_.view).towards) < 0.9999;
}

void RunScene::draw_captions(const Canvas& canvas) {
  painter_.clear();
  painter_.set_ratio(canvas.ratio);
  caption_title(canvas);
  caption_place(canvas);
  if (!turned()) caption_sides(canvas);
  caption_legend(canvas);
  caption_scale(canvas);
}

void RunScene::caption_title(const Canvas& canvas) {
  const FrameInfo& f = frames_[frame_];
  const Color ink = palette::ink();
  std::string title = stage_title(frames_, f);
  if (frame_ == 0 && f.pseudo_time == 0)
    title = "Start";
  else if (!f.last_of_stage)
    title += fmt::format("   {:.0f} %", 100 * f.pseudo_time);
  painter_.text(16, canvas.height - 34, title, 22, ink, Align::left, true);
  double y = canvas.height - 60;
  for (const std::string& line : {heights_line(f), device_line(f)}) {
    if (line.empty()) continue;
    painter_.text(16, y, line, 15, ink);
    y -= 22;
  }
}

std::string RunScene::cut_place() const {
  const Vec3 o = centre_ + look_.cut_shift * axes_of(look_.view).towards - middle_;
  const auto off = [](double mm, const char* plus, const char* minus, const char* what) {
    if (std::abs(mm) < 0.5) return fmt::format("through {}", what);
    return fmt::format("{:.0f} mm {} {}", std::abs(mm), mm > 0 ? plus : minus, what);
  };
  if (look_.view == View::lateral) return off(o.y(), "left of", "right of", "the midline");
  if (look_.view == View::frontal) return off(o.x(), "in front of", "behind", "the middle of the body");
  return off(o.z(), "above", "below", "the middle of the body");
}

/// From where one looks and where the cut lies.
void RunScene::caption_place(const Canvas& canvas) {
  std::string where = turned() ? "Turned by hand" : describe(look_.view);
  if (look_.cut) {
    where += ". Cut " + cut_place();
    if (through_cavity_ && look_.cut_shift == 0) where += ", where the cavity is widest";
  }
  painter_.text(canvas.left + 16, canvas.foot + 14, where, 13, {0.30, 0.35, 0.42});
}

/// Letters of the patient's sides at the edges, as on a radiograph.
void RunScene::caption_sides(const Canvas& canvas) {
  const Color ink = {0.45, 0.50, 0.56};
  const double middle = (canvas.height + canvas.foot) / 2.0;
  const bool lateral = look_.view == View::lateral;
  painter_.text(canvas.left + 12, middle, lateral ? "A" : "R", 20, ink, Align::left, true);
  painter_.text(canvas.width - canvas.right - 150, middle, lateral ? "P" : "L", 20, ink, Align::right, true);
}

void RunScene::caption_legend(const Canvas& canvas) {
  const Color ink = palette::ink();
  const double x = canvas.width - canvas.right - 136, top = canvas.height - 118;
  double y = top;
  if (field_) {
    const Range range = range_of(*field_);
    const double height = std::max(120.0, canvas.height - canvas.foot - 280.0), low = top - height;
    std::vector<Color> cells;
    for (int i = 0; i < 128; ++i) cells.push_back(field_color(field_->info.name, (i + 0.5) / 128));
    painter_.strip(x, low, 18, height, cells);
    const int ticks = static_cast<int>(std::lround((range.high - range.low) / range.step));
    for (int i = 0; i <= ticks; ++i)
      painter_.text(x + 26, low + height * i / ticks - 5, fmt::format("{:.4g}", range.low + range.step * i), 14, ink);
    const std::string unit = unit_text(field_->info.unit);
    painter_.text(canvas.width - 16, top + 14, field_title(field_->info.name) + (unit.empty() ? "" : ", " + unit), 14,
                  ink, Align::right, true);
    y = low - 30;
  }
  for (const auto& [name, color] : materials_) {
    if (field_ && name.find("bone") != std::string::npos) continue;
    painter_.box(x - 1, y - 3, 16, 16, ink);
    painter_.box(x, y - 2, 14, 14, color);
    painter_.text(x + 22, y, name, 13, ink);
    y -= 24;
  }
  if (look_.ghost) {
    painter_.box(x - 1, y + 4, 16, 2, palette::ghost());
    painter_.text(x + 22, y, "intact", 13, ink);
    y -= 24;
  }
  for (std::size_t i = 0; look_.landmarks && i < landmark_names_.size(); ++i, y -= 20)
    painter_.text(x, y, fmt::format("{} {}", i + 1, landmark_names_[i]), 13, ink);
}

double RunScene::mm_per_pixel(int height) const { return 2 * solid_->GetActiveCamera()->GetParallelScale() / height; }

void RunScene::caption_scale(const Canvas& canvas) {
  const double length = 10 / mm_per_pixel(canvas.height), right = canvas.width - 16;
  painter_.box(right - length, canvas.foot + 34, length, 3, palette::ink());
  painter_.text(right - length / 2, canvas.foot + 14, "10 mm", 13, palette::ink(), Align::centre);
}

} // namespace kypho::detail

#include "viz/detail/viewer_panel.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace kypho::detail {
namespace {

constexpr double track_left = 96, track_right = 28, track_low = 24, track_high = 38;
constexpr double list_x = 16, list_step = 22;
const Color accent = {0.04, 0.36, 0.56}, pale = {0.84, 0.87, 0.90}, soft = {0.36, 0.41, 0.47},
            faint = {0.66, 0.70, 0.74};

constexpr std::array help_lines = {
    std::pair{"space", "play, pause"},
    std::pair{"left, right", "frame by frame"},
    std::pair{"up, down", "previous, next stage"},
    std::pair{"home, end", "first, last frame"},
    std::pair{"f, shift f", "next, previous field"},
    std::pair{"m", "materials in their own colours"},
    std::pair{"c", "cut or whole"},
    std::pair{"[ and ]", "move the cut plane by 1 mm"},
    std::pair{"g", "outline of the intact vertebra"},
    std::pair{"1, 2, 3", "lateral, frontal, axial"},
    std::pair{"p", "save the picture in the run's folder"},
    std::pair{"h", "this help"},
    std::pair{"q", "quit"},
    std::pair{"mouse", "left turns, middle moves, wheel zooms"},
};

} // namespace

/// Frames stand at equal distances: stages with many steps get more room than their share of pseudo-time.
double ViewerPanel::place_of(double frame) const {
  const double width = canvas_.width - track_left - track_right;
  return track_left + width * frame / std::max<double>(1, static_cast<double>(scene_.frames().size()) - 1);
}

std::size_t ViewerPanel::nearest_frame(double x) const {
  const double last = static_cast<double>(scene_.frames().size()) - 1;
  const double share = (x - track_left) / std::max(1.0, place_of(last) - track_left);
  return static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * last));
}

std::optional<std::size_t> ViewerPanel::frame_at(double x, double y) const {
  const bool inside =
      x > track_left - 10 && x < canvas_.width - track_right + 10 && y > track_low - 12 && y < track_high + 12;
  return inside ? std::optional(nearest_frame(x)) : std::nullopt;
}

bool ViewerPanel::is_play_button(double x, double y) const { return x > 10 && x < 80 && y > 14 && y < 48; }

std::optional<std::string> ViewerPanel::field_at(double x, double y) const {
  if (x > left) return std::nullopt;
  const double top = canvas_.height - 150;
  const auto row = static_cast<int>(std::floor((top - y) / list_step + 0.75));
  if (row < 0 || row > static_cast<int>(scene_.fields().size())) return std::nullopt;
  return row == 0 ? std::string() : scene_.fields()[static_cast<std::size_t>(row) - 1].info.name;
}

void ViewerPanel::draw(const PanelState& state, const Canvas& canvas) {
  canvas_ = canvas;
  painter_.clear();
  painter_.set_ratio(canvas.ratio);
  painter_.box(0, 0, canvas.width, foot, {0.91, 0.93, 0.95});
  draw_timeline(state);
  draw_fields(state);
  if (state.help) draw_help();
}

void ViewerPanel::draw_timeline(const PanelState& state) {
  const auto& frames = scene_.frames();
  const Color ink = palette::ink();
  painter_.box(14, 16, 64, 30, accent);
  painter_.text(46, 25, state.playing ? "pause" : "play", 15, {1, 1, 1}, Align::centre, true);
  std::size_t first = 0;
  for (std::size_t i = 1, stage = 0; i <= frames.size(); ++i) {
    if (i < frames.size() && frames[i].stage_index == frames[first].stage_index) continue;
    const double from = first == 0 ? track_left : (place_of(first - 1.0) + place_of(first)) / 2;
    const double to = i == frames.size() ? place_of(i - 1.0) : (place_of(i - 1.0) + place_of(i)) / 2;
    const bool now = state.frame >= first && state.frame < i;
    painter_.box(from, track_low, std::max(1.0, to - from - 2), track_high - track_low,
                 now ? Color{0.55, 0.72, 0.84} : pale);
    // Two rows, so that the names of short stages do not run into each other.
    painter_.text((from + to) / 2, track_high + (stage % 2 ? 24 : 9), frames[first].stage, 12, now ? ink : soft,
                  Align::centre, now);
    first = i;
    ++stage;
  }
  const double x = place_of(static_cast<double>(state.frame));
  painter_.box(x - 3, track_low - 6, 6, track_high - track_low + 12, accent);
  painter_.text(canvas_.width - 14, 4, fmt::format("frame {} of {}", state.frame + 1, frames.size()), 12, soft,
                Align::right);
}

void ViewerPanel::draw_fields(const PanelState& state) {
  double y = canvas_.height - 150;
  painter_.text(list_x, y + 26, "Colour by", 13, soft, Align::left, true);
  const auto row = [&](const std::string& name, bool chosen, bool here) {
    if (chosen) painter_.box(list_x - 8, y - 5, left - 20, list_step - 2, {0.80, 0.88, 0.94});
    painter_.text(list_x, y, name, 13, here ? palette::ink() : faint, Align::left, chosen);
    y -= list_step;
  };
  row("materials", state.field.empty(), true);
  for (const FieldChoice& f : scene_.fields()) {
    const std::string unit = unit_text(f.info.unit);
    row(field_title(f.info.name) + (unit.empty() ? "" : ", " + unit), f.info.name == state.field,
        scene_.has_field(state.frame, f.info.name));
  }
  if (state.field_missing) painter_.text(list_x, y - 6, "not in this stage", 12, {0.72, 0.25, 0.05});
  painter_.text(list_x, foot + 34, "h  help", 13, soft);
}

void ViewerPanel::draw_help() {
  const double width = 420, height = 30 + 24.0 * help_lines.size();
  const double x = (canvas_.width - width) / 2, y = (canvas_.height - height) / 2;
  painter_.box(x - 1, y - 1, width + 2, height + 2, soft);
  painter_.box(x, y, width, height, {1, 1, 1});
  double line = y + height - 30;
  for (const auto& [key, meaning] : help_lines) {
    painter_.text(x + 20, line, key, 14, accent, Align::left, true);
    painter_.text(x + 140, line, meaning, 14, palette::ink());
    line -= 24;
  }
}

} // namespace kypho::detail

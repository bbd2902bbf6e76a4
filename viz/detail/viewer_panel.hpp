#pragma once
// Private to viz: what lies round the picture in the viewer: timeline, list of fields, help; and what a click hits.
#include "viz/detail/run_scene.hpp"

namespace kypho::detail {

/// What the panel shows.
struct PanelState {
  std::size_t frame = 0;
  bool playing = false, help = false;
  std::string field;          ///< chosen; empty: materials
  bool field_missing = false; ///< the chosen field does not exist in this frame
};

class ViewerPanel {
public:
  explicit ViewerPanel(RunScene& scene) : scene_(scene), painter_(scene.front_layer(), 1) {}
  void draw(const PanelState& state, const Canvas& canvas);
  /// The frame under (x, y) if that is on the timeline; pixels from the lower left corner.
  std::optional<std::size_t> frame_at(double x, double y) const;
  /// Nearest frame to x, wherever y is: for dragging.
  std::size_t nearest_frame(double x) const;
  /// The field whose name is under (x, y); empty text for the materials.
  std::optional<std::string> field_at(double x, double y) const;
  bool is_play_button(double x, double y) const;

  static constexpr int foot = 84;  ///< height of the timeline's strip
  static constexpr int left = 196; ///< width of the list of fields

private:
  double place_of(double frame) const;
  void draw_timeline(const PanelState& state);
  void draw_fields(const PanelState& state);
  void draw_help();

  RunScene& scene_;
  Painter painter_;
  Canvas canvas_;
};

} // namespace kypho::detail

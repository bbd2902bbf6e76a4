#pragma once
// Private to viz: one run as a three-dimensional scene. Two layers share a camera: the solid, and in front of it the
// outlines, arrows and captions that must never be hidden.
#include "viz/detail/frame_data.hpp"
#include "viz/detail/painter.hpp"
#include <vtkActor.h>
#include <vtkNew.h>
#include <vtkRenderWindow.h>

namespace kypho::detail {

/// Where on the mesh a field lives.
enum class Place { node, tet, facet };

/// Where in the window the scene may draw, in logical pixels.
struct Canvas {
  int width = 1100, height = 800;
  double ratio = 1; ///< device pixels per logical pixel
  int foot = 0;     ///< kept free at the bottom
  int left = 0;     ///< kept free at the left
  int right = 0;    ///< more room for the legend
};

/// Pixels round the vertebra that captions and legend take.
struct Margins {
  double left = 58, right = 176, bottom = 50, top = 100;
};

struct FieldChoice {
  FieldInfo info;
  Place place = Place::tet;
};

class RunScene {
public:
  /// @throws InputError without frames
  explicit RunScene(const std::filesystem::path& run_dir);
  const std::vector<FrameInfo>& frames() const { return frames_; }
  /// Every field that some frame has, "bmd" and "displacement" included.
  const std::vector<FieldChoice>& fields() const { return fields_; }
  bool has_field(std::size_t frame, const std::string& name) const;

  void attach(vtkRenderWindow* window);
  /// Draws frame number @p frame. @throws InputError if it lacks the field, naming those that it has
  void show(std::size_t frame, const Look& look);
  /// Looks at the whole vertebra; the same place and scale for every frame. Call before show.
  void place_camera(View view, const Canvas& canvas);
  /// Looks at a part of it: the same box and canvas, the same place and scale in every run.
  void place_camera(View view, const Canvas& canvas, const Box& box, const Margins& margins);
  /// Of the picture at its present scale, @p height pixels high.
  double mm_per_pixel(int height) const;
  /// "9 mm left of the midline": where the plane of the last picture lies.
  std::string cut_place() const;
  /// Names and colours of what the last picture shows.
  const std::map<std::string, Color>& materials() const { return materials_; }
  /// Title, heights, legend, sides and scale bar. Call after show.
  void draw_captions(const Canvas& canvas);
  vtkRenderer* solid_layer() { return solid_; }
  vtkRenderer* front_layer() { return front_; }
  /// How many frames stay in memory.
  void keep_frames(std::size_t count) { kept_frames_ = count; }

  /// Of the colours of a field, and the distance of the legend's ticks.
  struct Range {
    double low = 0, high = 1, step = 0.2;
  };

private:
  using Actor = vtkSmartPointer<vtkActor>;

  const FrameData& data(std::size_t frame);
  void light();
  void collect_fields();
  void find_bounds();
  void find_densities();
  void find_planes();
  FieldChoice choose_field(std::size_t frame, const std::string& name) const;
  Range range_of(const FieldChoice& field);
  Vec3 plane_origin() const;

  Actor add(vtkRenderer* layer, vtkPolyData* data, const Color& color, double opacity = 1);
  void add_lines(vtkPolyData* lines, const Color& color, double width);
  void clip(vtkActor* actor) const;
  void color_by(vtkActor* actor, vtkPolyData* data, const FieldChoice& field);
  void add_bone(const FrameData& d);
  void add_cut(const FrameData& d);
  void add_inside(const FrameData& d);
  void add_wall(vtkPolyData* wall, const std::string& name, const Color& color);
  void add_field_surface(const FrameData& d);
  void add_ghost();
  void add_before();
  void add_load();
  void add_landmarks();
  void add_label(const Vec3& at, const std::string& words, const Color& color);

  void caption_title(const Canvas& canvas);
  void caption_place(const Canvas& canvas);
  void caption_sides(const Canvas& canvas);
  void caption_legend(const Canvas& canvas);
  void caption_scale(const Canvas& canvas);
  bool turned() const;

  std::filesystem::path run_dir_;
  std::vector<FrameInfo> frames_;
  std::vector<FieldChoice> fields_;
  std::map<std::string, Vec3> landmarks_;
  std::map<std::size_t, FrameData> cache_;
  std::size_t kept_frames_ = 4;
  std::map<std::string, Range> ranges_;
  vtkSmartPointer<vtkPolyData> intact_;
  Box bounds_;  ///< of all that the run shows at the ends of its stages
  Vec3 middle_; ///< of the intact body
  Vec3 centre_; ///< through which the default planes go
  bool through_cavity_ = false;
  Range bmd_; ///< densities of the body's bone that get the darkest and the lightest colour

  std::size_t frame_ = 0;
  Look look_;
  std::optional<FieldChoice> field_;
  std::vector<std::string> landmark_names_; ///< in the order of their numbers
  std::map<std::string, Color> materials_;  ///< what the picture shows, for the legend
  vtkNew<vtkRenderer> solid_, front_;
  std::vector<vtkSmartPointer<vtkProp>> props_;
  Painter painter_{front_, 1};
};

/// Unit vectors of a view: from the body to the viewer, up and right in the picture.
struct ViewAxes {
  Vec3 towards, up, right;
};
ViewAxes axes_of(View view);

} // namespace kypho::detail

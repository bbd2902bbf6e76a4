// The arms in pictures: where each was lifted highest, and how each ended, in the same box and scale.
#include "core/base/errors.hpp"
#include "viz/detail/comparison_parts.hpp"
#include "viz/detail/picture.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <vtkImageAppend.h>

namespace kypho::detail {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Image = vtkSmartPointer<vtkImageData>;

constexpr std::array panel_size = {380, 350};
constexpr int legend_height = 44;
constexpr std::size_t most_columns = 5;
constexpr Margins margins{24, 24, 26, 54};
constexpr double arrow_height = 9; // mm, of the load above the body

/// Moments of one arm.
struct Moments {
  std::string name;
  fs::path run_dir;
  std::vector<FrameInfo> frames; ///< none if the arm never began
  bool failed = false;
  std::optional<std::size_t> before, highest, end;
};

/// Where a device can be at work: what is left when the other stages are taken away.
bool lifts(const std::string& stage) {
  static const std::set<std::string> others = {"load", "fracture", "posture", "access", "deflate", "inject", "cure"};
  return !others.contains(stage);
}

double height_of(const FrameInfo& frame) {
  double sum = 0;
  for (const char* key : {"anterior_height_mm", "middle_height_mm"})
    if (const auto found = frame.scalars.find(key); found != frame.scalars.end()) sum += found->second;
  return sum;
}

/// A load test is done on a twin: its frames do not show the arm's own shape.
Moments moments_of(const json& arm, const fs::path& dir, int shared_stages) {
  Moments m{arm.at("name"), dir / arm.at("folder").get<std::string>(), {}, arm.at("exit_code") != 0, {}, {}, {}};
  if (!fs::exists(m.run_dir / "frames" / "index.json")) return m;
  m.frames = read_frames(m.run_dir);
  for (std::size_t i = 0; i < m.frames.size(); ++i) {
    const FrameInfo& f = m.frames[i];
    if (f.stage == "load") continue;
    m.end = i;
    if (f.stage_index < shared_stages)
      m.before = i;
    else if (lifts(f.stage) && (!m.highest || height_of(f) >= height_of(m.frames[*m.highest])))
      m.highest = i;
  }
  return m;
}

/// All bodies at all moments, with room for the load, as deep as wide: so the scale is the same from both sides.
Box common_box(const std::vector<Moments>& arms) {
  Box all;
  for (const Moments& m : arms)
    for (const auto& moment : {m.before, m.highest, m.end}) {
      if (!moment) continue;
      const auto body = facets_of(load_frame(m.frames[*moment]).surface, 1, 3);
      for (const Box& box : {box_of(body), box_of(to_intact(body))}) {
        all.extend(box.lower);
        all.extend(box.upper);
      }
    }
  all.upper.z() += arrow_height;
  const double width = all.upper.y() - all.lower.y(), depth = all.upper.x() - all.lower.x();
  all.lower.x() -= std::max(0.0, width - depth); // shows where the pedicles begin
  return all;
}

std::string signed_mm(double mm) { return fmt::format("{}{:.1f} mm", mm < 0 ? "\u2212" : "+", std::abs(mm)); }

/// "front +1.0 mm   middle +0.8 mm   wedge 8.1°"
std::string figures_line(const FrameInfo& frame, const json& reference) {
  std::string line;
  for (const auto& [key, word] : {std::pair{"anterior_height_mm", "front"}, {"middle_height_mm", "middle"}}) {
    const auto now = frame.scalars.find(key);
    const auto then = number_at(reference, std::string("/") + key);
    if (now != frame.scalars.end() && then) line += fmt::format("{} {}   ", word, signed_mm(now->second - *then));
  }
  if (const auto wedge = frame.scalars.find("wedge_angle_deg"); wedge != frame.scalars.end())
    line += fmt::format("wedge {:.1f}\u00b0", wedge->second);
  return line;
}

/// A picture with flat drawing only.
Image flat(int width, int height, const std::function<void(Painter&)>& draw) {
  vtkNew<vtkRenderer> renderer;
  const Color back = palette::background();
  renderer->SetBackground(back[0], back[1], back[2]);
  vtkNew<vtkRenderWindow> window;
  window->SetOffScreenRendering(1);
  window->SetMultiSamples(0);
  window->SetSize(width, height);
  window->AddRenderer(renderer);
  Painter painter(renderer, 1);
  draw(painter);
  return grabbed(window, 1);
}

void draw_heading(Painter& painter, const std::string& name, const std::string& figures) {
  const Color rule = {0.80, 0.83, 0.87}; // between this panel and the next
  painter.box(panel_size[0] - 1, 0, 1, panel_size[1], rule);
  painter.box(0, panel_size[1] - 1, panel_size[0], 1, rule);
  painter.text(12, panel_size[1] - 24, name, 17, palette::ink(), Align::left, true);
  painter.text(12, panel_size[1] - 44, figures, 13, palette::ink());
}

/// Draws the panels of one arm, one per row.
class ArmPanels {
public:
  ArmPanels(const Moments& moments, const json& reference, const Box& box)
      : moments_(moments), reference_(reference), box_(box) {
    if (moments.frames.empty()) return;
    scene_.emplace(moments.run_dir);
    maker_.emplace(*scene_, panel_size);
  }

  Image panel(const std::optional<std::size_t>& frame, View view) {
    const std::string name = moments_.name + (moments_.failed ? " (failed)" : "");
    const std::string nothing = moments_.frames.empty() ? "no frames" : "no device";
    if (!frame)
      return flat(panel_size[0], panel_size[1], [&](Painter& painter) { draw_heading(painter, name, nothing); });
    Look look;
    look.view = view;
    look.before = moments_.before;
    const FrameInfo& info = moments_.frames[*frame];
    return maker_->part(*frame, look, box_, margins, [&](Painter& painter) {
      draw_heading(painter, name, figures_line(info, reference_));
      const std::string place = fmt::format("{}; cut {}", stage_title(moments_.frames, info), scene_->cut_place());
      const Color soft = {0.30, 0.35, 0.42};
      painter.text(12, 9, place, 12, soft);
      const double length = 10 / scene_->mm_per_pixel(panel_size[1]);
      painter.box(panel_size[0] - 12 - length, panel_size[1] - 68, length, 3, palette::ink());
      painter.text(panel_size[0] - 12 - length / 2, panel_size[1] - 84, "10 mm", 12, palette::ink(), Align::centre);
      const bool lateral = view == View::lateral;
      painter.text(6, panel_size[1] / 2, lateral ? "A" : "R", 15, soft, Align::left, true);
      painter.text(panel_size[0] - 7, panel_size[1] / 2, lateral ? "P" : "L", 15, soft, Align::right, true);
    });
  }
  void collect_materials(std::map<std::string, Color>& all) const {
    if (scene_) all.insert(scene_->materials().begin(), scene_->materials().end());
  }

private:
  const Moments& moments_;
  const json& reference_;
  const Box& box_;
  std::optional<RunScene> scene_;
  std::optional<PictureMaker> maker_;
};

Image joined(const std::vector<Image>& images, int axis) {
  vtkNew<vtkImageAppend> append;
  append->SetAppendAxis(axis);
  for (const Image& image : images) append->AddInputData(image);
  append->Update();
  return append->GetOutput();
}

Image legend_image(const std::vector<std::pair<std::string, Color>>& legend, int width) {
  return flat(width, legend_height, [&](Painter& painter) {
    double x = 12;
    for (const auto& [name, color] : legend) {
      const bool line = name == "intact" || name == "before treatment";
      painter.box(x, line ? 20 : 14, 16, line ? 3 : 15, color);
      painter.text(x + 22, 16, name, 13, palette::ink());
      x += 52 + 7.2 * static_cast<double>(name.size());
    }
  });
}

/// Arms from left to right, moments from top to bottom; many arms in several blocks.
Image strip_of(const std::vector<std::vector<Image>>& rows, const std::vector<std::pair<std::string, Color>>& legend) {
  const std::size_t arms = rows.front().size(), blocks = (arms + most_columns - 1) / most_columns;
  const std::size_t columns = (arms + blocks - 1) / blocks;
  std::vector<Image> lines;
  for (std::size_t block = 0; block < blocks; ++block)
    for (const auto& row : rows) {
      std::vector<Image> line;
      for (std::size_t k = block * columns; k < (block + 1) * columns; ++k)
        line.push_back(k < arms ? row[k] : flat(panel_size[0], panel_size[1], [](Painter&) {}));
      lines.push_back(joined(line, 0));
    }
  lines.push_back(legend_image(legend, panel_size[0] * static_cast<int>(columns)));
  std::reverse(lines.begin(), lines.end()); // VTK counts from the bottom
  return joined(lines, 1);
}

} // namespace

std::optional<double> number_at(const json& object, const std::string& pointer) {
  const json value = object.is_object() ? object.value(json::json_pointer(pointer), json()) : json();
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

ComparisonPictures pictures_of(const fs::path& compare_dir, const json& comparison) {
  std::vector<Moments> arms;
  const int shared = static_cast<int>(comparison.at("common").at("stages").size());
  for (const json& arm : comparison.at("arms")) arms.push_back(moments_of(arm, compare_dir, shared));
  const Box box = common_box(arms);
  const bool any_device = std::any_of(arms.begin(), arms.end(), [](const Moments& m) { return m.highest.has_value(); });
  ComparisonPictures pictures;
  if (any_device) pictures.rows.push_back({"At the highest lift, seen from the side", {}});
  pictures.rows.push_back({"At the end, seen from the side", {}});
  pictures.rows.push_back({"At the end, seen from the front", {}});
  std::vector<std::vector<Image>> images(pictures.rows.size());
  std::map<std::string, Color> materials;
  for (const Moments& m : arms) {
    ArmPanels panels(m, comparison.at("reference"), box);
    std::vector<Image> of_arm;
    if (any_device) of_arm.push_back(panels.panel(m.highest, View::lateral));
    panels.collect_materials(materials);
    for (const View view : {View::lateral, View::frontal}) {
      of_arm.push_back(panels.panel(m.end, view));
      panels.collect_materials(materials);
    }
    for (std::size_t row = 0; row < of_arm.size(); ++row) {
      images[row].push_back(of_arm[row]);
      pictures.rows[row].pngs.push_back(png_of(of_arm[row]));
    }
  }
  pictures.legend = {{"intact", palette::ghost()}, {"before treatment", palette::before()}};
  pictures.legend.insert(pictures.legend.end(), materials.begin(), materials.end());
  pictures.strip = png_of(strip_of(images, pictures.legend));
  return pictures;
}

} // namespace kypho::detail

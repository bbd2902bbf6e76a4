#include "viz/detail/run_scene.hpp"
#include "core/base/errors.hpp"
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <vtkCamera.h>
#include <vtkCellData.h>
#include <vtkLight.h>
#include <vtkPointData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>

namespace kypho::detail {
namespace {

void add_missing(std::vector<FieldChoice>& all, const std::vector<FieldInfo>& fields, Place place) {
  for (const FieldInfo& f : fields) {
    const bool known = std::any_of(all.begin(), all.end(), [&](const FieldChoice& c) { return c.info.name == f.name; });
    if (!known) all.push_back({f, place});
  }
}

double magnitude(vtkDataArray* array, vtkIdType i) {
  double sum = 0;
  for (int c = 0; c < array->GetNumberOfComponents(); ++c) sum += std::pow(array->GetComponent(i, c), 2);
  return array->GetNumberOfComponents() == 1 ? array->GetComponent(i, 0) : std::sqrt(sum);
}

/// Widens to numbers that read well: 0.0312..0.873 -> 0..1 in steps of 1, 2 or 5 times a power of ten.
RunScene::Range rounded(double low, double high) {
  if (high - low < 1e-9 * std::max(1.0, std::abs(high))) return {low - 0.5, low + 0.5, 0.5};
  const double raw = (high - low) / 8, power = std::pow(10, std::floor(std::log10(raw)));
  const double step = power * (raw / power > 5 ? 10 : raw / power > 2 ? 5 : raw / power > 1 ? 2 : 1);
  return {step * std::floor(low / step + 1e-9), step * std::ceil(high / step - 1e-9), step};
}

} // namespace

ViewAxes axes_of(View view) {
  switch (view) {
  case View::lateral: return {Vec3::UnitY(), Vec3::UnitZ(), -Vec3::UnitX()};
  case View::frontal: return {Vec3::UnitX(), Vec3::UnitZ(), Vec3::UnitY()};
  case View::axial: break;
  }
  return {-Vec3::UnitZ(), Vec3::UnitX(), Vec3::UnitY()};
}

RunScene::RunScene(const std::filesystem::path& run_dir)
    : run_dir_(run_dir), frames_(read_frames(run_dir)), landmarks_(read_landmarks(run_dir)) {
  collect_fields();
  intact_ = to_intact(facets_of(data(0).surface, 1, 4));
  find_bounds();
  find_planes();
  for (vtkRenderer* layer : {solid_.Get(), front_.Get()}) layer->GetActiveCamera()->ParallelProjectionOn();
  light();
  const Color back = palette::background();
  solid_->SetBackground(back[0], back[1], back[2]);
  solid_->SetUseDepthPeeling(1);
  solid_->SetMaximumNumberOfPeels(8);
  solid_->SetOcclusionRatio(0);
  front_->SetLayer(1);
  front_->SetActiveCamera(solid_->GetActiveCamera());
  front_->InteractiveOff();
}

/// Two lights that move with the viewer: one from above and the side for shape, one from the eye against deep shadow.
void RunScene::light() {
  solid_->SetAutomaticLightCreation(false);
  for (const auto& [x, y, strength] : {std::tuple{-0.5, 0.7, 0.66}, std::tuple{0.0, 0.0, 0.42}}) {
    vtkNew<vtkLight> lamp;
    lamp->SetLightTypeToCameraLight();
    lamp->SetPosition(x, y, 1);
    lamp->SetIntensity(strength);
    solid_->AddLight(lamp);
  }
}

void RunScene::collect_fields() {
  for (const FrameInfo& f : frames_) {
    add_missing(fields_, f.tet_fields, Place::tet);
    add_missing(fields_, f.node_fields, Place::node);
    add_missing(fields_, f.facet_fields, Place::facet);
  }
  add_missing(fields_, {{"bmd", "mg/cm3", 1}}, Place::tet);
  add_missing(fields_, {{"displacement", "mm", 3}}, Place::node);
}

/// The planes go through the widest place of the first cavity, else through the middle of the body.
void RunScene::find_planes() {
  const vtkSmartPointer<vtkPolyData> body = to_intact(facets_of(data(0).surface, 1, 3));
  const Box box = body->GetNumberOfCells() > 0 ? box_of(body) : bounds_;
  centre_ = middle_ = (box.lower + box.upper) / 2;
  const auto last_of = [&](const char* stage) {
    std::size_t found = frames_.size();
    for (std::size_t i = 0; i < frames_.size(); ++i)
      if (frames_[i].stage == stage) found = i;
    return found;
  };
  std::size_t frame = frames_.size();
  for (const char* stage : {"inflate", "expand", "access"})
    if (frame == frames_.size()) frame = last_of(stage);
  if (frame == frames_.size()) return;
  const auto surface = load_frame(frames_[frame]).surface;
  for (int side : {5, 6}) {
    const auto wall = facets_of(surface, side, side);
    Vec3 widest = Vec3::Zero();
    double height = 0;
    for (double x = box.lower.x() + 1; x < box.upper.x(); ++x) {
      const Box hole = box_of(section_of(wall, Vec3(x, 0, 0), Vec3::UnitX()));
      if (hole.upper.z() - hole.lower.z() <= height) continue;
      height = hole.upper.z() - hole.lower.z();
      widest = {x, (hole.lower.y() + hole.upper.y()) / 2, (hole.lower.z() + hole.upper.z()) / 2};
    }
    if (height <= 0) continue;
    through_cavity_ = true;
    centre_ = widest;
    return;
  }
}

/// Bone bulges and pieces move: the pictures leave room for the largest extent at the end of any stage.
void RunScene::find_bounds() {
  bounds_ = box_of(intact_);
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    if (!frames_[i].last_of_stage) continue;
    const Box box = box_of(facets_of(load_frame(frames_[i]).surface, 1, 4));
    bounds_.extend(box.lower);
    bounds_.extend(box.upper);
  }
}

/// From a little below the thinnest twentieth of the body's bone to half above the densest: crushed bone gets denser.
void RunScene::find_densities() {
  auto* cells = data(0).volume->GetCellData();
  vtkDataArray *region = cells->GetArray("region"), *bmd = cells->GetArray("bmd [mg/cm3]");
  std::vector<double> body;
  for (vtkIdType i = 0; region && bmd && i < region->GetNumberOfTuples(); ++i)
    if (region->GetTuple1(i) == 1) body.push_back(bmd->GetTuple1(i));
  std::sort(body.begin(), body.end());
  bmd_ = {30, 150, 20};
  if (body.empty()) return;
  bmd_.low = 0.8 * body[body.size() / 20];
  bmd_.high = std::max(1.5 * body[body.size() - 1 - body.size() / 20], bmd_.low + 1);
}

const FrameData& RunScene::data(std::size_t frame) {
  const auto found = cache_.find(frame);
  if (found != cache_.end()) return found->second;
  if (cache_.size() >= kept_frames_)
    cache_.erase(frame > cache_.begin()->first ? cache_.begin() : std::prev(cache_.end()));
  return cache_[frame] = load_frame(frames_.at(frame));
}

bool RunScene::has_field(std::size_t frame, const std::string& name) const {
  const FrameInfo& f = frames_.at(frame);
  const auto in = [&](const std::vector<FieldInfo>& list) {
    return std::any_of(list.begin(), list.end(), [&](const FieldInfo& i) { return i.name == name; });
  };
  return name == "bmd" || name == "displacement" || in(f.tet_fields) || in(f.node_fields) || in(f.facet_fields);
}

FieldChoice RunScene::choose_field(std::size_t frame, const std::string& name) const {
  std::vector<std::string> names;
  for (const FieldChoice& c : fields_)
    if (has_field(frame, c.info.name)) {
      if (c.info.name == name) return c;
      names.push_back(c.info.name);
    }
  throw InputError(
      fmt::format("stage '{}' has no field '{}'; it has: {}", frames_[frame].stage, name, fmt::join(names, ", ")));
}

/// One range for the whole run, so that colours can be compared between stages. Fields of tetrahedra leave out half a
/// percent at each end: a few crushed elements would take all colours for themselves.
RunScene::Range RunScene::range_of(const FieldChoice& field) {
  const auto found = ranges_.find(field.info.name);
  if (found != ranges_.end()) return found->second;
  std::vector<float> values;
  const bool everywhere = has_field(0, field.info.name); // what only some stages have, as heat, may peak within them
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    if (!has_field(i, field.info.name)) continue;
    if (everywhere && !frames_[i].last_of_stage && i + 1 < frames_.size()) continue;
    const FrameData d = load_frame(frames_[i]);
    vtkDataSet* set = field.place == Place::facet ? static_cast<vtkDataSet*>(d.surface) : d.volume;
    vtkFieldData* part =
        field.place == Place::node ? static_cast<vtkFieldData*>(set->GetPointData()) : set->GetCellData();
    vtkDataArray* array = vtkDataArray::SafeDownCast(part->GetAbstractArray(field.info.array_name().c_str()));
    for (vtkIdType k = 0; array && k < array->GetNumberOfTuples(); ++k) {
      const float v = static_cast<float>(magnitude(array, k));
      if (std::isfinite(v)) values.push_back(v);
    }
  }
  Range range;
  if (!values.empty()) {
    std::sort(values.begin(), values.end());
    const std::size_t cut = field.place == Place::tet ? values.size() / 200 : 0;
    range = rounded(values[cut], values[values.size() - 1 - cut]);
  }
  return ranges_[field.info.name] = range;
}

void RunScene::attach(vtkRenderWindow* window) {
  window->SetNumberOfLayers(2);
  window->AddRenderer(solid_);
  window->AddRenderer(front_);
}

Vec3 RunScene::plane_origin() const {
  // A hair beside the middle: a plane through mesh nodes cuts some elements twice and others never.
  return centre_ + (look_.cut_shift + 0.0137) * axes_of(look_.view).towards;
}

void RunScene::show(std::size_t frame, const Look& look) {
  std::optional<FieldChoice> field;
  if (!look.field.empty()) field = choose_field(frame, look.field);
  frame_ = frame;
  look_ = look;
  field_ = field;
  for (const auto& prop : props_) {
    solid_->RemoveViewProp(prop);
    front_->RemoveViewProp(prop);
  }
  props_.clear();
  materials_.clear();
  const FrameData d = data(frame);
  if (look.cut)
    add_cut(d);
  else if (field_)
    add_field_surface(d);
  if (!field_ || look.cut) add_bone(d);
  if (!field_ || look.cut) add_inside(d);
  if (look.before) add_before();
  if (look.ghost) add_ghost();
  if (look.landmarks) add_landmarks();
  add_load();
}

void RunScene::place_camera(View view, const Canvas& canvas) {
  Box box = bounds_;
  if (view != View::axial) box.upper.z() += 8; // the load arrow
  place_camera(view, canvas, box, {});
}

void RunScene::place_camera(View view, const Canvas& canvas, const Box& box, const Margins& margins) {
  const ViewAxes axes = axes_of(view);
  const double left = canvas.left + margins.left, right = canvas.right + margins.right;
  const double bottom = canvas.foot + margins.bottom, top = margins.top;
  const Vec3 extent = box.upper - box.lower, middle = (box.lower + box.upper) / 2;
  const double width = std::abs(extent.dot(axes.right)), height = std::abs(extent.dot(axes.up));
  const double mm_per_pixel = std::max(width / std::max(100.0, canvas.width - left - right),
                                       height / std::max(100.0, canvas.height - top - bottom));
  const Vec3 focus =
      middle + axes.right * (right - left) / 2 * mm_per_pixel + axes.up * (top - bottom) / 2 * mm_per_pixel;
  const Vec3 eye = focus + 300 * axes.towards;
  vtkCamera* camera = solid_->GetActiveCamera();
  camera->SetFocalPoint(focus.data());
  camera->SetPosition(eye.data());
  camera->SetViewUp(axes.up.data());
  camera->SetParallelScale(canvas.height / 2.0 * mm_per_pixel);
  camera->SetClippingRange(50, 600);
}

} // namespace kypho::detail

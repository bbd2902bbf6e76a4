// What the scene is made of: bone, cut face, cavities and cement, outlines, load, landmarks.
#include "viz/detail/run_scene.hpp"
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <vtkArrowSource.h>
#include <vtkBillboardTextActor3D.h>
#include <vtkCamera.h>
#include <vtkCellData.h>
#include <vtkFloatArray.h>
#include <vtkLookupTable.h>
#include <vtkPlane.h>
#include <vtkPointData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkSphereSource.h>
#include <vtkTextProperty.h>
#include <vtkTransform.h>
#include <vtkUnsignedCharArray.h>

namespace kypho::detail {
namespace {

Color mixed(const Color& a, const Color& b, double t) {
  Color c;
  for (int i = 0; i < 3; ++i) c[i] = a[i] + t * (b[i] - a[i]);
  return c;
}

/// Dense trabecular bone lighter, thin one darker. @param dense 0..1
Color bone_color(int region, double dense) {
  if (region == 2) return palette::posterior();
  const double t = std::clamp(dense, 0.0, 1.0);
  return mixed(mixed(palette::spongy(), {0.55, 0.42, 0.26}, 0.45), palette::cortex(), t);
}

Color region_color(int region, double dense) {
  if (region == 3) return palette::cement();
  if (region == 4) return palette::composite();
  return bone_color(region, dense);
}

/// The named field as scalars called "shown"; vectors by their length.
void set_shown(vtkPolyData* data, const FieldChoice& field) {
  const bool node = field.place == Place::node;
  vtkDataSetAttributes* part = node ? static_cast<vtkDataSetAttributes*>(data->GetPointData()) : data->GetCellData();
  vtkDataArray* array = part->GetArray(field.info.array_name().c_str());
  if (!array) return;
  vtkNew<vtkFloatArray> shown;
  shown->SetName("shown");
  shown->SetNumberOfTuples(array->GetNumberOfTuples());
  for (vtkIdType i = 0; i < array->GetNumberOfTuples(); ++i) {
    double sum = 0;
    for (int c = 0; c < array->GetNumberOfComponents(); ++c) sum += std::pow(array->GetComponent(i, c), 2);
    shown->SetValue(
        i, static_cast<float>(array->GetNumberOfComponents() == 1 ? array->GetComponent(i, 0) : std::sqrt(sum)));
  }
  part->SetScalars(shown);
}

/// Region colours of a cut face; the lightest bone is that of density @p high, the darkest that of @p low.
void set_material_colors(vtkPolyData* face, double low, double high) {
  vtkDataArray* region = face->GetCellData()->GetArray("region");
  vtkDataArray* bmd = face->GetCellData()->GetArray("bmd [mg/cm3]");
  vtkNew<vtkUnsignedCharArray> colors;
  colors->SetName("material");
  colors->SetNumberOfComponents(3);
  for (vtkIdType i = 0; region && bmd && i < face->GetNumberOfCells(); ++i)
    for (double c : region_color(static_cast<int>(region->GetTuple1(i)), (bmd->GetTuple1(i) - low) / (high - low)))
      colors->InsertNextValue(static_cast<unsigned char>(255 * c + 0.5));
  face->GetCellData()->SetScalars(colors);
}

bool any_cell(vtkPolyData* data) { return data->GetNumberOfCells() > 0; }

} // namespace

RunScene::Actor RunScene::add(vtkRenderer* layer, vtkPolyData* data, const Color& color, double opacity) {
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(data);
  mapper->ScalarVisibilityOff();
  Actor actor = Actor::New();
  actor->SetMapper(mapper);
  vtkProperty* p = actor->GetProperty();
  p->SetColor(color[0], color[1], color[2]);
  p->SetOpacity(opacity);
  p->SetAmbient(0.12);
  p->SetDiffuse(0.88);
  p->SetSpecular(0.03);
  p->SetSpecularPower(20);
  layer->AddActor(actor);
  props_.emplace_back(actor);
  return actor;
}

/// Unlit lines of @p width logical pixels, never hidden.
void RunScene::add_lines(vtkPolyData* lines, const Color& color, double width) {
  const Actor actor = add(front_, lines, color);
  actor->GetProperty()->SetLineWidth(static_cast<float>(width * look_.pixel_ratio));
  actor->GetProperty()->LightingOff();
}

void RunScene::clip(vtkActor* actor) const {
  const Vec3 origin = plane_origin(), keep = -axes_of(look_.view).towards;
  vtkNew<vtkPlane> plane;
  plane->SetOrigin(origin.data());
  plane->SetNormal(keep.data());
  actor->GetMapper()->AddClippingPlane(plane);
}

void RunScene::color_by(vtkActor* actor, vtkPolyData* data, const FieldChoice& field) {
  set_shown(data, field);
  const Range range = range_of(field);
  vtkNew<vtkLookupTable> table;
  table->SetNumberOfTableValues(256);
  for (int i = 0; i < 256; ++i) {
    const Color c = field_color(field.info.name, i / 255.0);
    table->SetTableValue(i, c[0], c[1], c[2]);
  }
  auto* mapper = vtkPolyDataMapper::SafeDownCast(actor->GetMapper());
  mapper->ScalarVisibilityOn();
  mapper->SetLookupTable(table);
  mapper->SetScalarRange(range.low, range.high);
  mapper->SetInterpolateScalarsBeforeMapping(field.place == Place::node);
}

void RunScene::add_bone(const FrameData& d) {
  const auto bone = facets_of(d.surface, 1, 4);
  const bool inside = any_cell(facets_of(d.surface, 5, 6)) || any_cell(hull_of(d.volume, 3, 4));
  const bool glass = !look_.cut && (inside || look_.landmarks);
  const Actor actor = add(solid_, with_normals(bone), palette::cortex(), glass ? 0.3 : 1);
  actor->GetProperty()->SetBackfaceCulling(glass); // one veil of bone, not two
  materials_["bone"] = palette::cortex();
  if (!look_.cut) return;
  clip(actor);
  add_lines(section_of(bone, plane_origin(), axes_of(look_.view).towards), {0.36, 0.29, 0.16}, 1.4);
}

void RunScene::add_cut(const FrameData& d) {
  const auto face = section_of(d.volume, plane_origin(), axes_of(look_.view).towards);
  if (!any_cell(face)) return;
  const Actor actor = add(solid_, face, palette::spongy());
  actor->GetProperty()->LightingOff(); // the colours of the legend, unshaded
  if (field_ && field_->place != Place::facet) {
    color_by(actor, face, *field_);
  } else {
    set_material_colors(face, bmd_.low, bmd_.high);
    actor->GetMapper()->ScalarVisibilityOn();
  }
  vtkDataArray* region = face->GetCellData()->GetArray("region");
  for (vtkIdType i = 0; region && i < region->GetNumberOfTuples(); ++i) {
    if (region->GetTuple1(i) == 3) materials_["cement"] = palette::cement();
    if (region->GetTuple1(i) == 4) materials_["cemented bone"] = palette::composite();
  }
}

void RunScene::add_inside(const FrameData& d) {
  const auto wall = facets_of(d.surface, 5, 6);
  if (wall->GetCellData()->HasArray("balloon")) {
    const bool rigid =
        std::any_of(frames_.begin(), frames_.end(), [](const FrameInfo& f) { return f.stage == "expand"; });
    add_wall(facets_of(wall, 0.5, 1, "balloon"), rigid ? "device" : "balloon", palette::balloon());
    add_wall(facets_of(wall, 0, 0.5, "balloon"), "channel", palette::cavity());
  } else if (frames_[frame_].stage == "inflate") {
    add_wall(wall, "balloon", palette::balloon());
  } else {
    add_wall(wall, "cavity", palette::cavity());
  }
  const auto cement = hull_of(d.volume, 3, 3), soaked = hull_of(d.volume, 4, 4);
  if (look_.cut && any_cell(cement))
    add_lines(section_of(cement, plane_origin(), axes_of(look_.view).towards),
              mixed(palette::cement(), {0.1, 0.2, 0.35}, 0.6), 1.4);
  if (look_.cut) return;
  if (any_cell(cement)) {
    add(solid_, with_normals(cement), palette::cement());
    materials_["cement"] = palette::cement();
  }
  if (any_cell(soaked)) {
    add(solid_, with_normals(soaked), palette::composite(), 0.2);
    materials_["cemented bone"] = palette::composite();
  }
}

/// Wall of a cavity: seen through the hole that the cut leaves, with its rim.
void RunScene::add_wall(vtkPolyData* wall, const std::string& name, const Color& color) {
  if (!any_cell(wall)) return;
  const Actor actor = add(solid_, with_normals(wall), color);
  materials_[name] = color;
  if (!look_.cut) return;
  clip(actor);
  add_lines(section_of(wall, plane_origin(), axes_of(look_.view).towards), mixed(color, {0, 0, 0}, 0.25), 2);
}

void RunScene::add_field_surface(const FrameData& d) {
  const auto skin = field_->place == Place::tet ? hull_of(d.volume, 1, 4) : d.surface;
  const auto copy = vtkSmartPointer<vtkPolyData>::New();
  copy->ShallowCopy(skin);
  color_by(add(solid_, copy, palette::cortex()), copy, *field_);
}

void RunScene::add_ghost() {
  Vec3 away;
  solid_->GetActiveCamera()->GetDirectionOfProjection(away.data());
  const auto lines =
      look_.cut ? section_of(intact_, plane_origin(), axes_of(look_.view).towards) : silhouette_of(intact_, -away);
  add_lines(lines, palette::ghost(), 1.4);
}

void RunScene::add_before() {
  const auto bone = facets_of(data(*look_.before).surface, 1, 4);
  const ViewAxes axes = axes_of(look_.view);
  add_lines(look_.cut ? section_of(bone, plane_origin(), axes.towards) : silhouette_of(bone, axes.towards),
            palette::before(), 1.4);
}

void RunScene::add_load() {
  const auto load = frames_[frame_].scalars.find("axial_load_n");
  if (look_.view == View::axial || load == frames_[frame_].scalars.end() || load->second < 1) return;
  const auto top = facets_of(data(frame_).surface, 2, 2);
  const auto centre = centre_of(top);
  if (!centre) return;
  const double high = box_of(top).upper.z(), length = 7, gap = 0.8;
  vtkNew<vtkArrowSource> source;
  source->SetTipLength(0.4);
  source->SetTipRadius(0.16);
  source->SetShaftRadius(0.06);
  source->SetTipResolution(32);
  source->SetShaftResolution(32);
  vtkNew<vtkTransform> pose;
  pose->Translate(centre->x(), centre->y(), high + gap + length);
  pose->RotateY(90); // the source points along +X
  pose->Scale(length, length, length);
  source->Update();
  const Actor arrow = add(front_, source->GetOutput(), {0.20, 0.25, 0.30});
  arrow->SetUserTransform(pose);
  const Vec3 at(centre->x(), centre->y(), high + gap + 0.6 * length);
  add_label(at + 2.5 * axes_of(look_.view).right, fmt::format("{:.0f} N", load->second), palette::ink());
}

/// Numbered dots; points that fall on one place of the picture share a label.
void RunScene::add_landmarks() {
  const ViewAxes axes = axes_of(look_.view);
  std::vector<std::pair<Vec3, std::string>> labels;
  landmark_names_.clear();
  for (const auto& [name, p] : landmarks_) {
    landmark_names_.push_back(field_title(name));
    const std::string number = std::to_string(landmark_names_.size());
    vtkNew<vtkSphereSource> dot;
    dot->SetCenter(p.x(), p.y(), p.z());
    dot->SetRadius(0.7);
    dot->SetThetaResolution(24);
    dot->SetPhiResolution(24);
    dot->Update();
    add(front_, dot->GetOutput(), {0.80, 0.10, 0.25});
    const auto same = std::find_if(labels.begin(), labels.end(), [&](const auto& label) {
      const Vec3 d = label.first - p;
      return std::hypot(d.dot(axes.right), d.dot(axes.up)) < 2;
    });
    if (same == labels.end())
      labels.emplace_back(p, number);
    else
      same->second += ", " + number;
  }
  for (const auto& [p, words] : labels) add_label(p + 1.2 * axes.right + 1.2 * axes.up, words, palette::ink());
}

void RunScene::add_label(const Vec3& at, const std::string& words, const Color& color) {
  vtkNew<vtkBillboardTextActor3D> label;
  label->SetInput(words.c_str());
  label->SetPosition(at.x(), at.y(), at.z());
  label->GetTextProperty()->SetFontFamilyToArial();
  label->GetTextProperty()->SetFontSize(static_cast<int>(15 * look_.pixel_ratio));
  label->GetTextProperty()->SetColor(color[0], color[1], color[2]);
  label->GetTextProperty()->SetVerticalJustificationToCentered();
  front_->AddViewProp(label);
  props_.emplace_back(label);
}

} // namespace kypho::detail

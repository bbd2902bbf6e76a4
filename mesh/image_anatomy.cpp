#include "mesh/image_anatomy.hpp"
#include "core/base/errors.hpp"
#include "mesh/image_density.hpp"
#include "mesh/image_labels.hpp"
#include "mesh/image_shape.hpp"
#include "mesh/landmark_anatomy.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace kypho {
namespace {

ParamSpec optional_integers(std::string name, std::string meaning) {
  ParamSpec spec;
  spec.name = std::move(name);
  spec.kind = ParamKind::integer_list;
  spec.min = 1;
  spec.max = 1e6;
  spec.meaning = std::move(meaning);
  spec.optional = true;
  return spec;
}

/// The patient's anterior, left and superior in RAS coordinates.
Mat3 patient_axes() {
  Mat3 axes;
  axes.col(0) = Vec3::UnitY();
  axes.col(1) = -Vec3::UnitX();
  axes.col(2) = Vec3::UnitZ();
  return axes;
}

ImageShape shape_of(const VertebraLabels& labels, const std::function<bool(Part)>& wanted) {
  return ImageShape(labels.map, labels.step,
                    [&](int i, int j, int k) { return wanted(labels.parts[labels.map.index(i, j, k)]); });
}

FoundVertebra find_in_labels(const VertebraLabels& labels, const std::string& level, double spacing,
                             std::optional<ImageShape>& shape) {
  shape = shape_of(labels, [](Part part) { return part != Part::none; });
  std::optional<ImageShape> body, posterior;
  FinderOptions options;
  options.level = level;
  options.spacing = spacing;
  options.first_axes = patient_axes();
  options.trim_bridges = true;
  options.border_points = shape->border_voxels();
  if (labels.body_known && std::find(labels.parts.begin(), labels.parts.end(), Part::posterior) != labels.parts.end()) {
    body = shape_of(labels, [](Part part) { return part == Part::body; });
    posterior = shape_of(labels, [](Part part) { return part == Part::posterior; });
    options.body_side = [&](const Vec3& p) { return (*body)(p) - (*posterior)(p); };
  }
  return find_vertebra([&](const Frame& f, double h) { return shape->rasterise(f, h); }, options);
}

/// @throws InputError if the border of the label map cuts body or pedicles; a cut process is a warning
void check_border(const ImageShape& shape, const FoundVertebra& found, std::vector<std::string>& warnings) {
  const Landmarks& l = found.landmarks;
  bool process_cut = false, pedicle_cut = false;
  for (const Vec3& voxel : shape.border_voxels()) {
    const Vec3 p = found.frame.from_source(voxel);
    if (found.solid.at(p) >= 0) continue;
    if (found.side.at(p) < 0) throw InputError("the border of the label map cuts the vertebral body");
    process_cut = true;
    for (const PedicleLandmarks* pedicle : {&l.left, &l.right})
      pedicle_cut |= l.has_pedicles && (p - pedicle->isthmus).norm() < 0.5 * pedicle->height;
  }
  if (pedicle_cut) throw InputError("the border of the label map cuts a pedicle");
  if (process_cut) warnings.push_back("processes are cut by the border of the image; body and pedicles are whole");
}

void check_density(const ImageDensity& density, const Calibration& calibration, std::vector<std::string>& warnings) {
  if (density.raised_share() > 0)
    warnings.push_back(fmt::format("{:.1f} % of the bone's voxels lie below {:.0f} mg/cm3 and were raised to it",
                                   100 * density.raised_share(), calibration.floor));
  if (density.covered() < 0.999)
    warnings.push_back(
        fmt::format("the volume covers only {:.1f} % of the labelled vertebra", 100 * density.covered()));
  if (density.mean_body() < 30 || density.mean_body() > 350)
    warnings.push_back(
        fmt::format("mean density of the body is {:.0f} mg/cm3; check the calibration", density.mean_body()));
}

} // namespace

ParamSpecs image_anatomy_specs() {
  return {
      path("volume", "image: the CT volume (.nii, .nii.gz, .mha, .mhd, .nrrd, .nhdr)"),
      path("labels", "image: the label map; its grid may differ from the volume's"),
      optional_integers("vertebra_labels", "image: labels that make up this vertebra; default: the number of the level "
                                           "in TotalSegmentator v2 (27 L5, 28 L4 ... 31 L1, 32 T12 ...)"),
      optional_integers("neighbour_labels",
                        "image: labels of the vertebrae above and below; voxels of theirs between this vertebra's "
                        "endplates are taken back; default: one below and above the default of vertebra_labels"),
      path("body_map", "image: a second label map that tells the vertebral body from the posterior elements"),
      optional_integers("body_labels", "image: labels of the vertebral body alone, in body_map if given (there default "
                                       "1), else among vertebra_labels; without it the body is found from the shape"),
      quantity("calibration_slope", "", "0.8", 1e-4, 1e4,
               "image: mg/cm3 per unit of the volume; 1 if its values are mg/cm3 already",
               "0.75-0.9 mg/cm3 per HU at 120 kV without a phantom, quoted"),
      quantity("calibration_offset", "mg/cm3", "0 mg/cm3", -1000, 1000, "image: density where the volume is 0"),
      quantity("density_floor", "mg/cm3", "20 mg/cm3", 1, 200,
               "image: least density; fatty marrow below it is raised to it and its share is reported", "assumption"),
  };
}

std::unique_ptr<Anatomy> make_image_anatomy(const Params& anatomy) {
  if (!anatomy.has("volume")) throw InputError("anatomy.volume: needed when source = \"image\"");
  VertebraLabels labels = read_vertebra_labels(anatomy);
  const ImageVolume volume = read_image(anatomy.text("volume"));
  std::vector<std::string> warnings = labels.map.notes;
  std::optional<ImageShape> shape;
  if (!labels.neighbours.empty()) {
    const FoundVertebra rough = find_in_labels(labels, anatomy.text("level"), 1.0, shape);
    if (const double taken = take_back_from_neighbours(labels, rough); taken > 0.005 * shape->labelled_volume())
      warnings.push_back(
          fmt::format("{:.1f} mL of the body carried the label of a neighbouring vertebra and were taken "
                      "back",
                      taken / 1000));
  }
  FoundVertebra found = find_in_labels(labels, anatomy.text("level"), 0.5, shape);
  check_border(*shape, found, warnings);

  warnings.insert(warnings.end(), volume.notes.begin(), volume.notes.end());
  const Calibration calibration{anatomy.number("calibration_slope"), anatomy.number("calibration_offset"),
                                anatomy.number("density_floor")};
  ImageDensity density(volume, found, calibration);
  check_density(density, calibration, warnings);
  auto result = std::make_unique<FoundAnatomy>(std::move(found), posterior_from(anatomy.text("posterior_elements")));
  result->set_density(std::move(density));
  result->add_warnings(warnings);
  return result;
}

} // namespace kypho

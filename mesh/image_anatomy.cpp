#include "mesh/image_anatomy.hpp"
#include "core/base/errors.hpp"
#include "mesh/image_density.hpp"
#include "mesh/image_shape.hpp"
#include "mesh/landmark_anatomy.hpp"
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <memory>

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

/// TotalSegmentator v2: 27 L5 ... 31 L1, 32 T12 ... 43 T1.
long default_label(const std::string& level) {
  const int number = std::stoi(level.substr(1));
  return level[0] == 'L' ? 32 - number : 44 - number;
}

const std::string& needed_path(const Params& anatomy, const char* key) {
  if (!anatomy.has(key)) throw InputError(fmt::format("anatomy.{}: needed when source = \"image\"", key));
  return anatomy.text(key);
}

std::string labels_present(const ImageVolume& labels) {
  std::map<long, std::size_t> counts;
  for (const float v : labels.values)
    if (v != 0 && counts.size() < 1000) ++counts[std::lround(v)];
  std::string list;
  for (const auto& [label, count] : counts) {
    if (list.size() > 200) return list + " ...";
    list += (list.empty() ? "" : ", ") + std::to_string(label);
  }
  return list.empty() ? "none" : list;
}

using Voxels = std::function<bool(int, int, int)>;

Voxels voxels_of(const ImageVolume& labels, std::vector<long> wanted) {
  return [&labels, wanted = std::move(wanted)](int i, int j, int k) {
    return std::find(wanted.begin(), wanted.end(), std::lround(labels.at(i, j, k))) != wanted.end();
  };
}

/// @throws InputError naming the label that has no voxel and those that have
void require_labels(const ImageVolume& labels, const std::vector<long>& wanted, const std::string& file, const char* key) {
  for (const long label : wanted)
    if (std::none_of(labels.values.begin(), labels.values.end(), [&](float v) { return std::lround(v) == label; }))
      throw InputError(fmt::format("{}: label {} ({}) is absent; present: {}", file, label, key, labels_present(labels)));
}

/// Whether a patient point lies in one of the wanted labels of another label map (nearest voxel).
bool holds_label(const ImageVolume& map, const Mat3& to_index, const Voxels& wanted, const Vec3& p) {
  const Vec3 u = to_index * (p - map.origin);
  const int i = static_cast<int>(std::lround(u[0])), j = static_cast<int>(std::lround(u[1])),
            k = static_cast<int>(std::lround(u[2]));
  return map.holds(i, j, k) && wanted(i, j, k);
}

/// Body and posterior elements as the labels tell them; empty functions where they do not.
struct Parts {
  std::shared_ptr<ImageShape> body, posterior;
};

Parts read_parts(const Params& anatomy, const ImageVolume& labels, const Voxels& vertebra) {
  if (!anatomy.has("body_map") && !anatomy.has("body_labels")) return {};
  ImageVolume map;
  Voxels body;
  const std::vector<long> wanted = anatomy.has("body_labels") ? anatomy.integers("body_labels") : std::vector<long>{1};
  if (anatomy.has("body_map")) {
    map = read_image(anatomy.text("body_map"));
    require_labels(map, wanted, anatomy.text("body_map"), "body_labels");
    const Mat3 to_index = map.axes.inverse();
    body = [&, to_index, in_map = voxels_of(map, wanted)](int i, int j, int k) {
      return vertebra(i, j, k) && holds_label(map, to_index, in_map, labels.to_patient(Vec3(i, j, k)));
    };
  } else {
    require_labels(labels, wanted, anatomy.text("labels"), "body_labels");
    body = [&, in_labels = voxels_of(labels, wanted)](int i, int j, int k) {
      return vertebra(i, j, k) && in_labels(i, j, k);
    };
  }
  bool any_body = false, any_posterior = false;
  for (int k = 0; k < labels.size[2]; ++k)
    for (int j = 0; j < labels.size[1]; ++j)
      for (int i = 0; i < labels.size[0]; ++i)
        if (vertebra(i, j, k)) (body(i, j, k) ? any_body : any_posterior) = true;
  if (!any_body) throw InputError("anatomy.body_labels: no voxel of the vertebra belongs to its body");
  if (!any_posterior) return {};
  return {std::make_shared<ImageShape>(labels, body),
          std::make_shared<ImageShape>(labels, [&](int i, int j, int k) { return vertebra(i, j, k) && !body(i, j, k); })};
}

/// @throws InputError if the border of the label map cuts body or pedicles; a cut process is a warning
void check_border(const ImageShape& shape, const FoundVertebra& found, std::vector<std::string>& warnings) {
  if (!shape.cut_by_border()) return;
  const Landmarks& l = found.landmarks;
  for (const Vec3& voxel : shape.border_voxels()) {
    const Vec3 p = found.frame.from_source(voxel);
    if (found.side.at(p) < 0) throw InputError("the border of the label map cuts the vertebral body");
    for (const PedicleLandmarks* pedicle : {&l.left, &l.right})
      if (l.has_pedicles && (p - pedicle->isthmus).norm() < 0.5 * pedicle->height)
        throw InputError("the border of the label map cuts a pedicle");
  }
  warnings.push_back("processes are cut by the border of the image; body and pedicles are whole");
}

void check_density(const ImageDensity& density, const Calibration& calibration, std::vector<std::string>& warnings) {
  if (density.raised_share() > 0)
    warnings.push_back(fmt::format("{:.1f} % of the bone's voxels lie below {:.0f} mg/cm3 and were raised to it",
                                   100 * density.raised_share(), calibration.floor));
  if (density.covered() < 0.999)
    warnings.push_back(fmt::format("the volume covers only {:.1f} % of the labelled vertebra", 100 * density.covered()));
  if (density.mean_body() < 30 || density.mean_body() > 350)
    warnings.push_back(fmt::format("mean density of the body is {:.0f} mg/cm3; check the calibration",
                                   density.mean_body()));
}

} // namespace

ParamSpecs image_anatomy_specs() {
  return {
      path("volume", "image: the CT volume (.nii, .nii.gz, .mha, .mhd, .nrrd, .nhdr)"),
      path("labels", "image: the label map; its grid may differ from the volume's"),
      optional_integers("vertebra_labels", "image: labels that make up this vertebra; default: the number of the level "
                                           "in TotalSegmentator v2 (27 L5, 28 L4 ... 31 L1, 32 T12 ...)"),
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
  const std::string &volume_file = needed_path(anatomy, "volume"), &labels_file = needed_path(anatomy, "labels");
  const std::string& level = anatomy.text("level");
  const std::vector<long> wanted = anatomy.has("vertebra_labels") ? anatomy.integers("vertebra_labels")
                                                                  : std::vector<long>{default_label(level)};
  const ImageVolume labels = read_image(labels_file);
  require_labels(labels, wanted, labels_file, "vertebra_labels");
  const Voxels vertebra = voxels_of(labels, wanted);
  const ImageShape shape(labels, vertebra);
  const Parts parts = read_parts(anatomy, labels, vertebra);
  SideField side;
  if (parts.body) side = [&](const Vec3& p) { return (*parts.body)(p) - (*parts.posterior)(p); };
  FoundVertebra found = find_vertebra([&](const Frame& f, double h) { return shape.rasterise(f, h); }, side,
                                      patient_axes(), level);
  std::vector<std::string> warnings = labels.notes;
  check_border(shape, found, warnings);

  const ImageVolume volume = read_image(volume_file);
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

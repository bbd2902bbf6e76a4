#include "mesh/image_anatomy.hpp"
#include "core/base/errors.hpp"

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

std::unique_ptr<Anatomy> make_image_anatomy(const Params&) { throw InputError("source = 'image' is not built yet"); }

} // namespace kypho

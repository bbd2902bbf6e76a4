#pragma once
// Scans of the parametric L1: CT and labels on different oblique grids.
#include "core/base/errors.hpp"
#include "image_phantom.hpp"
#include "mesh_probe.hpp"

namespace kypho::test {

constexpr double fat = -120, soft_tissue = 40; // HU

/// The parametric L1, whole, as the truth behind the images.
inline const Anatomy& truth() {
  static const std::unique_ptr<Anatomy> anatomy = [] {
    Params params = vertebra("L1");
    params.set("posterior_elements", std::string("full"));
    params.set("density_variation", 0.0); // finer than the voxels
    return make_anatomy(params);
  }();
  return *anatomy;
}

inline Box box_around(double margin) {
  Box box = truth().bounds();
  box.lower.array() -= margin;
  box.upper.array() += margin;
  return box;
}

inline float label_at(const Vec3& p) { return truth().region(p) == Region::outside ? 0.0F : 31.0F; }

/// HU at 0.8 mg/cm3 per HU; a bright cortex at the surface and muscle and fat around the bone.
inline float hounsfield_at(const Vec3& p) {
  if (truth().region(p) == Region::outside) return p.y() > 0 ? fat : soft_tissue;
  for (const Vec3& d :
       {Vec3(0.6, 0, 0), Vec3(-0.6, 0, 0), Vec3(0, 0.6, 0), Vec3(0, -0.6, 0), Vec3(0, 0, 0.6), Vec3(0, 0, -0.6)})
    if (truth().region(p + d) == Region::outside) return 900;
  return static_cast<float>(truth().bmd(p) / 0.8);
}

/// CT of 1.2 mm and labels of 1.7 mm voxels, on different oblique grids.
struct Files {
  Folder folder;
  std::filesystem::path volume, labels;
  explicit Files(double ct_voxel = 1.2, double label_voxel = 1.7, double margin = 6) {
    volume = folder / "ct.nii";
    labels = folder / "labels.nii";
    write_nifti(volume, scan(usual_pose(), oblique_rotation() * ct_voxel, box_around(margin), hounsfield_at),
                {.type = ValueType::int16});
    write_nifti(labels, scan(usual_pose(), oblique_rotation().transpose() * label_voxel, box_around(margin), label_at),
                {.type = ValueType::uint8});
  }
  Params params() const {
    Params p = vertebra("L1");
    p.set("source", std::string("image"));
    p.set("volume", volume.string());
    p.set("labels", labels.string());
    p.set("posterior_elements", std::string("full"));
    return p;
  }
};

/// One scan for all tests of a program, and the vertebra found in it.
inline const Files& files() {
  static const Files shared;
  return shared;
}

inline const Anatomy& shared_anatomy() {
  static const std::unique_ptr<Anatomy> anatomy = make_anatomy(files().params());
  return *anatomy;
}

inline std::string error_of(const Params& params) {
  try {
    make_anatomy(params);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

/// Calls @p visit on a grid over the anatomy.
template <class Visit>
void over(const Box& box, double step, Visit&& visit) {
  for (double x = box.lower.x(); x <= box.upper.x(); x += step)
    for (double y = box.lower.y(); y <= box.upper.y(); y += step)
      for (double z = box.lower.z(); z <= box.upper.z(); z += step) visit(Vec3(x, y, z));
}

inline double volume_of(const Anatomy& anatomy, Region region) {
  constexpr double step = 0.6;
  double count = 0;
  over(anatomy.bounds(), step, [&](const Vec3& p) { count += anatomy.region(p) == region; });
  return count * step * step * step;
}

} // namespace kypho::test

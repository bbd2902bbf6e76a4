#pragma once
// One three-dimensional image with its place in the patient, as read from NIfTI, MetaImage or NRRD.
#include "core/base/types.hpp"
#include <filesystem>

namespace kypho {

/// Voxel values, first index fastest. Patient coordinates are RAS: +x right, +y anterior, +z superior, mm.
struct ImageVolume {
  std::array<int, 3> size{0, 0, 0};
  Mat3 axes = Mat3::Identity();   ///< columns: the step of one voxel along each index, mm
  Vec3 origin = Vec3::Zero();     ///< centre of voxel (0,0,0), mm
  std::vector<float> values;      ///< rescaled by the slope and intercept of the file
  std::vector<std::string> notes; ///< what a person should know about the file

  std::size_t index(int i, int j, int k) const { return (static_cast<std::size_t>(k) * size[1] + j) * size[0] + i; }
  float at(int i, int j, int k) const { return values[index(i, j, k)]; }
  bool holds(int i, int j, int k) const {
    return i >= 0 && j >= 0 && k >= 0 && i < size[0] && j < size[1] && k < size[2];
  }
  Vec3 to_patient(const Vec3& voxel) const { return axes * voxel + origin; }
  Vec3 spacing() const { return axes.colwise().norm().transpose(); }
};

/// Reads .nii, .nii.gz, .mha, .mhd, .nrrd or .nhdr, one scalar per voxel.
/// Direction: sform before qform (NIfTI); TransformMatrix, LPS (MetaImage); space directions and space (NRRD).
/// @throws InputError naming the file if it is absent, of another kind, truncated, or not a single 3-D volume
ImageVolume read_image(const std::filesystem::path& file);

} // namespace kypho

#pragma once
// The lines of MetaImage and NRRD headers that place the image in the patient; VTK 9.1's readers drop the directions.
#include "core/base/types.hpp"
#include <filesystem>

namespace kypho {

/// Place of the voxels in RAS patient coordinates, mm.
struct ImageHeader {
  Mat3 axes = Mat3::Identity(); ///< columns: the step of one voxel along each index
  Vec3 origin = Vec3::Zero();
  std::vector<std::string> notes;
};

/// TransformMatrix (rows are the directions of the axes), Offset, ElementSpacing; the world is LPS (ITK's convention).
/// @throws InputError if the header is not that of one 3-D image of scalars
ImageHeader read_metaimage_header(const std::filesystem::path& file);

/// `space`, `space directions`, `space origin`; or `spacings` alone (Teem's NRRD format, nrrd0001 to 0005).
/// @throws InputError if the header is not that of one 3-D image
ImageHeader read_nrrd_header(const std::filesystem::path& file);

} // namespace kypho

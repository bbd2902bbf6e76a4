#pragma once
// The text headers of MetaImage and NRRD files: what places the voxels in the patient (VTK 9.1's readers drop the
// directions) and, for NRRD, where and how they are stored.
#include "core/base/types.hpp"
#include <filesystem>
#include <map>

namespace kypho {

/// Keys in lower case.
using HeaderFields = std::map<std::string, std::string>;

struct ImageHeader {
  Mat3 axes = Mat3::Identity(); ///< columns: the step of one voxel along each index, RAS patient coordinates, mm
  Vec3 origin = Vec3::Zero();   ///< centre of the first voxel
  std::vector<std::string> notes;
  HeaderFields fields;
  std::size_t bytes = 0; ///< length of the header in the file (NRRD: the empty line included)
};

/// TransformMatrix (rows are the directions of the axes), Offset, ElementSpacing; the world is LPS (ITK's convention).
/// @throws InputError if the header is not that of one 3-D image of scalars
ImageHeader read_metaimage_header(const std::filesystem::path& file);

/// `space`, `space directions`, `space origin`; or `spacings` alone (Teem's NRRD format, nrrd0001 to 0005).
/// @throws InputError if the header is not that of one 3-D image
ImageHeader read_nrrd_header(const std::filesystem::path& file);

/// All numbers of a line; parentheses and commas count as blanks, words are passed over.
std::vector<double> numbers_in(std::string text);

} // namespace kypho

#pragma once
// The voxels of a NRRD file: raw, gzip or text, one attached or detached data file. VTK 9.1's own reader mirrors some
// spaces, takes short first axes for vectors and reads one slice of compressed files only.
#include "mesh/image_header.hpp"
#include "mesh/image_volume.hpp"

namespace kypho {

/// Fills size and values. @param header as read by read_nrrd_header
/// @throws InputError naming the file for truncated data, or a type or encoding that is not read
void read_nrrd_voxels(const std::filesystem::path& file, const ImageHeader& header, ImageVolume& image);

} // namespace kypho

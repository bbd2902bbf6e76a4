// Reading, through VTK but for NRRD. The libraries below it write to the terminal when a file is bad; that text is caught and becomes
// part of the one message of the error.
#include "core/base/errors.hpp"
#include "mesh/image_header.hpp"
#include "mesh/image_nrrd.hpp"
#include "mesh/image_volume.hpp"
#include "mesh/vtk_capture.hpp"
#include <Eigen/Dense>
#include <algorithm>
#include <fmt/format.h>
#include <vtkImageCast.h>
#include <vtkImageData.h>
#include <vtkMatrix4x4.h>
#include <vtkMetaImageReader.h>
#include <vtkNIFTIImageHeader.h>
#include <vtkNIFTIImageReader.h>
#include <vtkNew.h>
#include <vtkPointData.h>

namespace kypho {
namespace {

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string lower_name(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

void require_volume(const ImageVolume& image, const std::filesystem::path& file) {
  if (image.size[0] < 2 || image.size[1] < 2 || image.size[2] < 2)
    throw InputError(fmt::format("{}: is {} x {} x {} voxels; a three-dimensional volume is needed", file.string(),
                                 image.size[0], image.size[1], image.size[2]));
}

/// Runs the reader and copies sizes and values. @throws InputError with what VTK had to say
void read_values(vtkImageReader2& reader, const std::filesystem::path& file, ImageVolume& image) {
  vtkNew<vtkImageCast> cast;
  cast->SetOutputScalarTypeToFloat();
  cast->SetInputConnection(reader.GetOutputPort());
  std::string said;
  {
    VtkCapture capture;
    try {
      cast->Update();
    } catch (const std::exception& error) {
      throw InputError(fmt::format("{}: cannot be read: {}", file.string(), error.what()));
    }
    said = capture.text();
  }
  vtkImageData* data = cast->GetOutput();
  data->GetDimensions(image.size.data());
  const long voxels = static_cast<long>(image.size[0]) * image.size[1] * image.size[2];
  if (!said.empty() || reader.GetErrorCode() != 0 || voxels <= 0 || data->GetPointData()->GetScalars() == nullptr)
    throw InputError(
        fmt::format("{}: truncated or unreadable image{}{}", file.string(), said.empty() ? "" : ": ", said));
  if (data->GetNumberOfScalarComponents() != 1)
    throw InputError(fmt::format("{}: has {} values per voxel; a single one is needed", file.string(),
                                 data->GetNumberOfScalarComponents()));
  require_volume(image, file);
  const auto* first = static_cast<const float*>(data->GetScalarPointer());
  image.values.assign(first, first + voxels);
}

void rescale(ImageVolume& image, double slope, double intercept) {
  if (slope == 0 || (slope == 1 && intercept == 0)) return;
  for (float& v : image.values) v = static_cast<float>(v * slope + intercept);
}

ImageVolume read_nifti(const std::filesystem::path& file) {
  vtkNew<vtkNIFTIImageReader> reader;
  reader->SetFileName(file.c_str());
  ImageVolume image;
  read_values(*reader, file, image);
  if (reader->GetTimeDimension() > 1)
    throw InputError(fmt::format("{}: is a series of {} volumes; a single one is needed", file.string(),
                                 reader->GetTimeDimension()));
  const vtkNIFTIImageHeader* header = reader->GetNIFTIHeader();
  rescale(image, reader->GetRescaleSlope(), reader->GetRescaleIntercept());
  const int unit = const_cast<vtkNIFTIImageHeader*>(header)->GetXYZTUnits() & 7;
  const double to_mm = unit == 1 ? 1000 : unit == 3 ? 0.001 : 1; // NIfTI-1 standard: 1 m, 2 mm, 3 um
  const Vec3 spacing = Vec3(reader->GetDataSpacing()) * to_mm;
  vtkMatrix4x4* place = reader->GetSFormMatrix() != nullptr ? reader->GetSFormMatrix() : reader->GetQFormMatrix();
  if (place == nullptr) {
    image.notes.push_back(file.filename().string() + ": no orientation in the file; its axes are taken as right, "
                                                     "anterior, superior");
    image.axes = spacing.asDiagonal();
    return image;
  }
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column)
      image.axes(row, column) = place->GetElement(row, column) * spacing[column];
    image.origin[row] = place->GetElement(row, 3) * to_mm;
  }
  return image;
}

ImageVolume read_metaimage(const std::filesystem::path& file) {
  const ImageHeader header = read_metaimage_header(file);
  vtkNew<vtkMetaImageReader> reader;
  reader->SetFileName(file.c_str());
  ImageVolume image;
  read_values(*reader, file, image);
  image.axes = header.axes;
  image.origin = header.origin;
  image.notes = header.notes;
  return image;
}

ImageVolume read_nrrd(const std::filesystem::path& file) {
  const ImageHeader header = read_nrrd_header(file);
  ImageVolume image;
  image.axes = header.axes;
  image.origin = header.origin;
  image.notes = header.notes;
  read_nrrd_voxels(file, header, image);
  require_volume(image, file);
  return image;
}

} // namespace

ImageVolume read_image(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file)) throw InputError(fmt::format("{}: no such image file", file.string()));
  const std::string name = lower_name(file);
  ImageVolume image;
  if (ends_with(name, ".nii") || ends_with(name, ".nii.gz"))
    image = read_nifti(file);
  else if (ends_with(name, ".mha") || ends_with(name, ".mhd"))
    image = read_metaimage(file);
  else if (ends_with(name, ".nrrd") || ends_with(name, ".nhdr"))
    image = read_nrrd(file);
  else
    throw InputError(
        fmt::format("{}: unknown kind of image; .nii, .nii.gz, .mha, .mhd, .nrrd and .nhdr are read", file.string()));
  if (!image.axes.allFinite() || !image.origin.allFinite() || std::abs(image.axes.determinant()) < 1e-9)
    throw InputError(fmt::format("{}: the directions of its axes do not span space", file.string()));
  return image;
}

} // namespace kypho

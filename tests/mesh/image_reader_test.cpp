#include "core/base/errors.hpp"
#include "image_phantom.hpp"
#include "mesh/image_volume.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kypho {
namespace {

using namespace test;
using ::testing::HasSubstr;

const Vec3 voxel(0.8, 1.25, 2.5);

Phantom oblique_volume() { return numbered_volume(oblique_rotation() * voxel.asDiagonal(), Vec3(-31.5, 12.25, 640)); }

/// Each value of the phantom must be read at the place where the phantom has it, in whatever order.
void expect_same_places(const ImageVolume& image, const Phantom& phantom) {
  ASSERT_EQ(image.values.size(), phantom.values.size());
  std::vector<Vec3> place(phantom.values.size());
  for (int k = 0; k < phantom.size[2]; ++k)
    for (int j = 0; j < phantom.size[1]; ++j)
      for (int i = 0; i < phantom.size[0]; ++i)
        place[static_cast<std::size_t>(phantom.values[phantom.index(i, j, k)])] = phantom.place(i, j, k);
  double farthest = 0;
  for (int k = 0; k < image.size[2]; ++k)
    for (int j = 0; j < image.size[1]; ++j)
      for (int i = 0; i < image.size[0]; ++i)
        farthest = std::max(
            farthest, (image.to_patient(Vec3(i, j, k)) - place[static_cast<std::size_t>(image.at(i, j, k))]).norm());
  EXPECT_LT(farthest, 1e-3); // headers carry single precision: 1e-7 of 640 mm, times the voxels
}

std::string error_of(const std::filesystem::path& file) {
  try {
    read_image(file);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

/// What read_image says of @p file, and that it says nothing on the terminal by itself.
std::string quiet_error_of(const std::filesystem::path& file) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  const std::string error = error_of(file);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  return error;
}

TEST(ImageReader, nifti_voxels_lie_where_the_sform_says) {
  const Folder folder;
  write_nifti(folder / "a.nii", oblique_volume());
  expect_same_places(read_image(folder / "a.nii"), oblique_volume());
}

TEST(ImageReader, nifti_voxels_lie_where_the_qform_says) {
  const Folder folder;
  write_nifti(folder / "a.nii", oblique_volume(), {.sform = false});
  expect_same_places(read_image(folder / "a.nii"), oblique_volume());
}

TEST(ImageReader, nifti_with_left_handed_axes_keeps_its_slices_in_place) {
  const Folder folder;
  Phantom mirrored = oblique_volume();
  mirrored.axes.col(2) *= -1;
  for (const bool sform : {true, false}) {
    write_nifti(folder / "a.nii", mirrored, {.sform = sform});
    expect_same_places(read_image(folder / "a.nii"), mirrored);
  }
}

TEST(ImageReader, nifti_with_swapped_axes_keeps_its_voxels_in_place) {
  const Folder folder;
  Phantom swapped = oblique_volume();
  swapped.axes.col(0).swap(swapped.axes.col(2));
  write_nifti(folder / "a.nii", swapped);
  expect_same_places(read_image(folder / "a.nii"), swapped);
}

TEST(ImageReader, metaimage_voxels_lie_where_the_transform_matrix_says) {
  const Folder folder;
  write_metaimage(folder / "a.mha", oblique_volume());
  expect_same_places(read_image(folder / "a.mha"), oblique_volume());
}

TEST(ImageReader, nrrd_voxels_lie_where_the_space_directions_say) {
  const Folder folder;
  for (const char* space : {"left-posterior-superior", "right-anterior-superior"}) {
    for (const bool gzip : {false, true}) {
      write_nrrd(folder / "a.nrrd", oblique_volume(), space, ValueType::int16, gzip);
      expect_same_places(read_image(folder / "a.nrrd"), oblique_volume());
    }
  }
}

TEST(ImageReader, slope_and_intercept_of_the_file_are_applied) {
  const Folder folder;
  write_nifti(folder / "a.nii", oblique_volume(), {.type = ValueType::int16, .slope = 0.5F, .intercept = -1024});
  const ImageVolume image = read_image(folder / "a.nii");
  EXPECT_FLOAT_EQ(image.at(3, 0, 0), 3 * 0.5F - 1024);
}

TEST(ImageReader, truncated_files_are_refused_by_name_and_without_noise) {
  const Folder folder;
  write_nifti(folder / "short.nii", oblique_volume());
  write_metaimage(folder / "short.mha", oblique_volume());
  write_nrrd(folder / "short.nrrd", oblique_volume(), "left-posterior-superior");
  write_nrrd(folder / "packed.nrrd", oblique_volume(), "left-posterior-superior", ValueType::float32, true);
  for (const char* name : {"short.nii", "short.mha", "short.nrrd", "packed.nrrd"}) {
    cut_short(folder / name, 200);
    const std::string error = quiet_error_of(folder / name);
    EXPECT_THAT(error, HasSubstr((folder / name).string()));
    EXPECT_THAT(error, HasSubstr("truncated"));
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
}

TEST(ImageReader, files_that_are_no_images_are_refused_by_name_and_without_noise) {
  const Folder folder;
  for (const char* name : {"noise.nii", "noise.nii.gz", "noise.mha", "noise.nrrd"}) {
    write_nifti(folder / name, oblique_volume());
    cut_short(folder / name, std::filesystem::file_size(folder / name) - 20);
    EXPECT_THAT(quiet_error_of(folder / name), HasSubstr(name));
  }
}

TEST(ImageReader, series_and_unknown_kinds_and_absent_files_are_refused) {
  const Folder folder;
  write_nifti(folder / "series.nii", oblique_volume(), {.frames = 3});
  EXPECT_THAT(error_of(folder / "series.nii"), HasSubstr("series of 3 volumes"));
  write_nifti(folder / "a.dcm", oblique_volume());
  EXPECT_THAT(error_of(folder / "a.dcm"), HasSubstr("unknown kind of image"));
  EXPECT_THAT(error_of(folder / "absent.nii"), HasSubstr("no such image file"));
}

} // namespace
} // namespace kypho

#pragma once
// A vertebra of known shape as an image: written by hand, byte by byte, so that no reader is tested against its own library.
#include "core/base/types.hpp"
#include <filesystem>
#include <functional>

namespace kypho::test {

/// Voxels with their place in RAS patient coordinates, as in ImageVolume, but with its own arithmetic.
struct Phantom {
  std::array<int, 3> size{0, 0, 0};
  Mat3 axes = Mat3::Identity(); ///< columns: step of one voxel, mm
  Vec3 origin = Vec3::Zero();
  std::vector<float> values;
  std::size_t index(int i, int j, int k) const { return (static_cast<std::size_t>(k) * size[1] + j) * size[0] + i; }
  Vec3 place(int i, int j, int k) const { return axes * Vec3(i, j, k) + origin; }
};

/// Rotation of an oblique scan: 20, -12 and 9 degrees about x, y, z.
Mat3 oblique_rotation();
/// Every voxel holds a value of its own.
Phantom numbered_volume(const Mat3& axes, const Vec3& origin);

enum class ValueType { uint8, int16, float32 };

struct NiftiOptions {
  bool sform = true; ///< else qform
  ValueType type = ValueType::float32;
  float slope = 1, intercept = 0;
  short frames = 1; ///< claimed number of volumes
};
void write_nifti(const std::filesystem::path& file, const Phantom& phantom, const NiftiOptions& options = {});
/// With TransformMatrix, Offset and ElementSpacing in LPS.
void write_metaimage(const std::filesystem::path& file, const Phantom& phantom, ValueType type = ValueType::float32);
/// With space directions. @param space "left-posterior-superior" or "right-anterior-superior"
void write_nrrd(const std::filesystem::path& file, const Phantom& phantom, const std::string& space,
                ValueType type = ValueType::float32, bool gzip = false);
/// Drops the last @p bytes of a file.
void cut_short(const std::filesystem::path& file, std::uintmax_t bytes);

/// Where the anatomical frame of a scanned vertebra lies in the patient.
struct Pose {
  Mat3 axes; ///< columns: anterior, left, cranial in RAS
  Vec3 origin;
};
Pose usual_pose(); ///< tilted by 10 degrees in all planes

/// An image over @p box (anatomical frame): voxel values are what @p value says at the anatomical point.
Phantom scan(const Pose& pose, const Mat3& voxel_axes, const Box& box, const std::function<float(const Vec3&)>& value);

/// A folder of its own that is removed with the object.
class Folder {
public:
  Folder();
  ~Folder();
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

} // namespace kypho::test

#pragma once
// Bone mineral density inside a vertebra from a calibrated image.
//
// A voxel is trusted when it lies wholly inside the bone and away from the cortex and its blur: deeper than half its
// diagonal plus 1 mm. In the body the trusted values are continued to the surface by solving Laplace's equation, so
// that neither soft tissue nor the cortical shell (which the model adds by itself) enters. Posterior elements are thin:
// there shallower voxels count too, the less the shallower they are.
#include "mesh/image_volume.hpp"
#include "mesh/landmark_finder.hpp"

namespace kypho {

/// density = slope * value + offset, at least `floor`, mg/cm3.
struct Calibration {
  double slope = 1, offset = 0, floor = 20;
};

class ImageDensity {
public:
  /// @param found frame in patient coordinates, solid and side
  /// @throws InputError if the image does not cover the vertebral body
  ImageDensity(const ImageVolume& image, const FoundVertebra& found, const Calibration& calibration);
  /// Trilinear. @param p anatomical frame, mm @return mg/cm3
  double operator()(const Vec3& p) const { return field_.at(turn_ * p + shift_); }

  double raised_share() const { return raised_share_; } ///< of the trusted voxels, lifted to the floor
  double mean_body() const { return mean_body_; }       ///< over the body's trusted voxels, mg/cm3
  double covered() const { return covered_; }           ///< share of the vertebra that the image covers

private:
  ScalarGrid field_; ///< over the cropped voxels, unit: voxel index
  Mat3 turn_;        ///< anatomical point to cropped voxel index
  Vec3 shift_;
  double raised_share_ = 0, mean_body_ = 0, covered_ = 1;
};

} // namespace kypho

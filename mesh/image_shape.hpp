#pragma once
// The smooth solid of some labels of a label map.
//
// Starting from the signed distance to the voxelated set, the field flows by diffusion and is kept on its side at every
// voxel centre and a signed distance in between: the surface becomes as smooth as the labels allow (Whitaker 2000,
// "Reducing aliasing artifacts in iso-surfaces of binary volumes"; here on the whole band instead of a sparse field).
// Diffusion wears convex parts off; a constant shift of the level gives the labelled volume back.
#include "mesh/image_volume.hpp"
#include "mesh/landmark_grid.hpp"
#include <functional>

namespace kypho {

/// A signed distance, mm, negative inside, that can be asked at any patient point. Immutable use is thread-safe.
class ImageShape {
public:
  /// @param inside tells whether voxel (i,j,k) of @p image belongs to the solid
  /// @throws InputError if no voxel does
  ImageShape(const ImageVolume& image, const std::function<bool(int, int, int)>& inside);

  /// Between voxel centres by Catmull-Rom cubics. @param p patient coordinates, mm
  double operator()(const Vec3& p) const;
  /// Lattice over the solid in @p frame (given in patient coordinates), 2 mm or more of margin; a signed distance.
  ScalarGrid rasterise(const Frame& frame, double spacing) const;

  double labelled_volume() const { return labelled_volume_; } ///< voxels times their volume, mm3
  bool cut_by_border() const { return cut_by_border_; }       ///< the solid reaches the border of the image
  const std::vector<Vec3>& surface_voxels() const { return surface_voxels_; } ///< centres beside the outside, patient
  /// Centres of the voxels that lie in the outermost layer of the image, patient coordinates.
  const std::vector<Vec3>& border_voxels() const { return border_voxels_; }

private:
  void smooth(double length);
  void restore_volume();

  ScalarGrid field_; ///< over the cropped voxels: axes are the indices, unit mm
  Mat3 to_index_;    ///< patient to cropped voxel index
  Vec3 first_;       ///< patient position of the first cropped voxel, mm
  std::vector<float> side_; ///< +1 outside, -1 inside, per voxel
  std::vector<Vec3> surface_voxels_, border_voxels_;
  double labelled_volume_ = 0;
  double level_ = 0;
  bool cut_by_border_ = false;
};

} // namespace kypho

#pragma once
// The smooth solid of some labels of a label map.
//
// The signed distance to the voxelated set is smoothed by diffusion with twicing (each blur is followed by giving back
// what blurring once more would take, so that only what is as short as the voxels is lost) and made a distance again,
// while no place may move farther from where the voxels put the surface than their size explains (after Whitaker 2000,
// "Reducing aliasing artifacts in iso-surfaces of binary volumes"). Shifts of the level give every neighbourhood of two
// label steps its labelled volume back: shorter ones would bring the stairs of slanted plates back too.
#include "mesh/image_volume.hpp"
#include "mesh/landmark_grid.hpp"
#include <functional>

namespace kypho {

/// A signed distance, mm, negative inside, that can be asked at any patient point. Immutable use is thread-safe.
class ImageShape {
public:
  /// @param label_step size of the steps in the labels along the image's axes, mm: the voxels', or more
  /// @param inside tells whether voxel (i,j,k) of @p image belongs to the solid
  /// @throws InputError if no voxel does
  ImageShape(const ImageVolume& image, const Vec3& label_step, const std::function<bool(int, int, int)>& inside);

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
  std::vector<float> room_to_move() const;
  void smooth();
  void restore_local_volume(const std::vector<float>& labelled);
  void restore_volume();

  ScalarGrid field_; ///< over the cropped voxels: axes are the indices, unit mm
  Mat3 to_index_;    ///< patient to cropped voxel index
  Vec3 first_;       ///< patient position of the first cropped voxel, mm
  Vec3 label_step_;
  std::vector<Vec3> surface_voxels_, border_voxels_;
  double labelled_volume_ = 0;
  double level_ = 0;
  bool cut_by_border_ = false;
};

} // namespace kypho

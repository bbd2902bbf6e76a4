#pragma once
// The voxels of one vertebra in a label map, and which of them are its body.
#include "core/base/params.hpp"
#include "mesh/image_volume.hpp"
#include "mesh/landmark_finder.hpp"

namespace kypho {

/// What a voxel of the label map belongs to.
enum class Part : std::uint8_t { none, vertebra, body, posterior }; // `vertebra`: not told which of the two

struct VertebraLabels {
  ImageVolume map;         ///< place of the voxels; values are the labels
  std::vector<Part> parts; ///< per voxel
  /// Size of the steps in the labels along the axes, mm: often made on a coarser grid than the file's, so that slices
  /// repeat.
  Vec3 step = Vec3::Ones();
  bool body_known = false;      ///< parts are `body` and `posterior`, never `vertebra`
  std::vector<long> neighbours; ///< labels of the vertebrae above and below, empty if not known
};

/// Keys of [anatomy]: labels, vertebra_labels, neighbour_labels, body_map, body_labels, level.
/// @throws InputError for unreadable maps, absent labels (those present are listed), a vertebra without body
VertebraLabels read_vertebra_labels(const Params& anatomy);

/// Takes voxels back that carry a neighbour's label but lie in the body, between the endplates and in front of the
/// posterior wall, where no other vertebra can be.
/// @return volume taken back, mm3
double take_back_from_neighbours(VertebraLabels& labels, const FoundVertebra& found);

} // namespace kypho

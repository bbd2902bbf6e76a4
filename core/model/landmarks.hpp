#pragma once
// Where the parts of a vertebra are, in the anatomical frame (+X anterior, +Y left, +Z cranial), intact state, mm.
#include "core/base/archive.hpp"

namespace kypho {

struct EndplateLandmarks {
  Vec3 centre;    ///< in the plane of the rim, midway between its anterior and posterior point
  Vec3 normal;    ///< unit, pointing out of the body
  Vec3 anterior;  ///< mid-sagittal point of the anterior rim
  Vec3 posterior; ///< mid-sagittal point of the posterior rim
  KYPHO_STATE(centre, normal, anterior, posterior)
};

struct PedicleLandmarks {
  Vec3 isthmus;  ///< centre of the narrowest section
  Vec3 axis;     ///< unit, from the arch into the body
  double width;  ///< transverse, mm
  double height; ///< mm
  Vec3 entry;    ///< where the axis leaves the bone behind
  KYPHO_STATE(isthmus, axis, width, height, entry)
};

struct Landmarks {
  std::string level; ///< "L1"
  EndplateLandmarks upper, lower;
  bool has_pedicles = true; ///< false for a body without its arch
  PedicleLandmarks left, right;
  Vec3 canal; ///< centre of the vertebral canal at mid-height
  double canal_depth = 0, canal_width = 0;
  double depth = 0, width = 0; ///< of the body at mid-height
  KYPHO_STATE(level, upper, lower, has_pedicles, left, right, canal, canal_depth, canal_width, depth, width)
};

} // namespace kypho

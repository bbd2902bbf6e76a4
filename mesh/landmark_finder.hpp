#pragma once
// Finds the anatomical frame of a vertebra from its shape alone, divides it into body and posterior elements, and
// measures its landmarks. Shared by the image and the surface anatomies.
//
// Frame: the endplate planes give +Z (normal to their mean), mirror symmetry gives the sagittal plane, the middle
// between the endplates the origin. A first guess within about 30 degrees is needed.
#include "core/model/landmarks.hpp"
#include "mesh/landmark_body.hpp"
#include "mesh/landmark_grid.hpp"

namespace kypho {

/// Negative nearer to the body, positive nearer to the posterior elements. @param p source coordinates, mm
using SideField = std::function<double(const Vec3& p)>;

struct FinderOptions {
  std::string level;                  ///< "L1", copied into the landmarks
  Mat3 first_axes = Mat3::Identity(); ///< columns: roughly anterior, left, cranial in source coordinates
  SideField body_side;                ///< the border behind the body, if known; empty: found from the shape
  double spacing = 0.5;               ///< of the lattices that are returned, mm
  /// Cut off bone of the body that bridges to the neighbours, when there is much of it or the image ends in it.
  bool trim_bridges = false;
  std::vector<Vec3> border_points; ///< where the solid is cut by the border of its image, source coordinates
};

struct FoundVertebra {
  Frame frame;      ///< the anatomical frame in source coordinates
  ScalarGrid solid; ///< signed distance of the whole, anatomical frame, mm
  ScalarGrid side;  ///< same lattice: negative where a point belongs to the body, positive to the posterior elements
  EndplatePlanes plates;
  PosteriorWall wall;
  Landmarks landmarks;
  std::vector<std::string> warnings;
};

/// @throws InputError if no vertebral body is recognised (nothing thick enough, endplates not found)
FoundVertebra find_vertebra(const Rasteriser& solid, const FinderOptions& options);

} // namespace kypho

#pragma once
// Finds the anatomical frame of a vertebra from its shape alone, divides it into body and posterior elements, and
// measures its landmarks. Shared by the image and the surface anatomies.
//
// Frame: the endplate planes give +Z (normal to their mean), mirror symmetry gives the sagittal plane, the middle between
// the endplates the origin. A first guess within about 30 degrees is needed.
#include "core/model/landmarks.hpp"
#include "mesh/landmark_grid.hpp"

namespace kypho {

struct FoundVertebra {
  Frame frame;          ///< the anatomical frame in source coordinates
  ScalarGrid solid;     ///< signed distance of the whole, anatomical frame, mm
  ScalarGrid side;      ///< same lattice: negative where a point belongs to the body, positive to the posterior elements
  Landmarks landmarks;
  std::vector<std::string> warnings;
};

/// Negative nearer to the body, positive nearer to the posterior elements. @param p source coordinates, mm
using SideField = std::function<double(const Vec3& p)>;

/// @param solid       the vertebra
/// @param body_side   the border between body and posterior elements, if known; empty: found from the shape
/// @param first_axes  columns: roughly anterior, left, cranial in source coordinates
/// @param level       "L1", copied into the landmarks
/// @throws InputError if no vertebral body is recognised (nothing thick enough, endplates not found)
FoundVertebra find_vertebra(const Rasteriser& solid, const SideField& body_side, const Mat3& first_axes,
                            const std::string& level);

} // namespace kypho

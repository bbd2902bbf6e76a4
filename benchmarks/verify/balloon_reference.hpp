#pragma once
// One-dimensional reference for a closed balloon of revolution in air: the wall's energy along its meridian, an incompressible
// Gent membrane in principal stretches, at rest among all shapes that enclose the volume.
//   E = int W(l1, l2) 2 pi R dS,   l1 = ds/dS,  l2 = r/R,   W = m Jm/2 * -ln(1 - (l1^2 + l2^2 + 1/(l1 l2)^2 - 3)/Jm)
//   dE = p dV
// The unstretched balloon is a cylinder between two half balls; it stays symmetric about its middle. Nothing holds it.
#include <utility>
#include <vector>

namespace kypho::verify {

struct Capsule {
  double diameter = 0, length = 0; ///< over all, mm, unstretched
  double tension = 0;              ///< m, N/mm
  double locking_stretch = 0;      ///< Jm = 2 l^2 + l^-4 - 3

  double arc() const; ///< of half the meridian, from the middle to the pole, mm
  /// Radius and height above the middle at a length of arc from there, mm.
  std::pair<double, double> at(double arc) const;
  double volume() const; ///< unstretched, mm3
};

struct FreeBalloon {
  double volume = 0, pressure = 0; ///< mm3, MPa
  double diameter = 0, length = 0; ///< of the middle and over all, mm
  std::vector<std::pair<double, double>>
      meridian; ///< where points at even distances along the unstretched half have gone
};

/// The balloon at @p volumes, mm3, ascending and above that of the unstretched one; volume after volume, so that a peak of
/// the pressure is passed.
/// @param elements along half the meridian   @throws std::runtime_error where no equilibrium is found
std::vector<FreeBalloon> free_balloon(const Capsule& capsule, const std::vector<double>& volumes, int elements);

} // namespace kypho::verify

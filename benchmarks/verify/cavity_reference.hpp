#pragma once
// One-dimensional reference for a cavity blown up in crushable isotropic bone: radial unknowns only, the equations of
// the foam of trabecular_bone, without vertical trabeculae and without tearing, written anew in principal values.
#include <vector>

namespace kypho::verify {

enum class CavityShape { sphere, cylinder }; ///< cylinder: plane strain along its axis

struct CavityPoint {
  double radius = 0, pressure = 0; ///< of the wall, mm and MPa
};

/// Expands the cavity from radius 1 mm to @p to mm in a body of outer radius @p outer mm that is fixed there.
/// @param bmd mg/cm3  @param elements radial, their length in proportion to the radius  @param steps of equal growth
/// @throws std::runtime_error where no equilibrium is found
std::vector<CavityPoint> cavity_reference(CavityShape shape, double bmd, double to, double outer, int elements,
                                          int steps);

/// Pressure at a radius between those of the curve, straight between its points.
double pressure_at(const std::vector<CavityPoint>& curve, double radius);

} // namespace kypho::verify

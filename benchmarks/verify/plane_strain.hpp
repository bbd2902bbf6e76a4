#pragma once
// An independent reference for nearly incompressible plane strain: biquadratic displacements, linear discontinuous
// pressure (Q2/P-1, stable and locking-free: Hughes 1987, The Finite Element Method, sec. 4.3), small strains, on a mapped
// quadrilateral. It shares no code with the tetrahedra.
#include <array>

namespace kypho::verify {

/// A quadrilateral with corners (counter-clockwise) clamped along the edge 3-0 and loaded by a uniform shear traction in +y
/// along the edge 1-2, total @p force per thickness. @return displacement in y of corner 2
double shear_loaded_panel(const std::array<std::array<double, 2>, 4>& corners, double modulus, double poisson_ratio,
                          double force, int cells);

} // namespace kypho::verify

#pragma once
// A real vertebra, as the mesher makes it, for the benchmarks of linear solvers: spongy bone after its density (Kopperdahl et
// al. 2002, J Orthop Res 20:801, E = 3230 MPa per g/cm3 less 34.7 MPa) under 0.4 mm of 12 GPa, clamped at the lower endplate
// and, as by a platen that does not move, at the upper.
#include "benchmarks/bench/body.hpp"
#include "mesh/anatomy.hpp"

namespace kypho::bench {

/// @param unknowns about how many   @param order 1 or 2   @throws InputError, as the mesher does
Body anatomy_body(const Anatomy& anatomy, int unknowns, int order);
/// L1 with arch and processes.
Body parametric_l1(int unknowns, int order);

} // namespace kypho::bench

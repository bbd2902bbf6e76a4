#pragma once
// Wall of a compliant balloon: incompressible neo-Hookean membrane that locks at a limiting stretch (Gent 1996).
//   W = mu H / 2 * Jm * -ln(1 - (I1 - 3)/Jm),   I1 = tr C + 1/det C   (C: 2x2 in the plane)
#include "core/materials/shell_law.hpp"

namespace kypho {

/// @param tension mu*H, N/mm   @param locking_stretch stretch in both directions at which the wall locks
std::unique_ptr<ShellLaw> make_balloon_wall(double tension, double locking_stretch);

} // namespace kypho

#pragma once
// What a solver sees: unknowns, which of them are prescribed, and the terms whose sum is the residual.
#include "core/fem/term.hpp"

namespace kypho {

struct System {
  VectorX u;                ///< unknowns, mm
  VectorX v;                ///< their rates per explicit step, mm; zero at rest
  std::vector<char> fixed;  ///< per unknown: 1 if a stage prescribes it
  std::vector<Term*> terms; ///< not owned
  std::vector<Vec3> nodes;  ///< reference positions of the nodes that the first unknowns belong to, mm: their rigid motions
                            ///< are known. The other unknowns are of terms. May be empty
};

} // namespace kypho

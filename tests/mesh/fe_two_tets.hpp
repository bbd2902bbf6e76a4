#pragma once
// A small model with elements of all kinds, overlapping sets and a surface, for the tests of the formats.
#include "mesh/fe_model.hpp"
#include <string>

namespace kypho::test {

/// A quadratic and a linear tetrahedron, a shell of each kind; ids with gaps, coordinates without short decimals.
inline std::string all_kinds_inp() {
  return R"(*NODE
1, 0, 0, 0
2, 1.1, 0, 0
3, 0, 0.3333333333333333, 0
4, 0, 0, 1.25
5, 0.55, 0, 0
6, 0.55, 0.16666666666666666, 0
7, 0, 0.16666666666666666, 0
8, 0, 0, 0.625
9, 0.55, 0, 0.625
10, 0, 0.16666666666666666, 0.625
21, 3, 0, 0
22, 4, 0, 0
23, 3, 1e-3, 0
24, 3, 0, 1
30, 7, 7, 7
*ELEMENT, TYPE=C3D4, ELSET=solid
5, 21, 22, 23, 24
*ELEMENT, TYPE=C3D10, ELSET=solid
3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
*ELEMENT, TYPE=S3, ELSET=cortex
40, 21, 23, 22
*ELEMENT, TYPE=S6, ELSET=cortex
41, 1, 3, 2, 7, 6, 5
*NSET, NSET=foot
1, 2, 3, 21
*NSET, NSET=corner
1, 4
*NSET, NSET=nobody
*ELSET, ELSET=all
solid, cortex
*ELSET, ELSET=first
3
*SURFACE, NAME=side
3, S3
5, S1
5, S2
*SURFACE, NAME=front
3, S3
)";
}

} // namespace kypho::test

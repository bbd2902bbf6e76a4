#pragma once
// The bodies that the benchmarks of linear solvers stand on: a vertebral body of 45 x 32 x 27 mm, rounded in plan and waisted,
// in tetrahedra with random spongy moduli of 50 to 400 MPa under a shell of 12 GPa and 0.5 mm; both ends clamped.
// With discs: 5 mm more at each end of 1 MPa, Poisson's ratio 0.49 in the annulus and 0.499 in the nucleus.
#include "core/fem/tet_mesh.hpp"
#include "solvers/linear_solver.hpp"

namespace kypho::bench {

struct Body {
  TetMesh mesh;
  std::vector<double> young, poisson;      ///< per tetrahedron, MPa and 1
  std::vector<char> nearly_incompressible; ///< per tetrahedron: its mean dilatation counts (bulk_term.hpp)
  std::vector<char> fixed;                 ///< per unknown
  int unknowns() const { return static_cast<int>(fixed.size()); }
};

/// @param unknowns about how many   @param order 1 or 2
Body vertebral_body(int unknowns, int order, bool discs = false);
/// Edge of the cells of a block of such sides, mm, whose mesh has about so many unknowns.
double cell_edge(int unknowns, int order, const Vec3& sides);
/// Its stiffness, N/mm; fixed unknowns have a diagonal of 1 and nothing else. Small-strain isotropic elasticity.
SparseMatrix stiffness(const Body& body);
/// Weight-like nodal forces, N, none on fixed unknowns.
VectorX load(const Body& body);

} // namespace kypho::bench

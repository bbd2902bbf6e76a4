#pragma once
// What makes a body slow in explicit steps. The pseudo-time step is 1; the forces f that are out of balance change the rates of
// the free unknowns by M^-1 f, damping takes its share, and the shape follows: u += v.
//
// elastic: M is the stiffness K of the body as it is when it unloads (Term::add_stiffness_bound), divided by `gain`. Every
// motion then goes at about the same pace, that of the whole body as well as that of its smallest element, so that a load
// may be put on in hundreds of steps where a diagonal mass needs thousands. K^-1 is one multigrid cycle, or factors of a
// small body. Damping takes a share of the motion against the mean of the last steps, so that a steady loading is not held
// back:
//   v' = w + b (v - w) + gain K^-1 f,   w' = w + (v' - w) / memory.
// It is stable while no tangent exceeds 2 (1 + b) / gain times K. K is made anew from time to time, as walls turn, and as soon as
// the bound of a row has grown by more than half, as bone densifies, elements are crushed and surfaces come near each other.
//
// diagonal: every unknown's mass is a quarter of a bound of its stiffness row at the current shape, so each part of the body
// moves at its own stability limit, with Cundall's local damping:
//   m_i = safety/4 sum_j |K_ij|,   f' = f - alpha |f| sign(v),   v += f'/m.
#include "core/base/params.hpp"
#include "core/fem/system.hpp"
#include <memory>

namespace kypho {

class Inertia {
public:
  virtual ~Inertia() = default;
  /// A phase begins: terms may be others than before. The body goes on with the rates it has.
  /// @throws NotConverged if the stiffness cannot serve
  virtual void begin(const System& system) = 0;
  /// Before every step: looks at the present shape when it is time to.
  virtual void follow(const System& system) = 0;
  /// Takes u and v one step on. @param f forces at u, N   @return what damping took, mJ
  virtual double step(System& system, const VectorX& f) = 0;
  /// mJ
  virtual double kinetic(const System& system) const = 0;
  /// Takes all motion out.
  virtual void stop(System& system) = 0;
};

std::unique_ptr<Inertia> make_elastic_inertia(const Params& solver);
std::unique_ptr<Inertia> make_diagonal_inertia(const Params& solver);

} // namespace kypho

#pragma once
// What laws on Cayley strains e = tanh(log stretch) store. With tau = C e the work is
//   sum over principal strains of  int E e de / (1 - e^2) = -E/2 ln(1 - e^2),
// so e:C:e/2 lacks what matters where damage has left little stiffness and elastic strains are large: 5 % at 0.3.
#include "core/base/pack.hpp"

namespace kypho {

/// Factor on e:C:e/2: sum -ln(1 - e_i^2) over sum e_i^2, by its Pade form in x = e4 / e2. Exact to x for any three strains, to
/// 1e-3 for one strain below 0.5.   @param e2, e4 sums of the second and fourth powers of the principal strains
template <class T>
[[gnu::always_inline]] inline T cayley_energy_factor(T e2, T e4) {
  const T x = e4 / (e2 + 1e-30);
  return (6.0 - x) / (6.0 - 4.0 * x);
}

/// tr e^4 of a symmetric 3x3 tensor (xx, yy, zz, xy, yz, xz).
template <class T>
[[gnu::always_inline]] inline T fourth_power(const T* e) {
  const T xx = e[0] * e[0] + e[3] * e[3] + e[5] * e[5], yy = e[1] * e[1] + e[3] * e[3] + e[4] * e[4],
          zz = e[2] * e[2] + e[4] * e[4] + e[5] * e[5];
  const T xy = e[0] * e[3] + e[3] * e[1] + e[5] * e[4], yz = e[3] * e[5] + e[1] * e[4] + e[4] * e[2],
          xz = e[0] * e[5] + e[3] * e[4] + e[5] * e[2];
  return xx * xx + yy * yy + zz * zz + 2.0 * (xy * xy + yz * yz + xz * xz);
}

} // namespace kypho

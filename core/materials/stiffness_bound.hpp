#pragma once
// How stiff a point may be, and how heavy the nodes of its element then have to be for explicit steps.
#include "core/base/types.hpp"

#include <algorithm>
#include <cmath>

namespace kypho {

/// No tangent of a law is stiffer than  volumetric 1 (x) 1 + any I  in the strains of a small step, MPa (shells: N/mm, in
/// their plane).
struct StiffnessBound {
  double volumetric = 0, any = 0;
  double p_wave() const { return volumetric + any; }
};

/// The bound in an element, or at a point of it, whose nodes weigh |g| sum |g| of their shape gradients g: the largest
/// eigenvalue of the stiffness over the weights. No assembly of elements has a larger one (Irons & Treharne 1971, A bound
/// theorem in eigenvalues and its practical applications).
/// @param gradients 1/mm, one per node   @param dimensions that they lie in, 2 or 3
template <int nodes>
double over_weights(const StiffnessBound& bound, const Vec3 (&gradients)[nodes], const double (&norms)[nodes],
                    int dimensions) {
  double sum = 0;
  for (const double n : norms) sum += n;
  Mat3 G = Mat3::Zero();
  for (int a = 0; a < nodes; ++a)
    if (norms[a] > 0) G += gradients[a] * gradients[a].transpose() / norms[a];
  // No eigenvalue of a tensor of trace 1 and this norm is larger.
  const double mean = 1.0 / dimensions, square = G.squaredNorm() / (sum * sum);
  const double largest = mean + std::sqrt((1 - mean) * std::max(0.0, square - mean));
  return bound.volumetric + std::min(1.0, largest) * bound.any;
}

} // namespace kypho

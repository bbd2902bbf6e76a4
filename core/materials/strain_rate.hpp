#pragma once
// Strength of bone against the rate of straining: Y = Y_0 (rate / rate_0)^m, m = 0.06 (Carter & Hayes 1977, J Bone Joint Surg
// Am 59:954, of compact and trabecular bone alike). Creep of trabecular bone, rate ~ stress^17.6 (Bowman et al. 1998, J
// Biomech Eng 120:647), is the same law, m = 0.057, at rates a thousand times lower.
//
// The law is a power so small that one rate for all of the bone serves: a third of it, or three times as much, changes the
// strength by 7 %. Stages tell how fast they strain; what moves in pseudo-time needs no time of its own.
#include <cmath>

namespace kypho {

/// 1/s, at which cores and bodies are tested and their strengths hold: 0.1 to 1 % per second.
constexpr double reference_strain_rate = 0.005;

/// Strength over that at the reference rate.
inline double strength_at(double rate, double exponent) { return std::pow(rate / reference_strain_rate, exponent); }

/// 1/s, at which bone gives way when it has been held for so long since it was last strained: with sigma' = -E rate and
/// sigma = Y(rate) the rate comes near m (Y/E) / seconds, whatever it was before.
inline double relaxed_rate(double seconds, double exponent) {
  if (exponent == 0) return reference_strain_rate; // any would do
  constexpr double yield_strain = 0.0077; // Y/E, the same for all densities: Morgan & Keaveny 2001, J Biomech 34:569
  return exponent * yield_strain / seconds;
}

} // namespace kypho

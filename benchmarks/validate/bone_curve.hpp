#pragma once
// Trabecular bone on the bench: a core of the default law, 100 mg/cm3, pulled or pressed along the body axis.
#include "benchmarks/verify/point_test.hpp"

namespace kypho::validate {

inline constexpr double bench_density = 100; ///< mg/cm3
inline constexpr double bench_step = 1e-5;   ///< of stretch
inline constexpr int bench_axis = 2;

verify::PointTest bench_core();

/// Strain and stress at the 0.2 % offset, at the peak, and the stress at 5 % more strain, MPa.
struct BoneCurve {
  double modulus = 0, offset_strain = 0, offset_stress = 0, peak_strain = 0, peak = 0, later = 0;
};
/// @param sign -1: pressed, 1: pulled
BoneCurve bone_curve(double sign);

} // namespace kypho::validate

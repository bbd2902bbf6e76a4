#include "benchmarks/validate/bone_curve.hpp"

#include <cmath>

namespace kypho::validate {

verify::PointTest bench_core() {
  const LawInfo& info = find_law("trabecular_bone");
  PointData point;
  point.bmd = bench_density;
  point.size = 2.4; // the band in which bone fails: strain of the element is strain of the band
  return {info.make(Params(info.specs)), point};
}

BoneCurve bone_curve(double sign) {
  constexpr double stride = 5 * bench_step, search = 0.1, after = 0.05;
  BoneCurve c;
  c.modulus = bench_core().pull(bench_axis, 1 + sign * bench_step) / (sign * bench_step);
  verify::PointTest p = bench_core();
  for (double e = 0; e < (c.peak > 0 ? c.peak_strain + after : search);) {
    e += stride;
    c.later = std::abs(p.pull(bench_axis, 1 + sign * e));
    if (c.offset_strain == 0 && c.later < c.modulus * (e - 0.002)) {
      c.offset_strain = e;
      c.offset_stress = c.later;
    }
    if (c.later > c.peak) {
      c.peak = c.later;
      c.peak_strain = e;
    }
  }
  return c;
}

} // namespace kypho::validate

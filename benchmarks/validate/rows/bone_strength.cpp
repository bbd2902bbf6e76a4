// Row 101: what trabecular bone was calibrated on, at a point.
#include "benchmarks/validate/bone_curve.hpp"
#include "benchmarks/validate/rows.hpp"

#include <cmath>

namespace kypho::validate {
namespace {

void run(Outcome& out) {
  const BoneCurve pressed = bone_curve(-1);
  const double strength = 37.4 * std::pow(bench_density / 1000, 1.39);
  out.judge("axial yield stress at an offset of 0.2 %", "MPa", pressed.offset_stress, 0.98 * strength, 1.02 * strength);
  out.tell("ultimate stress", "MPa", pressed.peak);
  out.judge("drop within 5 % strain after the peak", "%", 100 * (1 - pressed.later / pressed.peak), 10, 30);
  verify::PointTest p = bench_core();
  double l = 1;
  while (l > 0.97) p.pull(bench_axis, l -= bench_step);
  const double top = p.P()(bench_axis, bench_axis);
  while (p.P()(bench_axis, bench_axis) < 0) p.pull(bench_axis, l += bench_step);
  out.judge("loss of secant stiffness after 3 % strain", "%", 100 * (1 - top / (0.97 - l) / pressed.modulus), 5, 90);
}

} // namespace

RowInfo row_bone_strength() {
  return {.number = 101,
          .name = "bone_strength",
          .target = "Trabecular bone at a point: yield strength, drop after the peak, loss of stiffness by overload",
          .source =
              "Kopperdahl, Morgan, Keaveny 2002, J Orthop Res 20:801; Keaveny, Wachtel, Kopperdahl 1999, J Orthop Res "
              "17:346; drop as commonly quoted",
          .band = "37.4 rho^1.39 +- 2 %; 10-30 %; 5-90 %",
          .compared = "a point of 100 mg/cm3 pressed along the body axis, free sides",
          .use = Use::calibrated,
          .quick = true,
          .missing = {},
          .run = run};
}

} // namespace kypho::validate

// Row 6: the pressure that a balloon needs in young bone that was crushed before.
#include "benchmarks/validate/case_run.hpp"
#include "benchmarks/validate/rows.hpp"

#include <algorithm>

namespace kypho::validate {
namespace {

void run(Outcome& out) {
  const Measures m =
      Case("L3", 120)
          .stage("fracture", {"pattern = \"crush\"", "residual_loss = \"20 %\"", "tolerance = \"1.5 %\""})
          .stage("posture", {"preload = \"0 N\""})
          .stage("access")
          .stage("inflate", {"volume = \"2.95 mL\""})
          .run();
  double sum = 0;
  for (const BalloonMeasure& b : m.balloons) sum += b.pressure_mpa;
  out.judge("pressure at 2.95 mL, mean of both sides", "MPa", sum / static_cast<double>(m.balloons.size()), 0.66, 1.04);
  Plot plot{
      .title = "Balloon pressure in young bone crushed to 80 %", .x_label = "volume, mL", .y_label = "pressure, MPa"};
  double highest = 0;
  for (const std::string side : {"left", "right"}) {
    Curve curve{side, {}, {}};
    for (const PressureVolumePoint& p : m.pressure_volume) {
      if (p.side != side) continue;
      curve.x.push_back(p.volume_ml);
      curve.y.push_back(p.pressure_mpa);
      highest = std::max(highest, p.pressure_mpa);
    }
    plot.curves.push_back(curve);
  }
  plot.bands = {{0.66, 1.04, "Nan Fang 2006, at 2.95 mL"}};
  plot.y_low = 0;
  out.tell("highest pressure on the way", "MPa", highest);
  out.figures.push_back({"pressure_young.svg", plot});
}

} // namespace

RowInfo row_pressure_young() {
  return {.number = 6,
          .name = "pressure_young",
          .target = "Pressure at 2.95 +- 0.18 mL, young lumbar bodies crushed to 80 % of their height",
          .source = "Nan Fang Yi Ke Da Xue Xue Bao 2006;26:705",
          .band = "0.85 +- 0.19 MPa",
          .compared =
              "L3 of apparent density 0.20 g/cm3 (120 mg/cm3), level crush that leaves a loss of 20 %, no load, two "
              "balloons of 2.95 mL each (one or two is not stated), pressure at rest",
          .use = Use::calibrated,
          .quick = false,
          .missing = {},
          .run = run};
}

} // namespace kypho::validate

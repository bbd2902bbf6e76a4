// Row 2: how much of the lost height a balloon and cement give back to an isolated body.
#include "benchmarks/validate/case_run.hpp"
#include "benchmarks/validate/rows.hpp"

namespace kypho::validate {
namespace {

void run(Outcome& out) {
  const Measures m = Case("L1", 75)
                         .stage("fracture", {"residual_loss = \"17.5 %\"", "tolerance = \"1.5 %\""})
                         .stage("posture", {"preload = \"0 N\""})
                         .stage("access")
                         .stage("inflate")
                         .stage("deflate")
                         .stage("inject")
                         .stage("cure")
                         .run();
  const auto percent = [](std::optional<double> share) { return 100 * share.value_or(0); };
  const Change gain = change(m, "prone", "treated"), lift = change(m, "prone", "inflated");
  out.judge("restored share of the anterior height lost after recoil", "%", percent(m.restoration->restored_fraction),
            85, 110);
  out.judge("gain of anterior height", "mm", gain.anterior_mm, 1.8, 3.2);
  out.tell("restored share of the middle height", "%", percent(m.restoration->restored_middle_fraction));
  out.tell("gain of middle height", "mm", gain.middle_mm);
  out.tell("anterior lift at full inflation", "mm", lift.anterior_mm);
  out.tell("loss of anterior height after recoil", "%", 100 * m.fracture->residual_anterior_loss);
  for (const BalloonMeasure& b : m.balloons) out.tell("pressure at 2.4 mL, " + b.side, "MPa", b.pressure_mpa);
}

} // namespace

RowInfo row_restoration_without_load() {
  return {
      .number = 2,
      .name = "restoration_without_load",
      .target = "Restored share of the height lost, isolated body, no load",
      .source = "Belkoff 2001, Spine 26:151",
      .band = "97 % (85-110 %), gain 2.5 +- 0.7 mm",
      .compared =
          "L1 of 75 mg/cm3, wedge fracture that leaves 17.5 %, free upper end (discs, 0 N), two balloons of 2.4 mL, "
          "cement, cured; (treated - fractured) / (intact - fractured) of the anterior height, fractured = "
          "unloaded, after recoil",
      .use = Use::calibrated,
      .quick = false,
      .missing = {},
      .run = run};
}

} // namespace kypho::validate

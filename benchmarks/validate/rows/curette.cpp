// Row 104: how much less pressure a balloon needs where a curette has cut the trabeculae before.
#include "benchmarks/validate/case_run.hpp"
#include "benchmarks/validate/rows.hpp"

#include <algorithm>

namespace kypho::validate {
namespace {

Measures inflated(bool cut) {
  Case body("L1", 75);
  body.stage("fracture", {"residual_loss = \"17.5 %\"", "tolerance = \"1.5 %\""}).stage("posture").stage("access");
  if (cut) body.stage("curette");
  return body.stage("inflate").run();
}

/// Highest reading at rest, MPa.
double highest(const Measures& m) {
  double most = 0;
  for (const PressureVolumePoint& p : m.pressure_volume) most = std::max(most, p.pressure_mpa);
  return most;
}

Curve readings(const Measures& m, const char* name) {
  Curve curve{name, {}, {}, true};
  for (const PressureVolumePoint& p : m.pressure_volume)
    if (p.side == "left") {
      curve.x.push_back(p.volume_ml);
      curve.y.push_back(p.pressure_mpa);
    }
  return curve;
}

void run(Outcome& out) {
  constexpr double psi = 145.0377; // per MPa
  const Measures whole = inflated(false), cut = inflated(true);
  const double before = highest(whole), after = highest(cut);
  out.judge("highest pressure at rest, less than without", "psi", psi * (before - after), 50, 100);
  out.tell("highest pressure at rest, without", "MPa", before);
  out.tell("highest pressure at rest, after the curette", "MPa", after);
  for (const CuretteMeasure& c : cut.curettes) out.tell("bone cut, " + c.side, "mL", c.cut_ml);
  out.tell("anterior lift without", "mm", change(whole, "prone", "inflated").anterior_mm);
  out.tell("anterior lift after the curette", "mm", change(cut, "prone", "inflated").anterior_mm);
  Plot plot{.title = "Balloon pressure with and without a curette, left side",
            .x_label = "volume, mL",
            .y_label = "pressure at rest, MPa"};
  plot.curves = {readings(whole, "without"), readings(cut, "after the curette")};
  plot.y_low = 0;
  out.figures.push_back({"curette.svg", plot});
}

} // namespace

RowInfo row_curette() {
  return {.number = 104,
          .name = "curette",
          .target = "Pressure that a balloon needs less after a curette",
          .source = "Arcuplasty and Express curette, commonly quoted, unverified",
          .band = "50 to 100 psi",
          .compared = "L1 of 75 mg/cm3, wedge fracture of 17.5 %, two balloons of 2.4 mL; highest pressure at rest",
          .use = Use::check,
          .quick = false,
          .missing = {},
          .run = run};
}

} // namespace kypho::validate

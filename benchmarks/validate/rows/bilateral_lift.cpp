// Row 24: two balloons against one.
#include "benchmarks/validate/case_run.hpp"
#include "benchmarks/validate/rows.hpp"

#include <algorithm>

namespace kypho::validate {
namespace {

Measures inflated(const std::string& pedicles) {
  return Case("L1", 75)
      .stage("fracture", {"residual_loss = \"17.5 %\"", "tolerance = \"1.5 %\""})
      .stage("posture")
      .stage("access", {"pedicles = \"" + pedicles + "\""})
      .stage("inflate")
      .stage("deflate")
      .run();
}

void run(Outcome& out) {
  const Measures one = inflated("left"), two = inflated("both");
  const Change of_one = change(one, "prone", "inflated"), of_two = change(two, "prone", "inflated");
  out.judge("further anterior lift by the second balloon", "%", 100 * (of_two.anterior_mm / of_one.anterior_mm - 1), 52,
            158);
  out.tell("the same of the middle height", "%", 100 * (of_two.middle_mm / of_one.middle_mm - 1));
  out.tell("anterior lift of one balloon", "mm", of_one.anterior_mm);
  out.tell("anterior lift of two", "mm", of_two.anterior_mm);
  const auto push = [](const Measures& m) {
    double most = 0;
    for (const BalloonMeasure& b : m.balloons) most = std::max(most, b.push_up_n);
    return most;
  };
  out.tell("change of what one balloon presses towards the upper endplate with", "%",
           100 * (push(two) / push(one) - 1));
}

} // namespace

RowInfo row_bilateral_lift() {
  return {
      .number = 24,
      .name = "bilateral_lift",
      .target = "Two balloons against one between plates: lift and stress",
      .source = "Medtronic bench",
      .band = "lift +105 %, stress -26 %; no scatter is published, ours: half to one and a half of the lift (52-158 %)",
      .compared = "in bone, not between plates: L1 of 75 mg/cm3, wedge fracture that leaves 17.5 %, 110 N, balloons of "
                  "2.4 mL through both pedicles against one that is aimed at the midline",
      .use = Use::check,
      .quick = false,
      .missing = {},
      .run = run};
}

} // namespace kypho::validate

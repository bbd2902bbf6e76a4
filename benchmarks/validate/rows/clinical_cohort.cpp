// Row 25: what a small cohort gains on the whole.
#include "benchmarks/validate/case_run.hpp"
#include "benchmarks/validate/rows.hpp"

#include <fmt/format.h>

namespace kypho::validate {
namespace {

struct Patient {
  const char* level;
  double bmd;  ///< mg/cm3
  double loss; ///< %
  const char* pattern;
};

// Spread evenly over what the row asks for, levels as they break.
constexpr Patient cohort[] = {{"L1", 48, 20, "wedge"},     {"T12", 58, 30, "wedge"}, {"L1", 66, 35, "biconcave"},
                              {"L2", 74, 15, "biconcave"}, {"T12", 82, 25, "wedge"}, {"L3", 90, 20, "crush"}};

void run(Outcome& out) {
  double middle = 0, anterior = 0, kyphosis = 0;
  int none = 0;
  constexpr double count = std::size(cohort);
  for (const Patient& p : cohort) {
    const Measures m = Case(p.level, p.bmd)
                           .stage("fracture", {fmt::format("pattern = \"{}\"", p.pattern),
                                               quoted("residual_loss", p.loss, "%"), "tolerance = \"2 %\""})
                           .stage("posture")
                           .stage("access")
                           .stage("inflate")
                           .stage("deflate")
                           .stage("inject")
                           .stage("cure")
                           .run();
    const Change c = change(m, "prone", "treated");
    middle += c.middle_mm / count;
    anterior += c.anterior_mm / count;
    kyphosis += c.wedge_deg / count;
    constexpr double seen = 0.5; // mm on a radiograph
    if (c.middle_mm < seen && c.anterior_mm < seen) ++none;
  }
  out.judge("mean gain of middle height", "mm", middle, 0.3, 4.7);
  out.judge("mean change of the wedge angle", "deg", kyphosis, -4.8, -1.3);
  out.tell("mean gain of anterior height", "mm", anterior);
  out.tell("share of vertebrae that gain less than 0.5 mm (30 % gain none, Lieberman 2001)", "%", 100 * none / count);
}

} // namespace

RowInfo row_clinical_cohort() {
  return {
      .number = 25,
      .name = "clinical_cohort",
      .target = "Clinical sanity band: mean gain of middle height and change of kyphosis, image before to image after",
      .source = "SAKOS 2019, Winkelmann 2018, Papanastassiou 2012, 24-level series",
      .band = "+0.3 to +4.7 mm; -1.3 to -4.8 deg",
      .compared = "mean of six vertebrae, T12 to L3, 48 to 90 mg/cm3 (apparent density 0.08-0.15 g/cm3), loss 15-35 %, "
                  "wedge, biconcave and crush; both images prone under 110 N, so without what posture alone gives",
      .use = Use::sanity,
      .quick = false,
      .missing = {},
      .run = run};
}

} // namespace kypho::validate

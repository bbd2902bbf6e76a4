// Row 13: the stress on the endplate at which a body fails.
#include "benchmarks/validate/case_run.hpp"
#include "benchmarks/validate/rows.hpp"

#include <fmt/format.h>

namespace kypho::validate {
namespace {

// Mineral density of bone of apparent density 0.10, 0.14, 0.18 g/cm3: ash over apparent density 0.60 (Schileo 2008).
constexpr double mineral_share = 600; // mg/cm3 per g/cm3

void run(Outcome& out) {
  Curve curve{"computed", {}, {}, true};
  double sum = 0;
  for (const double apparent : {0.10, 0.14, 0.18}) {
    const Case test = Case("L1", mineral_share * apparent).stage("load");
    const double force = test.run().strength.at("intact").failure_load_n;
    const double stress = force / projected_area(intact_mesh(test.scenario()), Surface::upper_endplate);
    const std::string what =
        fmt::format("failure stress at an apparent density of {:.2f} g/cm3 ({:.2f} kN)", apparent, force / 1000);
    out.tell(what, "MPa", stress);
    curve.x.push_back(apparent);
    curve.y.push_back(stress);
    sum += stress;
  }
  out.judge("mean failure stress", "MPa", sum / 3, 2.3, 4.9);
  Plot plot{.title = "Failure stress of isolated bodies",
            .x_label = "apparent density, g/cm\u00b3",
            .y_label = "peak force over endplate area, MPa"};
  plot.curves = {curve};
  plot.bands = {{2.3, 4.9, "Boger 2007"}};
  out.figures.push_back({"failure_stress.svg", plot});
}

} // namespace

RowInfo row_failure_stress() {
  return {.number = 13,
          .name = "failure_stress",
          .target = "Failure stress on the endplate, control segments",
          .source = "Boger 2007, Eur Spine J 16:2118",
          .band = "3.6 +- 1.3 MPa",
          .compared =
              "compression test of the isolated L1 between potted ends, largest force over the upper endplate's area "
              "seen along the axis; mean of apparent densities 0.10, 0.14, 0.18 g/cm3 (60, 84, 108 mg/cm3); the "
              "experiment presses segments through their discs",
          .use = Use::calibrated,
          .quick = false,
          .missing = {},
          .run = run};
}

} // namespace kypho::validate

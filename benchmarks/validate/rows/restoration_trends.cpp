// Row 103: how the restored share falls with the preload, and what the density does to it.
#include "benchmarks/validate/case_run.hpp"
#include "benchmarks/validate/rows.hpp"

#include <fmt/format.h>

namespace kypho::validate {
namespace {

Measures treated(double bmd, double preload, const std::vector<std::string>& inflation) {
  return Case("L1", bmd)
      .stage("fracture", {"residual_loss = \"17.5 %\"", "tolerance = \"1.5 %\""})
      .stage("posture", {quoted("preload", preload, "N")})
      .stage("access")
      .stage("inflate", inflation)
      .stage("deflate")
      .run();
}

double restored(const Measures& m) { return 100 * m.restoration->restored_fraction.value_or(0); }

/// Steps on the way along which the curve rises.
int rises(const Curve& curve) {
  int count = 0;
  for (std::size_t k = 1; k < curve.y.size(); ++k) count += curve.y[k] > curve.y[k - 1];
  return count;
}

Figure figure(const char* file, const char* title, const char* x, std::vector<Curve> curves) {
  Plot plot{.title = title, .x_label = x, .y_label = "restored share of the anterior height lost, %"};
  plot.curves = std::move(curves);
  return {file, plot};
}

void run(Outcome& out) {
  Curve load{"2.4 mL", {}, {}, true}, by_volume{"2.4 mL, 400 psi", {}, {}, true},
      by_pressure{"up to 4 mL, 175 psi", {}, {}, true};
  for (const double n : {0.0, 50.0, 110.0, 250.0, 500.0}) {
    load.x.push_back(n);
    load.y.push_back(restored(treated(75, n, {})));
    out.tell(fmt::format("restored share under {:.0f} N", n), "%", load.y.back());
  }
  out.judge("rises with the preload", "", rises(load), 0, 0);
  for (const double bmd : {50.0, 60.0, 75.0, 100.0, 120.0}) {
    for (Curve* curve : {&by_volume, &by_pressure}) curve->x.push_back(bmd);
    by_volume.y.push_back(bmd == 75 ? load.y[2] : restored(treated(bmd, 110, {})));
    by_pressure.y.push_back(restored(treated(bmd, 110, {"volume = \"4 mL\"", "pressure_limit = \"175 psi\""})));
    out.tell(fmt::format("restored share at {:.0f} mg/cm3, 2.4 mL", bmd), "%", by_volume.y.back());
    out.tell(fmt::format("restored share at {:.0f} mg/cm3, up to 4 mL at no more than 175 psi", bmd), "%",
             by_pressure.y.back());
  }
  out.judge("rises with the density at a given volume", "", rises(by_volume), 0, 0);
  out.judge("rises with the density at a given pressure", "", rises(by_pressure), 0, 0);
  out.remarks.push_back(
      "A given volume lifts more in denser bone, which gives way less beside the balloon; a given pressure "
      "lifts less in it, or nothing, once it cannot crush it.");
  out.figures.push_back(figure("restoration_preload.svg", "Restored share against the preload", "preload, N", {load}));
  out.figures.push_back(figure("restoration_density.svg", "Restored share against the density, 110 N",
                               "mineral density, mg/cm3", {by_volume, by_pressure}));
}

} // namespace

RowInfo row_restoration_trends() {
  return {.number = 103,
          .name = "restoration_trends",
          .target = "The restored share falls with the preload and with the density of the bone",
          .source = "expected order, no experiment; preloads of cadaver studies 0 to 500 N",
          .band = "no rise from one value to the next",
          .compared = "L1, wedge fracture that leaves 17.5 %, two balloons, after deflation under the preload",
          .use = Use::check,
          .quick = false,
          .missing = {},
          .run = run};
}

} // namespace kypho::validate

// Row 22: how much cement gives a fractured body its stiffness back.
#include "benchmarks/validate/case_run.hpp"
#include "benchmarks/validate/rows.hpp"

#include <fmt/format.h>

namespace kypho::validate {
namespace {

void run(Outcome& out) {
  const double body = region_volume(intact_mesh(Case("L1", 75).stage("load").scenario()), Region::body) / 1000;
  Curve stiffness{"stiffness", {}, {}, true}, strength{"strength", {}, {}, true};
  for (const double fill : {5.0, 15.0, 30.0}) {
    const Measures m = Case("L1", 75)
                           .stage("load")
                           .stage("fracture", {"residual_loss = \"17.5 %\"", "tolerance = \"1.5 %\""})
                           .stage("load")
                           .stage("posture", {"preload = \"0 N\""})
                           .stage("access")
                           .stage("inject", {quoted("volume", fill / 100 * body, "mL")})
                           .stage("cure")
                           .stage("load")
                           .run();
    const Strength &intact = m.strength.at("intact"), &fractured = m.strength.at("fractured"),
                   &treated = m.strength.at("treated");
    if (stiffness.x.empty()) {
      stiffness.x.push_back(0);
      strength.x.push_back(0);
      stiffness.y.push_back(fractured.stiffness_n_per_mm / intact.stiffness_n_per_mm);
      strength.y.push_back(fractured.failure_load_n / intact.failure_load_n);
      out.tell("stiffness of the fractured body over intact", "", stiffness.y.back());
    }
    stiffness.x.push_back(fill);
    strength.x.push_back(fill);
    stiffness.y.push_back(treated.stiffness_n_per_mm / intact.stiffness_n_per_mm);
    strength.y.push_back(treated.failure_load_n / intact.failure_load_n);
    const std::string what = fmt::format("at a fill of {:.0f} % ({:.1f} mL)", fill, fill / 100 * body);
    out.tell("stiffness over intact " + what, "", stiffness.y.back());
    out.tell("strength over intact " + what, "", strength.y.back());
  }
  double level = 0; // the fill at which the stiffness is that of the intact body
  for (std::size_t k = 1; k < stiffness.x.size() && level == 0; ++k)
    if (stiffness.y[k - 1] < 1 && stiffness.y[k] >= 1)
      level = stiffness.x[k - 1] +
              (1 - stiffness.y[k - 1]) / (stiffness.y[k] - stiffness.y[k - 1]) * (stiffness.x[k] - stiffness.x[k - 1]);
  if (stiffness.y.back() < 1)
    out.judge("stiffness over intact at the largest fill: none restores it", "", stiffness.y.back(), 1, 2);
  else
    out.judge("fill that restores the stiffness", "%", level, 15, 30);
  Plot plot{.title = "Stiffness and strength after vertebroplasty",
            .x_label = "cement, % of the body's volume",
            .y_label = "over the intact body"};
  plot.curves = {stiffness, strength};
  plot.y_low = 0;
  out.figures.push_back({"fill_stiffness.svg", plot});
}

} // namespace

RowInfo row_fill_stiffness() {
  return {
      .number = 22,
      .name = "fill_stiffness",
      .target = "Cement fill against stiffness: 15 % restores, 30 % normal or above",
      .source = "Liebschner 2001 (commonly quoted), Kim 2012, JKNS 52:435",
      .band = "stiffness ratio 1.0 at a fill of 15-30 %",
      .compared =
          "L1 of 75 mg/cm3, wedge fracture that leaves 17.5 %, cement without balloon through both pedicles, cured; "
          "stiffness of the compression test over that of the intact body; fill over the volume of the intact "
          "body",
      .use = Use::check,
      .quick = false,
      .missing = {},
      .run = run};
}

} // namespace kypho::validate

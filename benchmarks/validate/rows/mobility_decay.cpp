// Row 19: how fast cement becomes hard to move in the pores.
#include "benchmarks/validate/rows.hpp"
#include "core/cement/permeation.hpp"

namespace kypho::validate {
namespace {

constexpr double per_newton = 1e-6; // MPa s per Pa s

void run(Outcome& out) {
  const Cement cement = make_cement(Params(find_cement("kyphon_hv_r").specs));
  const PermeationParams bone = make_permeation_params(Params(permeation_specs()));
  const auto mobility = [&](double seconds, double temperature) {
    const double age =
        cement.viscosity_age + equivalent_time(cement.kinetics, seconds, temperature, cement.viscosity_temperature);
    return bone.permeability / (per_newton * viscosity_at(cement, age, 1));
  };
  const double start = mobility(0, 22);
  out.judge("mobility along the body axis when injection begins", "mm4/(N s)", start, 0.9 * 60.9, 1.1 * 60.9);
  out.judge("share of it left after 18 s at 22 degC", "", mobility(18, 22) / start, 0.53, 0.73);
  out.tell("share of it left after 18 s at 37 degC", "", mobility(18, 37) / start);
  out.remarks.push_back("The growth of the viscosity comes from the setting time (731 Pa s at 5 min to 75 kPa s at 13 "
                        "min), e-fold in 135 s; a decay to 63 % in 18 s asks for e-fold in 39 s.");
  Plot plot{.title = "Mobility of cement in bone", .x_label = "time, s", .y_label = "mobility over that at the start"};
  for (const double temperature : {22.0, 37.0}) {
    Curve curve{temperature < 30 ? "22 \u00b0C" : "37 \u00b0C", {}, {}};
    for (int k = 0; k <= 60; ++k) {
      curve.x.push_back(k);
      curve.y.push_back(mobility(k, temperature) / start);
    }
    plot.curves.push_back(curve);
  }
  plot.curves.push_back({"Baroud 2004", {0, 18}, {1, 0.63}, true});
  plot.y_low = 0;
  out.figures.push_back({"mobility_decay.svg", plot});
}

} // namespace

RowInfo row_mobility_decay() {
  return {.number = 19,
          .name = "mobility_decay",
          .target = "Mobility K/eta of cement in osteoporotic cores and its decay",
          .source = "Baroud 2004, Biomed Mater Eng 14:283",
          .band = "60.9 mm4/(N s), 63 % of it after 18 s; no scatter is published, ours: +-10 % and +-10 points",
          .compared =
              "K/eta of kyphon_hv_r at the start of injection (5 min at 22 degC) and 18 s later, apparent viscosity "
              "at 1 /s; the temperature of the cores is not known, 22 degC is judged",
          .use = Use::calibrated,
          .quick = true,
          .missing = {},
          .run = run};
}

} // namespace kypho::validate

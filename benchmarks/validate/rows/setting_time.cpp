// Row 16: how long the cement takes to set, and how much faster it does in the warmth.
#include "benchmarks/validate/rows.hpp"
#include "core/cement/cement.hpp"

namespace kypho::validate {
namespace {

Curve conversion_curve(const Kinetics& kinetics, double temperature, const std::string& name) {
  Curve curve{name, {}, {}};
  for (int k = 0; k <= 100; ++k) {
    const double minutes = 0.25 * k;
    curve.x.push_back(minutes);
    curve.y.push_back(kinetics.conversion_at(60 * minutes, temperature));
  }
  return curve;
}

void run(Outcome& out) {
  const Kinetics kinetics = make_cement(Params(find_cement("kyphon_hv_r").specs)).kinetics;
  const double cold = kinetics.half_time(25) / 60, warm = kinetics.half_time(37) / 60;
  out.judge("time to half of the final conversion at 25 degC", "min", cold, 8.7, 13);
  out.judge("that time over the same at 37 degC", "", cold / warm, 1.7, 2.3);
  Plot plot{.title = "Conversion at constant temperature", .x_label = "time from mixing, min", .y_label = "conversion"};
  plot.curves = {conversion_curve(kinetics, 25, "25 \u00b0C"), conversion_curve(kinetics, 37, "37 \u00b0C")};
  plot.marks = {{8.7, "set at 25 \u00b0C, measured"}, {13, ""}};
  out.figures.push_back({"setting_time.svg", plot});
}

} // namespace

RowInfo row_setting_time() {
  return {.number = 16,
          .name = "setting_time",
          .target = "Setting time at 25 degC and its halving at 37 degC",
          .source = "Nicholas 2007, J Mater Sci Mater Med 18:1407 (rheometer; CMW1, Palacos R, Cemex)",
          .band = "8.7-13 min; factor 2.0 (1.7-2.3)",
          .compared =
              "kinetics of kyphon_hv_r at constant temperature, time from mixing to half of the final conversion; "
              "the rheometer's own end of setting is a viscosity of 75 kPa s",
          .use = Use::calibrated,
          .quick = true,
          .missing = {},
          .run = run};
}

} // namespace kypho::validate

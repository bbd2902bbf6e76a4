// Row 18: where the pressure of an injection goes.
#include "benchmarks/validate/rows.hpp"
#include "core/cement/permeation.hpp"

namespace kypho::validate {
namespace {

constexpr double flow = 4000.0 / 60;               // 4 mL/min, mm3/s
constexpr double needle_ball = 2, front_ball = 10; // mm: from the tip to 4 mL of cement in the pores
constexpr double distal_length = 50;               // mm, kept narrow: pedicle and body

void run(Outcome& out) {
  const Cement cement = make_cement(Params(find_cement("kyphon_hv_r").specs));
  const PermeationParams usual = make_permeation_params(Params(permeation_specs()));
  const auto pressure = [&](double length, double diameter) {
    PermeationParams p = usual;
    p.cannula_length = length;
    p.cannula_diameter = diameter;
    return injection_pressure(cement, p, flow, cement.viscosity_age, needle_ball, front_ball);
  };
  const double length = usual.cannula_length, bore = usual.cannula_diameter;
  const InjectionPressure p = pressure(length, bore);
  const double widened = pressure(distal_length, bore).cannula + pressure(length - distal_length, 2 * bore).cannula;
  out.judge("share of the pressure lost in the cannula", "", p.cannula_share(), 0.85, 1);
  out.judge("change of the delivery pressure when the proximal bore is doubled", "%",
            100 * ((widened + p.bone) / (p.cannula + p.bone) - 1), -73, -53);
  out.tell("delivery pressure", "MPa", p.cannula + p.bone);
  out.tell("of it in the bone", "MPa", p.bone);
}

} // namespace

RowInfo row_cannula_share() {
  return {.number = 18,
          .name = "cannula_share",
          .target = "Share of the delivery pressure lost in the cannula; effect of doubling the proximal bore",
          .source = "Baroud & Steffen 2005, Eur Spine J 14:474",
          .band = "95 %; -63 %; no scatter is published, ours: +-10 points",
          .compared =
              "power-law fluid in the usual cannula (150 mm, 2.5 mm) and Darcy flow from a ball of 2 mm to one of 10 "
              "mm, at 4 mL/min and the start of injection; the proximal 100 mm of the cannula are widened, 50 mm "
              "stay narrow (assumption: the original's lengths are not known)",
          .use = Use::check,
          .quick = true,
          .missing = {},
          .run = run};
}

} // namespace kypho::validate

// Row 102: strains and shear of trabecular bone at a point, of which two constants were chosen.
#include "benchmarks/validate/bone_curve.hpp"
#include "benchmarks/validate/rows.hpp"

namespace kypho::validate {
namespace {

void run(Outcome& out) {
  const BoneCurve pressed = bone_curve(-1), pulled = bone_curve(1);
  out.judge("0.2 % yield strain in compression", "%", 100 * pressed.offset_strain, 0.71, 0.83);
  out.judge("0.2 % yield strain in tension", "%", 100 * pulled.offset_strain, 0.65, 0.75);
  out.judge("ultimate strain in compression", "%", 100 * pressed.peak_strain, 1.12, 1.78);
  out.judge("ultimate strain in tension", "%", 100 * pulled.peak_strain, 1.26, 1.92);
  Mat3 sheared = Mat3::Identity();
  sheared(0, bench_axis) = bench_step;
  out.judge("axial shear modulus over axial modulus", "",
            bench_core().go(sheared)(0, bench_axis) / bench_step / pressed.modulus, 0.157, 0.23);
  out.remarks.push_back("The tensile strength was chosen on the two yield strains, the plastic strain at the ultimate "
                        "strength on the ultimate strain in compression. Only the foam carries shear.");
}

} // namespace

RowInfo row_bone_strains() {
  return {.number = 102,
          .name = "bone_strains",
          .target = "Trabecular bone at a point: yield and ultimate strains, shear modulus",
          .source = "Morgan & Keaveny 2001, J Biomech 34:569; Kopperdahl & Keaveny 1998, J Biomech 31:601; published "
                    "orthotropic laws (shear)",
          .band =
              "yield 0.77 +- 0.06 % and 0.70 +- 0.05 %; ultimate 1.45 +- 0.33 % and 1.59 +- 0.33 %; shear 0.157-0.23",
          .compared = "a point of 100 mg/cm3 pressed and pulled along the body axis, free sides; sheared across it",
          .use = Use::calibrated,
          .quick = true,
          .missing = {},
          .run = run};
}

} // namespace kypho::validate

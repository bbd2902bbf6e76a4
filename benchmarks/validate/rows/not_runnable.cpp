// Rows whose experiment the program cannot repeat. They stand in the table with what is missing.
#include "benchmarks/validate/rows.hpp"

namespace kypho::validate {

RowInfo row_follower_load() {
  return {.number = 10,
          .name = "follower_load",
          .target = "Anterior height after balloons under 250 N follower load, three segments",
          .source = "Gaitanis 2005, Spine J 5:45 (set-up seen, values commonly quoted)",
          .band = "91 +- 8.9 % of intact (extension alone 85 +- 8.6)",
          .compared = "three-level spine, 250 N follower load, anterior height over intact",
          .missing = "a spine of three levels with discs, ligaments and a follower load",
          .run = {}};
}

RowInfo row_sitting_to_supine() {
  return {.number = 12,
          .name = "sitting_to_supine",
          .target =
              "Posture from sitting to supine, grade-1 wedge: wedge ratio 76.9 to 85.7 %, wedge angle 11.4 to 7.0 deg",
          .source = "JOSR 2023, s13018-023-03758-w",
          .band = "as the target; grade 2: 65.3 to 75.9 %, 16.9 to 12.0 deg",
          .compared = "segment model, 500 N to 100 N, fractured tissue with damage",
          .missing =
              "a segment: the vertebra between its discs and neighbours, which turn it when the patient lies down",
          .run = {}};
}

RowInfo row_bilateral_lift() {
  return {.number = 24,
          .name = "bilateral_lift",
          .target = "Two balloons against one between plates: lift and stress",
          .source = "Medtronic bench",
          .band = "lift +105 %, stress -26 %",
          .compared = "two and one balloon between plates at the same pressure",
          .missing = "balloons between bench plates; the program has them in bone only",
          .run = {}};
}

RowInfo row_clinical_cohort() {
  return {.number = 25,
          .name = "clinical_cohort",
          .target =
              "Clinical sanity band: mean gain of middle height and change of kyphosis, image before to image after",
          .source = "SAKOS 2019, Winkelmann 2018, Papanastassiou 2012, 24-level series",
          .band = "+0.3 to +4.7 mm; -1.3 to -4.8 deg",
          .compared = "mean of a virtual cohort, apparent density 0.08-0.15 g/cm3, loss 15-40 %",
          .use = Use::sanity,
          .missing = "a cohort of drawn patients, and an upright preload before and after",
          .run = {}};
}

} // namespace kypho::validate

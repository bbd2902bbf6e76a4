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

} // namespace kypho::validate

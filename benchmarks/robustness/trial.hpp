#pragma once
// One drawn vertebra taken through its fracture, and what came of it.
#include "benchmarks/robustness/drawn_vertebra.hpp"
#include "core/measures.hpp"
#include "scenarios/scenario.hpp"

namespace kypho::robustness {

enum class Outcome {
  completed,
  failed, ///< it ended with a reason
  defect  ///< it claims to be complete, but its result is not sound
};
const char* name_of(Outcome outcome);

struct Trial {
  DrawnVertebra vertebra;
  std::string sha256; ///< of the case: a row of another case is not taken for this one
  Outcome outcome = Outcome::failed;
  std::string kind;   ///< of the error or defect: "not converged", "inverted element", ...
  std::string reason; ///< the program's message
  std::vector<std::string> warnings;
  int elements = 0;
  long steps = 0;
  double seconds = 0;                      ///< of the processor
  double body_volume = 0;                  ///< mm3
  double least_det_f = 0;                  ///< over all elements, from the positions in the last frame
  double peak_force = 0;                   ///< mean of both platens, N, at every 2 % of crush
  double held_force = 0;                   ///< at rest under the whole crush, N
  double stiffness = 0;                    ///< chord of the unloading from there to a sixth of that force, N/mm
  double peak_loss = 0, residual_loss = 0; ///< of the height that the pattern counts, read from the bone, fractions
  double imbalance = 0;
  Station intact, fractured;

  double recoil() const { return peak_loss - residual_loss; }
};

/// Runs the case. Errors of the program become the outcome. @throws Interrupted
Trial try_fracture(const DrawnVertebra& vertebra, const Scenario& scenario, int threads);

} // namespace kypho::robustness

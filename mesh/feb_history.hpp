#pragma once
// What happens over the steps of a model, told as FEBio wants it: each load and each prescribed displacement with its
// whole course over a time that runs through all steps.
#include "mesh/fe_model.hpp"

namespace kypho {

/// One degree of freedom of a target, or one surface, and the value that it has at the end of each step.
struct FebCourse {
  NodeTarget target;
  std::string surface; ///< of a pressure
  int dof = 0;
  int from_step = 0; ///< -1: before the first step
  std::vector<double> values;
  bool always_zero() const;
};

struct FebHistory {
  std::vector<double> times; ///< ends of the steps
  std::vector<FebCourse> fixities, loads, pressures;
};

FebHistory feb_history(const FeModel& model);

} // namespace kypho

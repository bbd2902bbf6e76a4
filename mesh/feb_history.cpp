#include "mesh/feb_history.hpp"
#include <algorithm>

namespace kypho {
namespace {

/// The value holds from its step on, until another one is named for the same.
void set_from(std::vector<FebCourse>& courses, const NodeTarget& target, const std::string& surface, int dof,
              double value, int step, std::size_t steps) {
  auto at = std::find_if(courses.begin(), courses.end(), [&](const FebCourse& c) {
    return c.target == target && c.surface == surface && c.dof == dof;
  });
  if (at == courses.end()) {
    at = courses.emplace(courses.end());
    at->target = target;
    at->surface = surface;
    at->dof = dof;
    at->from_step = step;
    at->values.assign(steps, 0.0);
  }
  std::fill(at->values.begin() + std::max(step, 0), at->values.end(), value);
}

} // namespace

bool FebCourse::always_zero() const {
  return std::all_of(values.begin(), values.end(), [](double v) { return v == 0; });
}

FebHistory feb_history(const FeModel& model) {
  FebHistory history;
  const std::size_t steps = model.steps.size();
  const auto fix = [&](const BoundaryCondition& c, int step) {
    for (int dof = c.first_dof; dof <= c.last_dof; ++dof)
      set_from(history.fixities, c.target, "", dof, c.value, step, steps);
  };
  for (const BoundaryCondition& c : model.boundary) fix(c, -1);
  double time = 0;
  for (std::size_t s = 0; s < steps; ++s) {
    const FeStep& step = model.steps[s];
    const int k = static_cast<int>(s);
    history.times.push_back(time += step.total);
    for (const BoundaryCondition& c : step.boundary) fix(c, k);
    for (const NodalLoad& l : step.loads) set_from(history.loads, l.target, "", l.dof, l.value, k, steps);
    for (const SurfacePressure& p : step.pressures) set_from(history.pressures, {}, p.surface, 0, p.value, k, steps);
  }
  return history;
}

} // namespace kypho

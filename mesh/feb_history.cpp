#include "mesh/feb_history.hpp"
#include <algorithm>
#include <tuple>

namespace kypho {
namespace {

class Courses {
public:
  Courses(std::vector<FebCourse>& all, std::size_t steps) : all_(all), steps_(steps) {}
  /// The value holds from its step on, until another one is named for the same.
  void set_from(int step, const NodeTarget& target, const std::string& surface, int dof, double value) {
    const auto [at, added] = places_.try_emplace({target.node_set, target.node, surface, dof}, all_.size());
    if (added) {
      FebCourse& course = all_.emplace_back();
      course.target = target;
      course.surface = surface;
      course.dof = dof;
      course.from_step = step;
      course.values.assign(steps_, 0.0);
    }
    std::vector<double>& values = all_[at->second].values;
    std::fill(values.begin() + std::max(step, 0), values.end(), value);
  }

private:
  std::vector<FebCourse>& all_;
  std::size_t steps_;
  std::map<std::tuple<std::string, int, std::string, int>, std::size_t> places_;
};

} // namespace

bool FebCourse::always_zero() const {
  return std::all_of(values.begin(), values.end(), [](double v) { return v == 0; });
}

FebHistory feb_history(const FeModel& model) {
  FebHistory history;
  const std::size_t steps = model.steps.size();
  Courses fixities(history.fixities, steps), loads(history.loads, steps), pressures(history.pressures, steps);
  const auto fix = [&](const BoundaryCondition& c, int step) {
    for (int dof = c.first_dof; dof <= c.last_dof; ++dof) fixities.set_from(step, c.target, "", dof, c.value);
  };
  for (const BoundaryCondition& c : model.boundary) fix(c, -1);
  double time = 0;
  for (std::size_t s = 0; s < steps; ++s) {
    const FeStep& step = model.steps[s];
    const int k = static_cast<int>(s);
    history.times.push_back(time += step.total);
    for (const BoundaryCondition& c : step.boundary) fix(c, k);
    for (const NodalLoad& l : step.loads) loads.set_from(k, l.target, "", l.dof, l.value);
    for (const SurfacePressure& p : step.pressures) pressures.set_from(k, {}, p.surface, 0, p.value);
  }
  return history;
}

} // namespace kypho

#include "scenarios/stages/loading.hpp"

#include <cmath>

namespace kypho {

void pose_upper_platen(Model& model, double anterior_rise, double posterior_rise) {
  const auto& rim = model.landmarks().upper;
  const double ahead = rim.anterior[0], behind = rim.posterior[0];
  const double slope = (posterior_rise - anterior_rise) / (ahead - behind); // a turn about +Y lowers the front
  const int first = model.upper_unknown();
  model.system.u[first] = posterior_rise - slope * (model.upper->centre()[0] - behind);
  model.system.u[first + 1] = 0;
  model.system.u[first + 2] = std::asin(slope) * model.upper->radius();
}

void release_upper_platen(StageContext& context, double load, double effort, double from, double to,
                          std::function<void(double t)> observe) {
  Model& model = *context.model;
  const double start = -model.upper->reaction();
  const Eigen::Vector2d moments = -model.upper->moments();
  model.hold_upper_platen(false);
  Phase phase;
  phase.name = context.spec->kind;
  phase.effort = effort;
  phase.observations = 6;
  phase.settle = true;
  phase.observe = std::move(observe);
  phase.load = [&](double t) {
    model.upper->load = start + (load - start) * t;
    model.upper->moment_load = moments * (1 - t);
  };
  context.ramp(phase, from, to, false);
}

double eased(double t) {
  constexpr double start = 0.1;
  return (t < start ? t * t / (2 * start) : t - start / 2) / (1 - start / 2);
}

void with_platens_off(StageContext& context, const std::function<void()>& look) {
  Model& model = *context.model;
  auto lower = std::move(model.lower), upper = std::move(model.upper);
  const std::vector<char> fixed = model.system.fixed;
  for (int k = model.lower_unknown(); k < model.upper_unknown() + 3; ++k) model.system.fixed[k] = 1;
  model.connect();
  find_balance(context);
  look();
  model.system.fixed = fixed;
  model.lower = std::move(lower);
  model.upper = std::move(upper);
  model.connect();
}

std::vector<int> anchors(const TetMesh& mesh) {
  const std::vector<Vec3>& x = mesh.nodes;
  int base = mesh.tets.front()[0], ahead = base, aside = base; // lowest; farthest along X, and along Y
  for (const auto& tet : mesh.tets)
    for (const int n : tet)
      if (x[n][2] < x[base][2]) base = n;
  for (const auto& tet : mesh.tets)
    for (const int n : tet) {
      if (std::abs(x[n][0] - x[base][0]) > std::abs(x[ahead][0] - x[base][0])) ahead = n;
      if (std::abs(x[n][1] - x[base][1]) > std::abs(x[aside][1] - x[base][1])) aside = n;
    }
  return {3 * base, 3 * base + 1, 3 * base + 2, 3 * ahead + 1, 3 * ahead + 2, 3 * aside + 2};
}

void find_balance(StageContext& context) {
  System& system = context.model->system;
  const std::vector<char> fixed = system.fixed;
  if (!context.model->upper && !context.model->lower)
    for (const int unknown : anchors(context.model->mesh())) system.fixed[unknown] = 1;
  Phase phase;
  phase.name = context.spec->kind;
  phase.effort = 0.1;
  phase.observations = 1;
  phase.settle = true;
  phase.load = [](double) {};
  context.ramp(phase, 0, 1, false);
  system.fixed = fixed;
}

} // namespace kypho

#include "scenarios/discretisation.hpp"

#include <algorithm>
#include <array>

namespace kypho {
namespace {

constexpr std::array<double, 3> edge = {1.7, 2.4, 3.2}; // mm

/// Of the means of two bones: distance from the next finer mesh, or, of the finest, from the next coarser one; of the failure
/// load, which falls with a steady order, from the limit; of the middle lift the largest difference; of the anterior lift, where
/// chance outweighs size, the largest difference between two runs of one bone (docs/convergence.md).
struct Studied {
  const char* figure;
  std::array<double, 3> relative_error;
};
constexpr Studied table[] = {
    {"stiffness", {0.002, 0.002, 0.015}},        {"failure_load", {0.06, 0.12, 0.23}},
    {"fractured_height", {0.006, 0.006, 0.008}}, {"anterior_lift", {0.55, 0.55, 0.55}},
    {"middle_lift", {0.06, 0.06, 0.06}},         {"largest_pressure", {0.01, 0.01, 0.01}},
};

} // namespace

std::optional<DiscretisationMeasure> discretisation_error(double h) {
  if (h < edge.front() - 1e-9 || h > edge.back() + 1e-9) return {};
  const std::size_t k = h <= edge[1] ? 0 : 1;
  const double share = std::clamp((h - edge[k]) / (edge[k + 1] - edge[k]), 0.0, 1.0);
  DiscretisationMeasure measure;
  measure.edge_length_mm = h;
  for (const auto& [figure, error] : table)
    measure.relative_error[figure] = error[k] + share * (error[k + 1] - error[k]);
  return measure;
}

} // namespace kypho

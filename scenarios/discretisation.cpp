#include "scenarios/discretisation.hpp"

#include <algorithm>
#include <array>

namespace kypho {
namespace {

constexpr std::array<double, 3> edge = {1.7, 2.4, 3.2}; // mm

/// Distance from the limit of the three meshes where they fall into line, else from the next finer one, or, of the finest,
/// from the next coarser one.
struct Studied {
  const char* figure;
  std::array<double, 3> relative_error;
};
constexpr Studied table[] = {
    {"stiffness", {0.003, 0.003, 0.022}},        {"failure_load", {0.019, 0.019, 0.108}},
    {"fractured_height", {0.008, 0.008, 0.010}}, {"anterior_lift", {0.10, 0.24, 0.61}},
    {"middle_lift", {0.27, 0.32, 0.39}},         {"largest_pressure", {0.026, 0.026, 0.026}},
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

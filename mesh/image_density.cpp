#include "mesh/image_density.hpp"
#include "core/base/errors.hpp"
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

/// Solves, by Gauss-Seidel in a fixed order, weight * (u - data) = sum of the differences to the neighbours; weight
/// infinite holds the value.
void continue_field(ScalarGrid& u, const std::vector<float>& weight) {
  const auto& n = u.size;
  const std::array<std::size_t, 3> step{1, static_cast<std::size_t>(n[0]), static_cast<std::size_t>(n[0]) * n[1]};
  const std::vector<float> data = u.values;
  const int sweeps = 4 * std::max({n[0], n[1], n[2]});
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    double change = 0;
    for (std::size_t q = 0; q < u.values.size(); ++q) {
      const std::size_t c = sweep % 2 == 0 ? q : u.values.size() - 1 - q;
      if (std::isinf(weight[c])) continue;
      const std::array<int, 3> at{static_cast<int>(c % n[0]), static_cast<int>(c / step[1] % n[1]),
                                  static_cast<int>(c / step[2])};
      double sum = weight[c] * data[c], total = weight[c];
      for (int a = 0; a < 3; ++a) {
        if (at[a] > 0) {
          sum += u.values[c - step[a]];
          total += 1;
        }
        if (at[a] + 1 < n[a]) {
          sum += u.values[c + step[a]];
          total += 1;
        }
      }
      const auto next = static_cast<float>(sum / total);
      change = std::max<double>(change, std::abs(next - u.values[c]));
      u.values[c] = next;
    }
    if (change < 0.05) break; // mg/cm3
  }
}

} // namespace

ImageDensity::ImageDensity(const ImageVolume& image, const FoundVertebra& found, const Calibration& calibration) {
  const Mat3 to_index = image.axes.inverse();
  // Crop to the voxels that may lie inside, one more on each side.
  Box box;
  std::size_t inside = 0, beyond = 0, body_beyond = 0;
  const ScalarGrid& solid = found.solid;
  for (int k = 0; k < solid.size[2]; ++k)
    for (int j = 0; j < solid.size[1]; ++j)
      for (int i = 0; i < solid.size[0]; ++i) {
        if (solid.values[solid.index(i, j, k)] >= 0) continue;
        const Vec3 p = solid.point(i, j, k), u = to_index * (found.frame.to_source(p) - image.origin);
        box.extend(u);
        ++inside;
        bool out = false;
        for (int a = 0; a < 3; ++a) out |= u[a] < -0.5 || u[a] > image.size[a] - 0.5;
        beyond += out;
        body_beyond += out && found.side.at(p) < 0;
      }
  if (body_beyond > 0)
    throw InputError("the volume does not cover the vertebral body; do volume and labels belong together?");
  covered_ = 1 - static_cast<double>(beyond) / static_cast<double>(inside);
  std::array<int, 3> first{};
  for (int a = 0; a < 3; ++a) {
    first[a] = std::max(0, static_cast<int>(std::floor(box.lower[a])) - 1);
    field_.size[a] = std::min(image.size[a] - 1, static_cast<int>(std::ceil(box.upper[a])) + 1) - first[a] + 1;
  }
  field_.values.assign(field_.count(), 0);
  const Vec3 first_index(first[0], first[1], first[2]);
  turn_ = to_index * found.frame.axes;
  shift_ = to_index * (found.frame.origin - image.origin) - first_index;

  const double trusted_depth = 0.5 * image.spacing().norm() + 1.0;
  std::vector<float> weight(field_.count(), 0);
  std::size_t trusted = 0, raised = 0, body_count = 0;
  double sum = 0, weighted = 0, weights = 0;
  for (int k = 0; k < field_.size[2]; ++k)
    for (int j = 0; j < field_.size[1]; ++j)
      for (int i = 0; i < field_.size[0]; ++i) {
        const std::size_t c = field_.index(i, j, k);
        const Vec3 p = found.frame.from_source(image.to_patient(Vec3(i, j, k) + first_index));
        const double depth = -solid.at(p);
        const bool body = found.side.at(p) < 0;
        if (depth <= 0 || (body && depth < trusted_depth)) continue;
        const double value =
            calibration.slope * image.at(i + first[0], j + first[1], k + first[2]) + calibration.offset;
        const double kept = std::max(value, calibration.floor);
        ++trusted;
        raised += value < calibration.floor;
        field_.values[c] = static_cast<float>(kept);
        const double share = std::min(depth / trusted_depth, 1.0);
        weight[c] = share >= 1 ? std::numeric_limits<float>::infinity() : static_cast<float>(4 * share * share);
        weighted += share * kept;
        weights += share;
        if (body) {
          sum += kept;
          ++body_count;
        }
      }
  if (body_count == 0)
    throw InputError("the volume's voxels are too coarse for this vertebra: none lies wholly inside its body");
  raised_share_ = static_cast<double>(raised) / static_cast<double>(trusted);
  mean_body_ = sum / static_cast<double>(body_count);
  for (std::size_t c = 0; c < weight.size(); ++c)
    if (weight[c] == 0) field_.values[c] = static_cast<float>(weighted / weights);
  continue_field(field_, weight);
}

} // namespace kypho

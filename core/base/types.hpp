#pragma once
// Shared small types. Units everywhere inside: mm, N, MPa, s, degC, rad, mg/cm3 (mineral density).
// Anatomical frame everywhere inside: +X anterior, +Y left, +Z cranial; origin at the centre of the vertebral body.
#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kypho {

using Vec3 = Eigen::Vector3d;
using Mat3 = Eigen::Matrix3d;
using VectorX = Eigen::VectorXd;

/// Axis-aligned box, mm.
struct Box {
  Vec3 lower = Vec3::Constant(1e300);
  Vec3 upper = Vec3::Constant(-1e300);
  void extend(const Vec3& p) {
    lower = lower.cwiseMin(p);
    upper = upper.cwiseMax(p);
  }
};

} // namespace kypho

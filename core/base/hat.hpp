#pragma once
#include "core/base/types.hpp"

namespace kypho {

/// Cross-product matrix: hat(a) b = a x b.
inline Mat3 hat(const Vec3& a) {
  Mat3 m;
  m << 0, -a[2], a[1], a[2], 0, -a[0], -a[1], a[0], 0;
  return m;
}

} // namespace kypho

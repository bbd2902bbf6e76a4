#pragma once
// Who takes the tangents of quadratic tetrahedra point by point, so that the matrices of the elements are never made
// (tangent_product.hpp).
#include <vector>

namespace kypho {

/// What couples the points of elements that see their mean volume ratio (bulk_term.hpp), between dF at the points q and r:
///   Z1_q C_r^T + C_q Z2_r^T + s C_q C_r^T,   weights included.
struct MeanCoupling {
  static constexpr int points = 4, lanes = 32;
  alignas(64) double C[points * 9 * lanes], Z1[points * 9 * lanes], Z2[points * 9 * lanes]; ///< [point][3i + J][lane]
  alignas(64) double s[lanes];
};

class PointTangents {
public:
  static constexpr int lanes = 32; ///< elements that are handed over at once
  virtual ~PointTangents() = default;
  /// Announces elements that couple their ten nodes, a multiple of lanes; padding has all nodes equal, and no volume.
  virtual void couple_points(const void* owner, std::vector<int> nodes) = 0;
  /// The tangents of the elements of @p owner from @p first on. Threads may hand over at the same time.
  /// @param geometry [point][10][lanes]: inverse Jacobian, weight   @param A dP/dF, [point][9 (3i + J) + 3j + L][lanes]
  /// @param mean null where every point stands for itself
  virtual void take_points(const void* owner, int first, const double* geometry, const double* A,
                           const MeanCoupling* mean) = 0;
};

} // namespace kypho

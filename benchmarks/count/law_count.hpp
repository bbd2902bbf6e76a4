#pragma once
// Operations of laws and elements, counted by running their kernels (counted.hpp).
#include "benchmarks/count/counted.hpp"
#include "core/materials/material.hpp"

namespace kypho::count {

struct LawCount {
  Operations residual; ///< stress at one point
  Operations tangent;  ///< stress and its tangent
};

/// At @p F from the virgin state.
LawCount trabecular_bone(const Params& params, const Mat3& F);
LawCount mooney_rivlin(const Params& params, const Mat3& F);

/// Of one element at all its points. @param order 1 or 2
struct ElementCount {
  Operations residual; ///< deformation gradients and nodal forces
  Operations matrix;   ///< from the tangents of the points to the sums in the global matrix
};
ElementCount element(int order);

} // namespace kypho::count

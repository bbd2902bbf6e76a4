#pragma once
// Chebyshev polynomials of the fourth kind over block Jacobi, with the weights that are best for a V-cycle (Lottes 2023, Numer
// Linear Algebra Appl 30:e2518): no lower bound of the spectrum is needed, and before and after the coarse correction the
// same polynomial stands, so that the cycle stays symmetric.
#include "solvers/multigrid/block_rows.hpp"

#include <vector>

namespace kypho::multigrid {

/// Inverses of symmetric M x M blocks. @return how many are not positive definite; those become zero
template <int M>
int invert_blocks(const std::vector<float>& blocks, int count, std::vector<float>& inverse);

constexpr int most_steps = 4;
/// Weights beta_k of the steps, row: number of steps - 1 (Lottes 2023, table 1).
constexpr double step_weights[most_steps][most_steps] = {
    {1.12500000000000},
    {1.02387287570313, 1.26408905371085},
    {1.00842544782028, 1.08867839208730, 1.33753125909618},
    {1.00391310427285, 1.04035811188593, 1.14863498546254, 1.38268869241000}};

/// One step d = c d + a D^-1 r, x += weight d. What is fresh counts as zero, whatever stands there.
struct Step {
  float c, a, weight;
  bool fresh_d, fresh_x;
};

/// Step @p k of so many, the first of them with a fresh d.
inline Step step_of(int k, int steps, float largest) {
  const double c = k == 0 ? 0.0 : (2.0 * k - 1) / (2.0 * k + 3);
  const double a = (8.0 * k + 4) / ((2.0 * k + 3) * largest);
  return {static_cast<float>(c), static_cast<float>(a), static_cast<float>(step_weights[steps - 1][k]), k == 0, false};
}

/// The polynomial on a level that offers step(Step, r, d, x) and subtract_product(d, r), r -= A d.
/// @param from_zero x is zero on entry   @param keep_residual r belongs to x on return too
template <class Level>
void smooth(Level& level, int steps, bool from_zero, bool keep_residual, float* x, float* r, float* d) {
  for (int k = 0; k < steps; ++k) {
    Step s = step_of(k, steps, level.largest);
    s.fresh_x = from_zero && k == 0;
    level.step(s, r, d, x);
    if (k + 1 < steps || keep_residual) level.subtract_product(d, r);
  }
}

/// y = D^-1 x of one block.
template <int M>
inline lanes<M> scale_block(const float* inverse, const float* x) {
  lanes<M> y{};
  for (int m = 0; m < M; ++m) y += load<M>(inverse + m * M) * x[m];
  return y;
}

/// z = D^-1 r
template <int M>
void scale_blocks(int rows, const std::vector<float>& inverse, const float* r, float* z);
/// Step over all blocks of a level.
template <int M>
void step_blocks(int rows, const std::vector<float>& inverse, const Step& s, const float* r, float* d, float* x);

} // namespace kypho::multigrid

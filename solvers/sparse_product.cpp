#include "solvers/sparse_product.hpp"

#include "core/base/ordered_sum.hpp"

#include <cstring>

namespace kypho {

bool in_threes(const SparseMatrix& K) {
  if (K.rows() % 3 != 0) return false;
  const int *outer = K.outerIndexPtr(), *inner = K.innerIndexPtr();
  int bad = 0;
#pragma omp parallel for schedule(static) reduction(+ : bad)
  for (int n = 0; n < static_cast<int>(K.rows() / 3); ++n) {
    const int first = outer[3 * n], length = outer[3 * n + 1] - first;
    if (length % 3 != 0 || outer[3 * n + 2] - outer[3 * n + 1] != length ||
        outer[3 * n + 3] - outer[3 * n + 2] != length) {
      ++bad;
      continue;
    }
    for (int k = 0; k < length; ++k)
      bad += inner[first + k] != inner[first + k / 3 * 3] + k % 3 || inner[first + k / 3 * 3] % 3 != 0 ||
             inner[first + length + k] != inner[first + k] || inner[first + 2 * length + k] != inner[first + k];
  }
  return bad == 0;
}

namespace {

using Lanes = double __attribute__((vector_size(32)));

/// Three entries of a row and one more, which counts nothing.
inline Lanes load_four(const double* from) {
  Lanes four;
  std::memcpy(&four, from, sizeof four);
  return four;
}

} // namespace

double multiply(const SparseMatrix& K, bool threes, const double* x, double* y) {
  const int *outer = K.outerIndexPtr(), *inner = K.innerIndexPtr();
  const double* values = K.valuePtr();
  if (!threes)
    return ordered_sums<1>(static_cast<int>(K.rows()), [&](int i, auto& sum) {
      double row = 0;
      for (int k = outer[i]; k < outer[i + 1]; ++k) row += values[k] * x[inner[k]];
      y[i] = row;
      sum[0] += row * x[i];
    })[0];
  const int nodes = static_cast<int>(K.rows() / 3);
  return ordered_sums<1, 512>(nodes, [&](int n, auto& total) {
    const int first = outer[3 * n], length = outer[3 * n + 1] - first;
    const double* rows[3] = {values + first, values + outer[3 * n + 1], values + outer[3 * n + 2]};
    Lanes sum[3] = {};
    const int last = n + 1 == nodes ? length - 3 : length; // nothing lies beyond the last entry
    for (int k = 0; k < last; k += 3) {
      const double* at = x + inner[first + k];
      const Lanes xk{at[0], at[1], at[2], 0};
      for (int i = 0; i < 3; ++i) {
        __builtin_prefetch(rows[i] + k + 384);
        sum[i] += load_four(rows[i] + k) * xk;
      }
    }
    for (int i = 0; i < 3; ++i) {
      double row = sum[i][0] + sum[i][1] + sum[i][2];
      for (int k = last; k < length; ++k) row += rows[i][k] * x[inner[first + k]];
      y[3 * n + i] = row;
      total[0] += row * x[3 * n + i];
    }
  })[0];
}

} // namespace kypho

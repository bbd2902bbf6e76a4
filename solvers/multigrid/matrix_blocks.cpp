#include "solvers/multigrid/quadratic_cycle.hpp"
#include "solvers/sparse_product.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace kypho::multigrid {
BlockRows<3, 3> blocks_of(const SparseMatrix& K, bool threes) {
  BlockRows<3, 3> A;
  const int rows = static_cast<int>(K.rows()), nodes = (rows + 2) / 3;
  A.rows = A.columns = nodes;
  A.start.assign(nodes + 1, 0);
  const int *outer = K.outerIndexPtr(), *inner = K.innerIndexPtr();
  const double* values = K.valuePtr();
  if (threes) {
    for (int n = 0; n < nodes; ++n) A.start[n + 1] = A.start[n] + (outer[3 * n + 1] - outer[3 * n]) / 3;
    A.column.resize(A.start[nodes]);
    A.resize_values();
#pragma omp parallel for schedule(static)
    for (int n = 0; n < nodes; ++n) {
      const int length = outer[3 * n + 1] - outer[3 * n];
      for (int k = 0; k < length / 3; ++k) {
        A.column[A.start[n] + k] = inner[outer[3 * n] + 3 * k] / 3;
        float* block = A.block(A.start[n] + k);
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j) block[3 * j + i] = static_cast<float>(values[outer[3 * n + i] + 3 * k + j]);
      }
    }
    return A;
  }
  std::vector<int> seen(nodes, -1);
  for (int pass = 0; pass < 2; ++pass) {
    int at = 0;
    for (int n = 0; n < nodes; ++n) {
      const int first = at;
      for (int r = 3 * n; r < std::min(rows, 3 * n + 3); ++r)
        for (int k = outer[r]; k < outer[r + 1]; ++k)
          if (const int m = inner[k] / 3; pass == 0 && seen[m] != n) seen[m] = n, A.column.push_back(m), ++at;
      if (pass == 0) {
        if (seen[n] != n) A.column.push_back(n), ++at;
        std::sort(A.column.begin() + first, A.column.end());
        A.start[n + 1] = at;
        continue;
      }
      std::vector<int>& place = seen;
      A.clear_row(n);
      for (int k = A.start[n]; k < A.start[n + 1]; ++k) place[A.column[k]] = k;
      for (int r = 3 * n; r < 3 * n + 3; ++r) {
        if (r >= rows) {
          A.block(place[n])[4 * (r - 3 * n)] = 1;
          continue;
        }
        for (int k = outer[r]; k < outer[r + 1]; ++k)
          A.block(place[inner[k] / 3])[3 * (inner[k] % 3) + r - 3 * n] = static_cast<float>(values[k]);
      }
    }
    if (pass == 0) A.resize_values();
  }
  return A;
}

void extend_modes(const BlockRows<3, 3>& A, int known, Eigen::MatrixXd& modes) {
  for (int n = known; n < A.rows; ++n) {
    Eigen::Matrix3d own = Eigen::Matrix3d::Zero();
    Eigen::Matrix<double, 3, 6> forces = Eigen::Matrix<double, 3, 6>::Zero();
    for (int k = A.start[n]; k < A.start[n + 1]; ++k) {
      const Eigen::Matrix3d block = Eigen::Map<const Eigen::Matrix3f>(A.block(k)).cast<double>();
      if (A.column[k] == n)
        own = block;
      else if (A.column[k] < known)
        forces += block * modes.middleRows<3>(3 * A.column[k]);
    }
    modes.middleRows<3>(3 * n) = -own.ldlt().solve(forces);
  }
}

void remove_loose(const BlockRows<3, 3>& A, Eigen::MatrixXd& modes) {
#pragma omp parallel for schedule(static)
  for (int n = 0; n < A.rows; ++n)
    for (int i = 0; i < 3; ++i) {
      float beside = 0;
      for (int k = A.start[n]; k < A.start[n + 1]; ++k)
        for (int j = 0; j < 3; ++j)
          if (A.column[k] != n || i != j) beside += std::abs(A.block(k)[3 * j + i]);
      if (beside == 0) modes.row(3 * n + i).setZero();
    }
}

} // namespace kypho::multigrid

#include "solvers/multigrid/aggregation.hpp"

#include "core/base/row_pattern.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace kypho::multigrid {
namespace {

template <int M>
float norm_of(const float* block) {
  float sum = 0;
  for (int k = 0; k < M * M; ++k) sum += block[k] * block[k];
  return std::sqrt(sum);
}

/// For each row: where its columns lie.
class Places {
public:
  explicit Places(int width) : at_(width) {}
  template <class Rows>
  void take(const Rows& A, int i) {
    for (int k = A.start[i]; k < A.start[i + 1]; ++k) at_[A.column[k]] = k;
  }
  int operator[](int column) const { return at_[column]; }

private:
  std::vector<int> at_;
};

/// to (M x 6) += scale * (A_ik, stored transposed) * from (M x 6)
template <int M>
inline void multiply_add(const float* a, const float* from, float* to) {
  lanes<6> row[M];
  for (int m = 0; m < M; ++m) row[m] = load<6>(from + 6 * m);
  for (int f = 0; f < M; ++f) {
    lanes<6> sum = load<6>(to + 6 * f);
    for (int m = 0; m < M; ++m) sum += row[m] * a[m * M + f];
    store<6>(to + 6 * f, sum);
  }
}

} // namespace

template <int M>
Aggregates aggregate(const BlockRows<M, M>& A, float strength, const std::vector<char>& apart) {
  const int n = A.rows;
  std::vector<float> size(n, 0.0f);
  std::vector<float> weight(A.column.size());
#pragma omp parallel for schedule(static)
  for (int i = 0; i < n; ++i)
    for (int k = A.start[i]; k < A.start[i + 1]; ++k) {
      weight[k] = norm_of<M>(A.block(k));
      if (A.column[k] == i) size[i] = weight[k];
    }
#pragma omp parallel for schedule(static)
  for (int i = 0; i < n; ++i)
    for (int k = A.start[i]; k < A.start[i + 1]; ++k) {
      const int j = A.column[k];
      weight[k] = i == j ? 0.0f : weight[k] / std::sqrt(std::max(1e-30f, size[i] * size[j]));
      if (weight[k] <= strength || apart[i] || apart[j]) weight[k] = 0;
    }
  Aggregates result;
  constexpr int free = -2;
  result.of.assign(n, free);
  auto& of = result.of;
  const auto neighbours = [&](int i, auto&& each) {
    for (int k = A.start[i]; k < A.start[i + 1]; ++k)
      if (weight[k] > 0) each(A.column[k], weight[k]);
  };
  for (int i = 0; i < n; ++i) {
    bool alone = true, whole = of[i] == free;
    neighbours(i, [&](int j, float) {
      alone = false;
      whole = whole && of[j] == free;
    });
    if (alone) {
      bool coupled = false; // weakly, to something: then it needs a coarse node of its own
      for (int k = A.start[i]; k < A.start[i + 1] && !coupled; ++k)
        coupled = A.column[k] != i && norm_of<M>(A.block(k)) > 0;
      of[i] = coupled ? result.count++ : -1;
    } else if (whole) {
      of[i] = result.count;
      neighbours(i, [&](int j, float) { of[j] = result.count; });
      ++result.count;
    }
  }
  std::vector<int> joined(n, free);
  for (int i = 0; i < n; ++i)
    if (of[i] == free) {
      float strongest = 0;
      neighbours(i, [&](int j, float w) {
        if (of[j] >= 0 && w > strongest) strongest = w, joined[i] = of[j];
      });
    }
  for (int i = 0; i < n; ++i)
    if (joined[i] >= 0) of[i] = joined[i];
  for (int i = 0; i < n; ++i)
    if (of[i] == free) {
      of[i] = result.count;
      neighbours(i, [&](int j, float) {
        if (of[j] == free) of[j] = result.count;
      });
      ++result.count;
    }
  return result;
}

template <int M>
Tentative<M> tentative(const Aggregates& aggregates, const Eigen::MatrixXd& modes) {
  const int n = static_cast<int>(aggregates.of.size()), count = aggregates.count;
  Tentative<M> result;
  result.basis.assign(static_cast<std::size_t>(6 * M) * n + padding, 0.0f);
  result.modes.setZero(6 * count, 6);
  result.missing.assign(6 * count, 0);
  std::vector<int> start(count + 1, 0), member(n);
  for (const int a : aggregates.of)
    if (a >= 0) ++start[a + 1];
  for (int a = 0; a < count; ++a) start[a + 1] += start[a];
  std::vector<int> next(start.begin(), start.end() - 1);
  for (int i = 0; i < n; ++i)
    if (aggregates.of[i] >= 0) member[next[aggregates.of[i]]++] = i;
#pragma omp parallel for schedule(dynamic, 32)
  for (int a = 0; a < count; ++a) {
    const int size = start[a + 1] - start[a];
    Eigen::Matrix<double, Eigen::Dynamic, 6> Q(M * size, 6);
    for (int k = 0; k < size; ++k) Q.middleRows<M>(M * k) = modes.middleRows<M>(M * member[start[a] + k]);
    Eigen::Matrix<double, 6, 6> R = Eigen::Matrix<double, 6, 6>::Zero();
    for (int c = 0; c < 6; ++c) { // modified Gram-Schmidt, each column twice
      const double before = Q.col(c).norm();
      for (int again = 0; again < 2; ++again)
        for (int b = 0; b < c; ++b) {
          const double share = Q.col(b).dot(Q.col(c));
          R(b, c) += share;
          Q.col(c) -= share * Q.col(b);
        }
      const double length = Q.col(c).norm();
      if (length > 1e-5 * before && length > 0) {
        R(c, c) = length;
        Q.col(c) /= length;
      } else {
        Q.col(c).setZero();
        result.missing[6 * a + c] = 1;
      }
    }
    result.modes.template middleRows<6>(6 * a) = R;
    for (int k = 0; k < size; ++k)
      for (int m = 0; m < M; ++m)
        for (int c = 0; c < 6; ++c)
          result.basis[(static_cast<std::size_t>(member[start[a] + k]) * M + m) * 6 + c] =
              static_cast<float>(Q(M * k + m, c));
  }
  return result;
}

template <int M>
BlockRows<M, 6> smoothed_prolongator(const BlockRows<M, M>& A, const std::vector<float>& inverse, float omega,
                                     const Aggregates& aggregates, const Tentative<M>& tentative) {
  BlockRows<M, 6> P;
  P.rows = A.rows;
  P.columns = aggregates.count;
  const auto& of = aggregates.of;
  row_pattern(
      P.rows, P.columns,
      [&](int i, auto&& add) {
        if (of[i] < 0) return;
        for (int k = A.start[i]; k < A.start[i + 1]; ++k)
          if (of[A.column[k]] >= 0) add(of[A.column[k]]);
      },
      P.start, P.column);
  P.resize_values();
#pragma omp parallel
  {
    Places at(P.columns);
#pragma omp for schedule(dynamic, 256)
    for (int i = 0; i < P.rows; ++i) {
      if (of[i] < 0) continue;
      at.take(P, i);
      P.clear_row(i);
      for (int k = A.start[i]; k < A.start[i + 1]; ++k) {
        const int j = A.column[k];
        if (of[j] >= 0)
          multiply_add<M>(A.block(k), tentative.basis.data() + static_cast<std::size_t>(6 * M) * j, P.block(at[of[j]]));
      }
      const float* D = inverse.data() + static_cast<std::size_t>(M * M) * i;
      for (int k = P.start[i]; k < P.start[i + 1]; ++k) {
        float* block = P.block(k);
        lanes<6> row[M];
        for (int m = 0; m < M; ++m) row[m] = load<6>(block + 6 * m);
        for (int f = 0; f < M; ++f) {
          lanes<6> sum{};
          for (int m = 0; m < M; ++m) sum += row[m] * (-omega * D[m * M + f]);
          store<6>(block + 6 * f, sum);
        }
      }
      float* own = P.block(at[of[i]]);
      const float* basis = tentative.basis.data() + static_cast<std::size_t>(6 * M) * i;
      for (int k = 0; k < 6 * M; ++k) own[k] += basis[k];
    }
  }
  return P;
}

template <int M>
Columns columns_of(const BlockRows<M, 6>& P) {
  Columns c;
  c.start.assign(P.columns + 1, 0);
  for (const int J : P.column) ++c.start[J + 1];
  for (int J = 0; J < P.columns; ++J) c.start[J + 1] += c.start[J];
  c.row.resize(P.column.size());
  c.at.resize(P.column.size());
  std::vector<int> next(c.start.begin(), c.start.end() - 1);
  for (int i = 0; i < P.rows; ++i)
    for (int k = P.start[i]; k < P.start[i + 1]; ++k) {
      const int to = next[P.column[k]]++;
      c.row[to] = i;
      c.at[to] = k;
    }
  return c;
}

template <int M>
BlockRows<6, 6> galerkin(const BlockRows<M, M>& A, const BlockRows<M, 6>& P, const Columns& columns,
                         const std::vector<char>& missing) {
  BlockRows<M, 6> AP;
  AP.rows = P.rows;
  AP.columns = P.columns;
  row_pattern(
      P.rows, P.columns,
      [&](int i, auto&& add) {
        for (int k = A.start[i]; k < A.start[i + 1]; ++k)
          for (int p = P.start[A.column[k]]; p < P.start[A.column[k] + 1]; ++p) add(P.column[p]);
      },
      AP.start, AP.column);
  AP.resize_values();
#pragma omp parallel
  {
    Places at(P.columns);
#pragma omp for schedule(dynamic, 256)
    for (int i = 0; i < P.rows; ++i) {
      at.take(AP, i);
      AP.clear_row(i);
      for (int k = A.start[i]; k < A.start[i + 1]; ++k) {
        const int j = A.column[k];
        for (int p = P.start[j]; p < P.start[j + 1]; ++p)
          multiply_add<M>(A.block(k), P.block(p), AP.block(at[P.column[p]]));
      }
    }
  }
  BlockRows<6, 6> C;
  C.rows = C.columns = P.columns;
  row_pattern(
      C.rows, C.columns,
      [&](int J, auto&& add) {
        add(J);
        for (int c = columns.start[J]; c < columns.start[J + 1]; ++c)
          for (int k = AP.start[columns.row[c]]; k < AP.start[columns.row[c] + 1]; ++k) add(AP.column[k]);
      },
      C.start, C.column);
  C.resize_values();
#pragma omp parallel
  {
    Places at(C.columns);
#pragma omp for schedule(dynamic, 16)
    for (int J = 0; J < C.rows; ++J) {
      at.take(C, J);
      C.clear_row(J);
      for (int c = columns.start[J]; c < columns.start[J + 1]; ++c) {
        const int i = columns.row[c];
        lanes<6> p[M];
        for (int m = 0; m < M; ++m) p[m] = load<6>(P.block(columns.at[c]) + 6 * m);
        for (int k = AP.start[i]; k < AP.start[i + 1]; ++k) { // C_JL^T += (AP)_iL^T P_iJ
          if (AP.column[k] < J) continue;                     // it is symmetric
          float* to = C.block(at[AP.column[k]]);
          const float* ap = AP.block(k);
          for (int l = 0; l < 6; ++l) {
            lanes<6> sum = load<6>(to + 6 * l);
            for (int m = 0; m < M; ++m) sum += p[m] * ap[6 * m + l];
            store<6>(to + 6 * l, sum);
          }
        }
      }
      float* diagonal = C.block(at[J]);
      for (int m = 0; m < 6; ++m)
        if (missing[6 * J + m]) diagonal[7 * m] = 1;
    }
#pragma omp for schedule(static)
    for (int J = 0; J < C.rows; ++J)
      for (int k = C.start[J]; k < C.start[J + 1] && C.column[k] < J; ++k) {
        const int L = C.column[k];
        const auto first = C.column.begin() + C.start[L], last = C.column.begin() + C.start[L + 1];
        const float* from = C.block(static_cast<int>(std::lower_bound(first, last, J) - C.column.begin()));
        float* to = C.block(k);
        for (int l = 0; l < 6; ++l)
          for (int m = 0; m < 6; ++m) to[6 * l + m] = from[6 * m + l];
      }
  }
  return C;
}

#define KYPHO_BLOCKS(M)                                                                                                \
  template Aggregates aggregate<M>(const BlockRows<M, M>&, float, const std::vector<char>&);                           \
  template Tentative<M> tentative<M>(const Aggregates&, const Eigen::MatrixXd&);                                       \
  template BlockRows<M, 6> smoothed_prolongator<M>(const BlockRows<M, M>&, const std::vector<float>&, float,           \
                                                   const Aggregates&, const Tentative<M>&);                            \
  template Columns columns_of<M>(const BlockRows<M, 6>&);                                                              \
  template BlockRows<6, 6> galerkin<M>(const BlockRows<M, M>&, const BlockRows<M, 6>&, const Columns&,                 \
                                       const std::vector<char>&);
KYPHO_BLOCKS(3)
KYPHO_BLOCKS(6)

} // namespace kypho::multigrid

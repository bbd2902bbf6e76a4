#pragma once
// A sparse matrix of small dense blocks, in floats: what the levels of the multigrid method are made of.
#include <cstring>
#include <vector>

namespace kypho::multigrid {

/// Floats that go through a product at once: 4 for blocks of three columns or rows, 8 for six. What lies beyond the block is
/// loaded too and never used, so arrays of blocks end with padding.
template <int M>
struct Lanes;
template <>
struct Lanes<3> {
  using type = float __attribute__((vector_size(16)));
};
template <>
struct Lanes<6> {
  using type = float __attribute__((vector_size(32)));
};
template <int M>
using lanes = typename Lanes<M>::type;
constexpr int padding = 8;

template <int M>
lanes<M> load(const float* from) {
  lanes<M> v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
template <int M>
void store(float* to, const lanes<M>& v) {
  std::memcpy(to, &v, M * sizeof(float));
}

/// Rows of M x N blocks. A block lies with its M rows of N floats one after the other.
template <int M, int N>
struct BlockRows {
  int rows = 0, columns = 0; ///< in blocks
  std::vector<int> start;    ///< rows + 1
  std::vector<int> column;   ///< ascending in a row
  std::vector<float> values; ///< M N per block, padded
  void resize_values() { values.assign(static_cast<std::size_t>(M) * N * column.size() + padding, 0.0f); }
  float* block(int k) { return values.data() + static_cast<std::size_t>(k) * (M * N); }
  const float* block(int k) const { return values.data() + static_cast<std::size_t>(k) * (M * N); }
  std::size_t bytes() const { return 4 * (start.size() + column.size() + values.size()); }
};

/// Sum over a row of A_ij^T x_j. For a symmetric matrix whose blocks ji stand at ij, that is the row of A x.
template <int M, int N>
lanes<N> transposed_row(const BlockRows<M, N>& A, int i, const float* x) {
  lanes<N> y{};
  for (int k = A.start[i]; k < A.start[i + 1]; ++k) {
    const float* block = A.block(k);
    const float* xj = x + static_cast<std::size_t>(M) * A.column[k];
    for (int m = 0; m < M; ++m) y += load<N>(block + m * N) * xj[m];
  }
  return y;
}

} // namespace kypho::multigrid

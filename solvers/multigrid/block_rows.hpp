#pragma once
// A sparse matrix of small dense blocks, in floats: what the levels of the multigrid method are made of.
#include <algorithm>
#include <cstring>
#include <memory>
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

/// Floats that nobody has written to: pages are taken by the thread that works on them, in place of one after the other.
class Floats {
public:
  /// What was there is gone; the last ones, to which no row belongs, are zero.
  void resize(std::size_t size) {
    at_ = std::make_unique_for_overwrite<float[]>(size);
    size_ = size;
    std::fill_n(at_.get() + size - padding, padding, 0.0f);
  }
  float* data() { return at_.get(); }
  const float* data() const { return at_.get(); }
  std::size_t size() const { return size_; }

private:
  std::unique_ptr<float[]> at_;
  std::size_t size_ = 0;
};

/// Rows of M x N blocks. A block lies with its M rows of N floats one after the other.
template <int M, int N>
struct BlockRows {
  int rows = 0, columns = 0; ///< in blocks
  std::vector<int> start;    ///< rows + 1
  std::vector<int> column;   ///< ascending in a row
  Floats values;             ///< M N per block, padded
  /// Values are to be written, or their rows cleared.
  void resize_values() { values.resize(static_cast<std::size_t>(M) * N * column.size() + padding); }
  void clear_row(int i) { std::fill(block(start[i]), block(start[i + 1]), 0.0f); }
  float* block(int k) { return values.data() + static_cast<std::size_t>(k) * (M * N); }
  const float* block(int k) const { return values.data() + static_cast<std::size_t>(k) * (M * N); }
  std::size_t bytes() const { return 4 * (start.size() + column.size() + values.size()); }
};

/// Sum over a row of A_ij^T x_j. For a symmetric matrix whose blocks ji stand at ij, that is the row of A x.
/// One sum per row of the blocks: none waits for the one before.
template <int M, int N>
lanes<N> transposed_row(const BlockRows<M, N>& A, int i, const float* x) {
  lanes<N> sum[M] = {};
  for (int k = A.start[i]; k < A.start[i + 1]; ++k) {
    const float* block = A.block(k);
    const float* xj = x + static_cast<std::size_t>(M) * A.column[k];
    __builtin_prefetch(block + 512);
    if (M == 6) __builtin_prefetch(block + 528), __builtin_prefetch(block + 544);
    for (int m = 0; m < M; ++m) sum[m] += load<N>(block + m * N) * xj[m];
  }
  for (int m = 1; m < M; ++m) sum[0] += sum[m];
  return sum[0];
}

} // namespace kypho::multigrid

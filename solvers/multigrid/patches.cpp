#include "solvers/multigrid/patches.hpp"

#include <Eigen/Dense>
#include <algorithm>

namespace kypho::multigrid {
namespace {

constexpr int pack = 16;
int padded(int n) { return (n + pack - 1) / pack * pack; }

/// to = A from, in packs that stay in registers. @param A n columns of `packs` packs
template <int packs>
void multiply(const float* A, int n, const float* from, float* to) {
  using Pack = float __attribute__((vector_size(4 * pack)));
  Pack sum[packs] = {};
  for (int j = 0; j < n; ++j)
    for (int k = 0; k < packs; ++k) {
      Pack a;
      std::memcpy(&a, A + (j * packs + k) * pack, sizeof a);
      sum[k] += a * from[j];
    }
  std::memcpy(to, sum, sizeof sum);
}
void multiply(int packs, const float* A, int n, const float* from, float* to) {
  switch (packs) {
  case 1: return multiply<1>(A, n, from, to);
  case 2: return multiply<2>(A, n, from, to);
  case 3: return multiply<3>(A, n, from, to);
  case 4: return multiply<4>(A, n, from, to);
  case 5: return multiply<5>(A, n, from, to);
  case 6: return multiply<6>(A, n, from, to);
  default: // an odd corner with very many edges
    std::fill(to, to + packs * pack, 0.0f);
    for (int j = 0; j < n; ++j)
      for (int i = 0; i < packs * pack; ++i) to[i] += A[j * packs * pack + i] * from[j];
  }
}

} // namespace

bool Patches::build(const MatrixFreeStiffness& K) {
  const auto& patches = K.patches();
  const int count = static_cast<int>(patches.size());
  start_.assign(1, 0);
  node_.clear();
  inverse_start_.assign(1, 0);
  most_ = 0;
  for (const auto& nodes : patches) {
    node_.insert(node_.end(), nodes.begin(), nodes.end());
    start_.push_back(static_cast<int>(node_.size()));
    const std::size_t n = 3 * nodes.size();
    most_ = std::max(most_, padded(static_cast<int>(n)));
    inverse_start_.push_back(inverse_start_.back() + n * padded(static_cast<int>(n)));
  }
  inverse_.assign(inverse_start_.back(), 0.0f);
  int bad = 0;
#pragma omp parallel for schedule(dynamic, 8) reduction(+ : bad)
  for (int p = 0; p < count; ++p) {
    const Eigen::MatrixXd A = K.patch_matrix(p);
    const int n = static_cast<int>(A.rows()), length = padded(n);
    const Eigen::LLT<Eigen::MatrixXd> factor(A);
    if (factor.info() != Eigen::Success) {
      ++bad;
      continue;
    }
    const Eigen::MatrixXd inverse = factor.solve(Eigen::MatrixXd::Identity(n, n));
    for (int j = 0; j < n; ++j)
      for (int i = 0; i < n; ++i)
        inverse_[inverse_start_[p] + static_cast<std::size_t>(j) * length + i] = static_cast<float>(inverse(i, j));
  }
  std::vector<std::vector<int>> places(K.nodes());
  for (std::size_t k = 0; k < node_.size(); ++k) places[node_[k]].push_back(static_cast<int>(k));
  nodes_.clear();
  gather_.clear();
  gather_start_.assign(1, 0);
  for (int n = 0; n < K.nodes(); ++n)
    if (!places[n].empty()) {
      nodes_.push_back(n);
      gather_.insert(gather_.end(), places[n].begin(), places[n].end());
      gather_start_.push_back(static_cast<int>(gather_.size()));
    }
  part_.assign(3 * node_.size(), 0.0f);
  return bad == 0;
}

void Patches::solve(const float* r, float* z) const {
  const int count = static_cast<int>(start_.size()) - 1;
#pragma omp parallel
  {
    std::vector<float> room(2 * static_cast<std::size_t>(most_));
#pragma omp for schedule(dynamic, 8)
    for (int p = 0; p < count; ++p) {
      const int nodes = start_[p + 1] - start_[p], n = 3 * nodes, length = padded(n);
      float* from = room.data();
      float* to = from + most_;
      for (int k = 0; k < nodes; ++k)
        std::copy_n(r + 3 * static_cast<std::size_t>(node_[start_[p] + k]), 3, from + 3 * k);
      multiply(length / pack, inverse_.data() + inverse_start_[p], n, from, to);
      std::copy_n(to, n, part_.data() + 3 * static_cast<std::size_t>(start_[p]));
    }
  }
#pragma omp parallel for schedule(static)
  for (int k = 0; k < static_cast<int>(nodes_.size()); ++k) {
    float sum[3] = {};
    for (int g = gather_start_[k]; g < gather_start_[k + 1]; ++g)
      for (int i = 0; i < 3; ++i) sum[i] += part_[3 * static_cast<std::size_t>(gather_[g]) + i];
    std::copy_n(sum, 3, z + 3 * static_cast<std::size_t>(nodes_[k]));
  }
}

} // namespace kypho::multigrid

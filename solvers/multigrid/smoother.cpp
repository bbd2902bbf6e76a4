#include "solvers/multigrid/smoother.hpp"

#include <Eigen/Dense>

namespace kypho::multigrid {

template <int M>
int invert_blocks(const std::vector<float>& blocks, int count, std::vector<float>& inverse) {
  inverse.assign(static_cast<std::size_t>(M * M) * count + padding, 0.0f);
  int bad = 0;
#pragma omp parallel for schedule(static) reduction(+ : bad)
  for (int i = 0; i < count; ++i) {
    using Block = Eigen::Matrix<double, M, M>;
    const std::size_t at = static_cast<std::size_t>(M * M) * i;
    const Block A = Eigen::Map<const Eigen::Matrix<float, M, M>>(blocks.data() + at).template cast<double>();
    const Eigen::LLT<Block> factor(A);
    if (factor.info() != Eigen::Success) {
      ++bad;
      continue;
    }
    Eigen::Map<Eigen::Matrix<float, M, M>> to(inverse.data() + at);
    to = factor.solve(Block::Identity()).template cast<float>();
  }
  return bad;
}

template <int M>
void scale_blocks(int rows, const std::vector<float>& inverse, const float* r, float* z) {
#pragma omp parallel for schedule(static)
  for (int i = 0; i < rows; ++i)
    store<M>(z + static_cast<std::size_t>(M) * i,
             scale_block<M>(inverse.data() + static_cast<std::size_t>(M * M) * i, r + static_cast<std::size_t>(M) * i));
}

template <int M>
void step_blocks(int rows, const std::vector<float>& inverse, const Step& s, const float* r, float* d, float* x) {
#pragma omp parallel for schedule(static)
  for (int i = 0; i < rows; ++i) {
    const std::size_t at = static_cast<std::size_t>(M) * i;
    const lanes<M> z = scale_block<M>(inverse.data() + static_cast<std::size_t>(M * M) * i, r + at);
    const lanes<M> now = (s.fresh_d ? lanes<M>{} : s.c * load<M>(d + at)) + s.a * z;
    store<M>(d + at, now);
    store<M>(x + at, (s.fresh_x ? lanes<M>{} : load<M>(x + at)) + s.weight * now);
  }
}

template int invert_blocks<3>(const std::vector<float>&, int, std::vector<float>&);
template int invert_blocks<6>(const std::vector<float>&, int, std::vector<float>&);
template void scale_blocks<3>(int, const std::vector<float>&, const float*, float*);
template void scale_blocks<6>(int, const std::vector<float>&, const float*, float*);
template void step_blocks<3>(int, const std::vector<float>&, const Step&, const float*, float*, float*);
template void step_blocks<6>(int, const std::vector<float>&, const Step&, const float*, float*, float*);

} // namespace kypho::multigrid

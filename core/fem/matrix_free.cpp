#include "core/fem/matrix_free.hpp"

namespace kypho {

void MatrixFreeStiffness::fix(std::vector<char> fixed) {
  fixed_ = std::move(fixed);
  fixed_list_.clear();
  for (std::size_t i = 0; i < fixed_.size(); ++i)
    if (fixed_[i]) fixed_list_.push_back(static_cast<int>(i));
}

void MatrixFreeStiffness::subtract_product(const float* d, float* r) const {
  forces(d, r);
#pragma omp parallel for schedule(static)
  for (int n = 0; n < nodes(); ++n) {
    const RowOf<float> sum = force(n);
    for (int i = 0; i < 3; ++i) r[3 * static_cast<std::size_t>(n) + i] -= sum[i];
  }
  clear_fixed(r);
}

void MatrixFreeStiffness::hold_fixed(std::vector<float>& blocks) const {
  for (const int u : fixed_list_) {
    float* block = blocks.data() + 9 * static_cast<std::size_t>(u / 3);
    for (int k = 0; k < 3; ++k) block[3 * (u % 3) + k] = block[3 * k + u % 3] = k == u % 3;
  }
}

} // namespace kypho

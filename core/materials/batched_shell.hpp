#pragma once
// Makes both batch forms of a shell law from one kernel
//   template <class T, class C> void Law::kernel(const T* F, C size, T* history, T* P, T* W) const
// as batched.hpp does for solids.
#include "core/base/dual.hpp"
#include "core/materials/shell_law.hpp"
#include <cstring>

namespace kypho {

template <class Law, int HistorySize>
class BatchedShell : public ShellLaw {
public:
  int history_size() const noexcept override { return HistorySize; }

  void evaluate_batch(const ShellBatch& b) const override {
    for (int p = 0; p < b.n; p += pack_width) {
      Pack F[6], h[HistorySize + 1], P[6], W, size;
      for (int k = 0; k < 6; ++k) std::memcpy(&F[k], b.F + k * b.stride + p, sizeof(Pack));
      for (int k = 0; k < HistorySize; ++k) std::memcpy(&h[k], b.history + k * b.stride + p, sizeof(Pack));
      std::memcpy(&size, b.size + p, sizeof(Pack));
      static_cast<const Law&>(*this).kernel(F, size, h, P, &W);
      for (int k = 0; k < HistorySize; ++k) std::memcpy(b.history + k * b.stride + p, &h[k], sizeof(Pack));
      for (int k = 0; k < 6; ++k) std::memcpy(b.P + k * b.stride + p, &P[k], sizeof(Pack));
      if (b.W) std::memcpy(b.W + p, &W, sizeof(Pack));
    }
  }

  void linearize_batch(const ShellBatch& b, double* A) const override {
    using D = Dual<Pack, 6>;
    for (int p = 0; p < b.n; p += pack_width) {
      D F[6], h[HistorySize + 1], P[6], W;
      Pack size;
      for (int k = 0; k < 6; ++k) {
        std::memcpy(&F[k].v, b.F + k * b.stride + p, sizeof(Pack));
        F[k].d[k] += 1.0;
      }
      for (int k = 0; k < HistorySize; ++k) std::memcpy(&h[k].v, b.history + k * b.stride + p, sizeof(Pack));
      std::memcpy(&size, b.size + p, sizeof(Pack));
      static_cast<const Law&>(*this).kernel(F, size, h, P, &W);
      for (int k = 0; k < 6; ++k) {
        std::memcpy(b.P + k * b.stride + p, &P[k].v, sizeof(Pack));
        for (int l = 0; l < 6; ++l) std::memcpy(A + (6 * k + l) * b.stride + p, &P[k].d[l], sizeof(Pack));
      }
    }
  }
};

} // namespace kypho

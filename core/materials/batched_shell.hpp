#pragma once
// Makes both batch forms of a shell law from one kernel
//   template <class T, class C> void Law::kernel(const T* F, C size, double strength, T* history, T* P, T* W) const
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
    for (int p = 0; p < b.n; p += pack_width)
      if (b.W)
        evaluate_pack<true>(b, p);
      else
        evaluate_pack<false>(b, p);
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
      static_cast<const Law&>(*this).kernel(F, size, b.strength, h, P, &W);
      for (int k = 0; k < 6; ++k) {
        std::memcpy(b.P + k * b.stride + p, &P[k].v, sizeof(Pack));
        for (int l = 0; l < 6; ++l) std::memcpy(A + (6 * k + l) * b.stride + p, &P[k].d[l], sizeof(Pack));
      }
    }
  }

private:
  /// Flat, so that energy that nobody asked for is not worked out.
  template <bool with_energy>
  [[gnu::flatten]] void evaluate_pack(const ShellBatch& b, int p) const {
    Pack F[6], h[HistorySize + 1], P[6], W;
    for (int k = 0; k < 6; ++k) F[k] = load_lanes<Pack>(b.F + k * b.stride + p);
    for (int k = 0; k < HistorySize; ++k) h[k] = load_lanes<Pack>(b.history + k * b.stride + p);
    static_cast<const Law&>(*this).kernel(F, load_lanes<Pack>(b.size + p), b.strength, h, P, &W);
    for (int k = 0; k < HistorySize; ++k) store_lanes(b.history + k * b.stride + p, h[k]);
    for (int k = 0; k < 6; ++k) store_lanes(b.P + k * b.stride + p, P[k]);
    if constexpr (with_energy) store_lanes(b.W + p, W);
  }
};

} // namespace kypho

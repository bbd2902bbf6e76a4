#pragma once
// Makes both forms of a law, single point and batch, from one kernel
//   template <class T> bool Law::kernel(const T* F, const T* constants, T* history, T* P, T* W) const
// that returns false if it left the history of every lane alone,
// so that they cannot drift apart.
#include "core/base/pack.hpp"
#include "core/materials/material.hpp"
#include <cstring>

namespace kypho {

template <class Law, int ConstantsSize, int HistorySize>
class BatchedMaterial : public Material {
public:
  int constants_size() const noexcept override { return ConstantsSize; }
  int history_size() const noexcept override { return HistorySize; }

  void evaluate_batch(const PointBatch& b) const override {
    const Law& law = static_cast<const Law&>(*this);
    for (int p = 0; p < b.n; p += pack_width) {
      Pack F[9], c[ConstantsSize], h[HistorySize], P[9], W;
      for (int k = 0; k < 9; ++k) std::memcpy(&F[k], b.F + k * b.stride + p, sizeof(Pack));
      for (int k = 0; k < ConstantsSize; ++k) std::memcpy(&c[k], b.constants + k * b.stride + p, sizeof(Pack));
      for (int k = 0; k < HistorySize; ++k) std::memcpy(&h[k], b.history + k * b.stride + p, sizeof(Pack));
      if (law.kernel(F, c, h, P, &W)) // memory is the bottleneck: nothing is written that did not change
        for (int k = 0; k < HistorySize; ++k) std::memcpy(b.history + k * b.stride + p, &h[k], sizeof(Pack));
      for (int k = 0; k < 9; ++k) std::memcpy(b.P + k * b.stride + p, &P[k], sizeof(Pack));
      if (b.W) std::memcpy(b.W + p, &W, sizeof(Pack));
    }
  }

protected:
  Response evaluate_point(const Mat3& F, ConstHistory constants, ConstHistory old, History trial) const override {
    double Fr[9], P[9], h[HistorySize];
    for (int k = 0; k < 9; ++k) Fr[k] = F(k / 3, k % 3);
    for (int k = 0; k < HistorySize; ++k) h[k] = old[k];
    Response r;
    static_cast<const Law&>(*this).kernel(Fr, constants.data(), h, P, &r.W);
    for (int k = 0; k < HistorySize; ++k) trial[k] = h[k];
    for (int k = 0; k < 9; ++k) r.P(k / 3, k % 3) = P[k];
    return r;
  }
};

} // namespace kypho

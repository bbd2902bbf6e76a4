#pragma once
// Makes all forms of a law, single point and batch, with and without tangent, from one kernel
//   template <class T, class C> bool Law::kernel(const T* F, const C* constants, T* history, T* P, T* W) const
// that returns false if it left the history of every lane alone, so that they cannot drift apart. The tangent is the
// kernel's derivative (dual.hpp). A law whose strength depends on the rate of straining names the constants that are
// strengths, static constexpr int strengths[].
#include "core/materials/material.hpp"
#include "core/materials/spatial_tangent.hpp"
#include <cstring>

namespace kypho {

template <class Law, int ConstantsSize, int HistorySize>
class BatchedMaterial : public Material {
public:
  /// Stress turns with the observer, P(Q F) = Q P(F): six derivatives are enough. A law of small strains says false.
  static constexpr bool turns_with_observer = true;

  int constants_size() const noexcept override { return ConstantsSize; }
  int history_size() const noexcept override { return HistorySize; }
  void strengthen(History constants, double share) const override { strengthen(constants.data(), share); }

  void evaluate_batch(const PointBatch& b) const override { evaluate_packs<Pack, pack_width>(b); }
  void evaluate_batch(const SingleBatch& b) const override { evaluate_packs<SinglePack, SinglePack::width>(b); }

  void linearize_batch(const PointBatch& b, double* A) const override {
    for (int p = 0; p < b.n; p += pack_width)
      if constexpr (Law::turns_with_observer)
        linearize_pack_by_strain(b, p, A);
      else
        linearize_pack(b, p, A);
  }

protected:
  Mat9 tangent_at_point(const Mat3& F, ConstHistory constants, ConstHistory old) const override {
    using D = Dual<double, 9>;
    D Fr[9], P[9], h[HistorySize + 1], W;
    for (int k = 0; k < 9; ++k) {
      Fr[k] = F(k / 3, k % 3);
      Fr[k].d[k] = 1;
    }
    for (int k = 0; k < HistorySize; ++k) h[k] = old[k];
    static_cast<const Law&>(*this).kernel(Fr, constants.data(), h, P, &W);
    Mat9 A;
    for (int k = 0; k < 9; ++k)
      for (int l = 0; l < 9; ++l) A(k / 3 + 3 * (k % 3), l / 3 + 3 * (l % 3)) = P[k].d[l];
    return A;
  }
  Response evaluate_point(const Mat3& F, ConstHistory constants, ConstHistory old, History trial) const override {
    double Fr[9], P[9], h[HistorySize + 1];
    for (int k = 0; k < 9; ++k) Fr[k] = F(k / 3, k % 3);
    for (int k = 0; k < HistorySize; ++k) h[k] = old[k];
    Response r;
    static_cast<const Law&>(*this).kernel(Fr, constants.data(), h, P, &r.W);
    for (int k = 0; k < HistorySize; ++k) trial[k] = h[k];
    for (int k = 0; k < 9; ++k) r.P(k / 3, k % 3) = P[k];
    return r;
  }

private:
  template <class C, class R>
  [[gnu::always_inline]] static void strengthen(C* c, R share) {
    if constexpr (requires { Law::strengths; })
      for (const int k : Law::strengths) c[k] = c[k] * share;
  }
  /// Energy that nobody asked for is not worked out: it would be a third of the divisions of an elastic point. The compiler
  /// sees that only where the kernel is part of the function.
  template <class T, int width, class Batch>
  void evaluate_packs(const Batch& b) const {
    if (b.W)
      for (int p = 0; p < b.n; p += width) evaluate_pack<T, true>(b, p);
    else
      for (int p = 0; p < b.n; p += width) evaluate_pack<T, false>(b, p);
  }
  template <class T, bool with_energy, class Batch>
  [[gnu::flatten]] void evaluate_pack(const Batch& b, int p) const {
    T F[9], c[ConstantsSize + 1], h[HistorySize + 1], P[9], W;
    for (int k = 0; k < 9; ++k) F[k] = load_lanes<T>(b.F + k * b.stride + p);
    for (int k = 0; k < ConstantsSize; ++k) c[k] = load_lanes<T>(b.constants + k * b.stride + p);
    strengthen(c, b.strength);
    for (int k = 0; k < HistorySize; ++k) h[k] = load_lanes<T>(b.history + k * b.stride + p);
    if (static_cast<const Law&>(*this).kernel(F, c, h, P, &W)) // memory is dear: nothing is written that did not change
      for (int k = 0; k < HistorySize; ++k) store_lanes(b.history + k * b.stride + p, h[k]);
    for (int k = 0; k < 9; ++k) store_lanes(b.P + k * b.stride + p, P[k]);
    if constexpr (with_energy) store_lanes(b.W + p, W);
  }
  /// Runs the kernel on a pack whose F carries derivatives; writes P and W.
  template <class D>
  void differentiate(const PointBatch& b, int p, const D* F, D* P) const {
    D h[HistorySize + 1], W;
    Pack c[ConstantsSize + 1];
    each<ConstantsSize>([&](int k) { std::memcpy(&c[k], b.constants + k * b.stride + p, sizeof(Pack)); });
    strengthen(c, b.strength);
    each<HistorySize>([&](int k) { std::memcpy(&h[k].v, b.history + k * b.stride + p, sizeof(Pack)); });
    static_cast<const Law&>(*this).kernel(F, c, h, P, &W);
    each<9>([&](int k) { std::memcpy(b.P + k * b.stride + p, &P[k].v, sizeof(Pack)); });
    if (b.W) std::memcpy(b.W + p, &W.v, sizeof(Pack));
  }
  // Flat: the kernel becomes part of these, so that derivatives of a history that nobody reads are not computed and what
  // is left lies in registers. For this the loops of the caller must be unrolled early, too.
  [[gnu::flatten, gnu::noinline]] void linearize_pack(const PointBatch& b, int p, double* A) const {
    using D = Dual<Pack, 9>;
    D F[9], P[9];
    each<9>([&](int k) {
      std::memcpy(&F[k].v, b.F + k * b.stride + p, sizeof(Pack));
      F[k].d[k] += 1.0;
    });
    differentiate(b, p, F, P);
    for (int k = 0; k < 9; ++k)
      for (int l = 0; l < 9; ++l) std::memcpy(A + (9 * k + l) * b.stride + p, &P[k].d[l], sizeof(Pack));
  }
  /// From six derivatives: tangent_from_strains() in spatial_tangent.hpp.
  [[gnu::flatten, gnu::noinline]] void linearize_pack_by_strain(const PointBatch& b, int p, double* A) const {
    Pack F[9];
    Dual<Pack, 6> strained[9], P[9];
    each<9>([&](int k) { std::memcpy(&F[k], b.F + k * b.stride + p, sizeof(Pack)); });
    strain_directions(F, strained);
    differentiate(b, p, strained, P);
    tangent_from_strains(F, P,
                         [&](int entry, const Pack& a) { std::memcpy(A + entry * b.stride + p, &a, sizeof(Pack)); });
  }
};

} // namespace kypho

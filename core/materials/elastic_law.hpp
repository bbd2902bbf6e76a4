#pragma once
// Base of hyperelastic laws. They remember the deformation R that led from their stress-free shape to the reference, so
// that a mesh made anew in the deformed shape carries their stress on:
//   P = P_law(F R) R^T,   constants per volume of the present reference.
#include "core/materials/batched.hpp"
#include "core/materials/tensor.hpp"

namespace kypho {

/// Law defines  elastic(const T* F, const C* constants, T* P, T* W),  F from the stress-free shape on; or, with
/// directions to take there,  elastic(const T* F, const T* R, const C* constants, T* P, T* W).
template <class Law, int ConstantsSize>
class ElasticLaw : public BatchedMaterial<Law, ConstantsSize, 9> {
public:
  std::vector<std::pair<std::string, int>> visible_history() const override { return {}; }
  void initial_history(History h) const override { write(Mat3::Identity(), h); }
  void change_reference(const Mat3& F, const Vec3&, History h) const override { write(F * read(h), h); }
  void set_stress_free(const Mat3& F, History h) const override {
    double in[9], out[9];
    for (int k = 0; k < 9; ++k) in[k] = F(k / 3, k % 3);
    tensor::inverse(in, tensor::det(in), out);
    for (int k = 0; k < 9; ++k) h[k] = out[k];
  }
  void shrink(double shrinkage, History h) const override { h /= 1 - shrinkage; }

  template <class T, class C>
  bool kernel(const T* F, const C* c, T* h, T* P, T* W) const {
    T total[9], from_law[9];
    for (int i = 0; i < 3; ++i)
      for (int K = 0; K < 3; ++K)
        total[3 * i + K] = F[3 * i] * h[K] + F[3 * i + 1] * h[3 + K] + F[3 * i + 2] * h[6 + K];
    const Law& law = static_cast<const Law&>(*this);
    if constexpr (requires { law.elastic(total, h, c, from_law, W); })
      law.elastic(total, h, c, from_law, W);
    else
      law.elastic(total, c, from_law, W);
    for (int i = 0; i < 3; ++i)
      for (int J = 0; J < 3; ++J)
        P[3 * i + J] =
            from_law[3 * i] * h[3 * J] + from_law[3 * i + 1] * h[3 * J + 1] + from_law[3 * i + 2] * h[3 * J + 2];
    return false;
  }

private:
  static Mat3 read(ConstHistory h) {
    Mat3 R;
    for (int k = 0; k < 9; ++k) R(k / 3, k % 3) = h[k];
    return R;
  }
  static void write(const Mat3& R, History h) {
    for (int k = 0; k < 9; ++k) h[k] = R(k / 3, k % 3);
  }
};

} // namespace kypho

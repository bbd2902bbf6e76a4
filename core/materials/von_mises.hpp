#pragma once
// Finite-strain elasto-plasticity of compact solids: Cayley elasticity, von Mises yield with linear hardening.
//   tau = 2 mu dev e + K tr e I,   q <= Y + H kappa   (radial return, closed form; Simo & Hughes 1998, sec. 3.3)
#include "core/materials/batched.hpp"
#include "core/materials/tensor.hpp"

namespace kypho {

namespace von_mises {
enum Constant { mu, bulk, yield, hardening, constants_count };
enum Stored { cp_inverse = 0, kappa = 6, history_count };
} // namespace von_mises

/// @tparam Extra history entries of the law's own, after those here
template <class Law, int Extra = 0>
class VonMises : public BatchedMaterial<Law, von_mises::constants_count, von_mises::history_count + Extra> {
public:
  void initial_history(History h) const override {
    h.setZero();
    h[0] = h[1] = h[2] = 1;
  }
  std::vector<std::pair<std::string, int>> visible_history() const override {
    return {{"equivalent_plastic_strain", von_mises::kappa}};
  }
  void change_reference(const Mat3& F, const Vec3&, History h) const override {
    double Fr[9], b[6];
    for (int k = 0; k < 9; ++k) Fr[k] = F(k / 3, k % 3);
    tensor::congruence(Fr, h.data(), b);
    for (int k = 0; k < 6; ++k) h[k] = b[k];
  }
  /// b = F Cp^-1 F^T = I.
  void set_stress_free(const Mat3& F, History h) const override {
    double Fr[9], G[9];
    for (int k = 0; k < 9; ++k) Fr[k] = F(k / 3, k % 3);
    tensor::inverse(Fr, tensor::det(Fr), G);
    const double unit[6] = {1, 1, 1, 0, 0, 0};
    tensor::congruence(G, unit, h.data());
  }
  /// Cp^-1 grows by 1 / (1 - shrinkage)^2: stretched against the size that the solid would like to have.
  void shrink(double shrinkage, History h) const override { h.head<6>() /= (1 - shrinkage) * (1 - shrinkage); }
  StiffnessBound stiffness_bound(ConstHistory c, ConstHistory) const override {
    return {c[von_mises::bulk] - 2.0 / 3.0 * c[von_mises::mu], 2 * c[von_mises::mu]};
  }

  template <class T, class C>
  bool kernel(const T* F, const C* c, T* h, T* P, T* W) const {
    using namespace von_mises;
    T G[9], b[6], e[6];
    tensor::inverse(F, tensor::det(F), G);
    tensor::congruence(F, h + cp_inverse, b);
    tensor::cayley_strain(b, e);
    const C m = c[mu], K = c[bulk];
    const T mean = (e[0] + e[1] + e[2]) / 3.0;
    T s[6] = {2.0 * m * (e[0] - mean), 2.0 * m * (e[1] - mean), 2.0 * m * (e[2] - mean),
              2.0 * m * e[3],          2.0 * m * e[4],          2.0 * m * e[5]};
    const T q = root(1.5 * (s[0] * s[0] + s[1] * s[1] + s[2] * s[2] + 2.0 * (s[3] * s[3] + s[4] * s[4] + s[5] * s[5])));
    const T limit = c[yield] + c[hardening] * h[kappa];
    const T over = larger(q - limit, T{});
    const T dk = over / (3.0 * m + c[hardening]);
    const T scale = 1.0 - 3.0 * m * dk / larger(q, filled<T>(1e-30));
    const auto flows = dk > T{};
    const bool moved = any(flows);
    if (moved) {
      for (int k = 0; k < 6; ++k) s[k] = s[k] * scale;
      for (int k = 0; k < 3; ++k) e[k] = s[k] / (2.0 * m) + mean;
      for (int k = 3; k < 6; ++k) e[k] = s[k] / (2.0 * m);
      tensor::cayley_stretch(e, b);
      T cp[6];
      tensor::congruence(G, b, cp);
      for (int k = 0; k < 6; ++k) h[k] = select(flows, cp[k], h[k]);
      h[kappa] = h[kappa] + dk;
    }
    const T t = 3.0 * K * mean;
    const T tau[6] = {s[0] + t, s[1] + t, s[2] + t, s[3], s[4], s[5]};
    tensor::first_piola(tau, G, P);
    const T qn = q * scale;
    *W = qn * qn / (6.0 * m) + 0.5 * t * t / K;
    return moved;
  }
};

} // namespace kypho

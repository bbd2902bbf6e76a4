// Rubber-like solid, nearly incompressible where asked: disc nucleus, soft tissue, verification.
//   W = C10 (J^-2/3 I1 - 3) + C01 (J^-4/3 I2 - 3) + (J - 1)^2 / D1,   P = dW/dF,   D1 = 2 / K.
// Mooney 1940, Rivlin 1948; the volumetric term is that of Abaqus and CalculiX. C01 = 0: neo-Hookean.
#include "core/materials/catalog.hpp"
#include "core/materials/elastic_law.hpp"

namespace kypho {
namespace {

enum Constant { c10_, c01_, bulk_, constants_count_ };

class MooneyRivlin final : public ElasticLaw<MooneyRivlin, constants_count_> {
public:
  explicit MooneyRivlin(const Params& p) : c10(p.number("c10")), c01(p.number("c01")), bulk(p.number("bulk_modulus")) {}

  void constants(const PointData& point, History c) const override {
    const double scale = 1 / point.volume_ratio;
    c[c10_] = c10 * scale;
    c[c01_] = c01 * scale;
    c[bulk_] = bulk * scale;
  }
  StiffnessBound stiffness_bound(ConstHistory c, ConstHistory) const override {
    return {c[bulk_] - 4.0 / 3.0 * (c[c10_] + c[c01_]), 4 * (c[c10_] + c[c01_])};
  }

  template <class T, class C>
  void elastic(const T* F, const C* c, T* P, T* W) const {
    T G[9], FC[9]; // F^-1; F F^T F
    const T J = tensor::det(F);
    tensor::inverse(F, J, G);
    const T C2[6] = {F[0] * F[0] + F[3] * F[3] + F[6] * F[6], F[1] * F[1] + F[4] * F[4] + F[7] * F[7],
                     F[2] * F[2] + F[5] * F[5] + F[8] * F[8], F[0] * F[1] + F[3] * F[4] + F[6] * F[7],
                     F[1] * F[2] + F[4] * F[5] + F[7] * F[8], F[0] * F[2] + F[3] * F[5] + F[6] * F[8]};
    const T full[9] = {C2[0], C2[3], C2[5], C2[3], C2[1], C2[4], C2[5], C2[4], C2[2]};
    for (int i = 0; i < 3; ++i)
      for (int K = 0; K < 3; ++K)
        FC[3 * i + K] = F[3 * i] * full[K] + F[3 * i + 1] * full[3 + K] + F[3 * i + 2] * full[6 + K];
    const T I1 = C2[0] + C2[1] + C2[2];
    const T I2 = C2[0] * C2[1] + C2[1] * C2[2] + C2[0] * C2[2] - C2[3] * C2[3] - C2[4] * C2[4] - C2[5] * C2[5];
    const T a = exp_of(-2.0 / 3.0 * log_of(J)), a2 = a * a;
    const T b1 = 2.0 * c[c10_] * a, b2 = 2.0 * c[c01_] * a2;
    const T mean = b1 * I1 / 3.0 + b2 * I2 * (2.0 / 3.0) - c[bulk_] * (J - 1.0) * J; // along -F^-T
    for (int i = 0; i < 3; ++i)
      for (int K = 0; K < 3; ++K)
        P[3 * i + K] = b1 * F[3 * i + K] + b2 * (I1 * F[3 * i + K] - FC[3 * i + K]) - mean * G[3 * K + i];
    *W = c[c10_] * (a * I1 - 3.0) + c[c01_] * (a2 * I2 - 3.0) + 0.5 * c[bulk_] * (J - 1.0) * (J - 1.0);
  }

private:
  double c10, c01, bulk;
};

} // namespace

LawInfo mooney_rivlin_law() {
  return {"mooney_rivlin",
          "rubber-like solid (Mooney-Rivlin; neo-Hookean with c01 = 0), nearly incompressible where asked",
          "Mooney 1940, J Appl Phys 11:582; Rivlin 1948, Phil Trans R Soc A 241:379",
          {
              quantity("c10", "MPa", "0.12 MPa", 1e-6, 1e5, "first constant", "disc nucleus, commonly quoted"),
              quantity("c01", "MPa", "0.03 MPa", 0, 1e5, "second constant", "disc nucleus, commonly quoted"),
              quantity("bulk_modulus", "MPa", "75 MPa", 1e-3, 1e8, "bulk modulus", "Poisson ratio 0.498"),
          },
          [](const Params& p) -> std::unique_ptr<Material> { return std::make_unique<MooneyRivlin>(p); }};
}

} // namespace kypho

// Annulus of the disc: nearly incompressible matrix with two crossed families of collagen fibres.
//   W = C10 (I1 - 3) + K/2 (J - 1)^2 + sum_i k1/(2 k2) (exp(k2 <E_i>^2) - 1),
//   E_i = kappa (I1 - 3) + (1 - 3 kappa) (I4_i - 1),   I1 = J^-2/3 tr C,   I4_i = J^-2/3 |F a_i|^2
// Gasser, Ogden & Holzapfel 2006, J R Soc Interface 3:15, with the invariants of the isochoric part as in Abaqus, for
// which the values were fitted. Fibres a_i lie at +- the fibre angle to the transverse plane, in the sheet that the
// radial direction is normal to.
// Two changes keep Newton's method and the explicit step in bounds: <E> begins with a parabola of the width w, so that
// the fibres take hold with a continuous tangent (beyond w it is E - w/2); and beyond a largest stretch the stress goes
// on along its slope, as lamellae do before they tear (Skaggs 1994, Spine 19:1310, commonly quoted).
#include "core/materials/catalog.hpp"
#include "core/materials/elastic_law.hpp"
#include <cmath>

namespace kypho {
namespace {

enum Constant { c10_, bulk_, k1_, axis_, radial_ = axis_ + 3, constants_count_ = radial_ + 3 };

class AnnulusFibrosus final : public ElasticLaw<AnnulusFibrosus, constants_count_> {
public:
  explicit AnnulusFibrosus(const Params& p)
      : c10(p.number("c10")), bulk(p.number("bulk_modulus")), k1(p.number("k1")), k2_(p.number("k2")),
        kappa_(p.number("dispersion")), cos_(std::cos(p.number("fibre_angle"))),
        sin_(std::sin(p.number("fibre_angle"))), width_(p.number("fibre_switch")) {
    const double l = p.number("fibre_stretch_limit");
    stretch_limit_ = l;
    const double pulled = kappa_ * (l * l + 2 / l - 3) + (1 - 3 * kappa_) * (l * l - 1); // E along a fibre, J = 1
    limit_ = std::max(pulled - 0.5 * width_, 0.5 * width_);
  }

  void constants(const PointData& point, History c) const override {
    const double scale = 1 / point.volume_ratio;
    c[c10_] = c10 * scale;
    c[bulk_] = bulk * scale;
    c[k1_] = k1 * scale;
    for (int i = 0; i < 3; ++i) {
      c[axis_ + i] = point.axis[i];
      c[radial_ + i] = point.radial[i];
    }
  }
  StiffnessBound stiffness_bound(ConstHistory c, ConstHistory) const override {
    const double grown = std::exp(k2_ * limit_ * limit_), square = stretch_limit_ * stretch_limit_;
    const double slope = c[k1_] * (1 + 2 * k2_ * limit_ * limit_) * grown, stress = c[k1_] * limit_ * grown;
    return {c[bulk_] - 4.0 / 3.0 * c[c10_], 4 * c[c10_] + 2 * (4 * square * slope + 2 * stress)};
  }

  template <class T, class C>
  void elastic(const T* F, const T* R, const C* c, T* P, T* W) const {
    T G[9], fibre[2][3];
    const T J = tensor::det(F);
    tensor::inverse(F, J, G);
    fibres(R, c, fibre);
    const T a = exp_of(-2.0 / 3.0 * log_of(J));
    T square = F[0] * F[0];
    for (int k = 1; k < 9; ++k) square = square + F[k] * F[k];
    const T I1 = a * square;

    T along_I1 = c[c10_] + T{}; // dW/dI1
    T spherical = T{};          // sum of dW/dI4 I4
    *W = c[c10_] * (I1 - 3.0) + 0.5 * c[bulk_] * (J - 1.0) * (J - 1.0);
    for (int k = 0; k < 9; ++k) P[k] = T{};
    for (const T* d : fibre) {
      T f[3];
      for (int i = 0; i < 3; ++i) f[i] = F[3 * i] * d[0] + F[3 * i + 1] * d[1] + F[3 * i + 2] * d[2];
      const T I4 = a * (f[0] * f[0] + f[1] * f[1] + f[2] * f[2]);
      const T pull = fibre_stress(kappa_ * (I1 - 3.0) + (1.0 - 3.0 * kappa_) * (I4 - 1.0), c, W);
      along_I1 = along_I1 + kappa_ * pull;
      const T along_I4 = (1.0 - 3.0 * kappa_) * pull;
      spherical = spherical + along_I4 * I4;
      for (int i = 0; i < 3; ++i)
        for (int K = 0; K < 3; ++K) P[3 * i + K] = P[3 * i + K] + 2.0 * a * along_I4 * f[i] * d[K];
    }
    const T mean = 2.0 / 3.0 * (along_I1 * I1 + spherical) - c[bulk_] * (J - 1.0) * J; // along -F^-T
    for (int i = 0; i < 3; ++i)
      for (int K = 0; K < 3; ++K) P[3 * i + K] = P[3 * i + K] + 2.0 * a * along_I1 * F[3 * i + K] - mean * G[3 * K + i];
  }

private:
  /// The fibres in the stress-free shape, to which a line a of the reference belongs as R^-1 a, a normal n as R^T n.
  template <class T, class C>
  void fibres(const T* R, const C* c, T (*fibre)[3]) const {
    T inverse[9], up[3], out[3];
    tensor::inverse(R, tensor::det(R), inverse);
    for (int i = 0; i < 3; ++i) {
      up[i] = inverse[3 * i] * c[axis_] + inverse[3 * i + 1] * c[axis_ + 1] + inverse[3 * i + 2] * c[axis_ + 2];
      out[i] = R[i] * c[radial_] + R[3 + i] * c[radial_ + 1] + R[6 + i] * c[radial_ + 2];
    }
    const T round[3] = {up[1] * out[2] - up[2] * out[1], up[2] * out[0] - up[0] * out[2],
                        up[0] * out[1] - up[1] * out[0]};
    const T to_up = sin_ / root(up[0] * up[0] + up[1] * up[1] + up[2] * up[2]);
    const T to_round = cos_ / root(round[0] * round[0] + round[1] * round[1] + round[2] * round[2]);
    for (int i = 0; i < 3; ++i) {
      fibre[0][i] = to_round * round[i] + to_up * up[i];
      fibre[1][i] = to_round * round[i] - to_up * up[i];
    }
  }

  /// dW/dE of one family at E; adds its energy. k1 s exp(k2 s^2), s = <E>, up to the limit, then along its slope.
  template <class T, class C>
  T fibre_stress(const T& E, const C* c, T* W) const {
    const T zero{}, rising = smaller(larger(E / width_, zero), filled<T>(1.0)); // ds/dE
    const T s = rising * larger(E, zero) - 0.5 * width_ * rising * rising;
    const T bent = smaller(s, filled<T>(limit_)), over = s - bent;
    const T grown = exp_of(k2_ * bent * bent);
    const T stress = c[k1_] * bent * grown, slope = c[k1_] * (1.0 + 2.0 * k2_ * bent * bent) * grown;
    *W = *W + c[k1_] * (grown - 1.0) / (2.0 * k2_) + over * (stress + 0.5 * slope * over);
    return (stress + slope * over) * rising;
  }

  double c10, bulk, k1, k2_, kappa_, cos_, sin_, width_, stretch_limit_ = 1, limit_ = 0;
};

} // namespace

LawInfo annulus_fibrosus_law() {
  return {
      "annulus_fibrosus",
      "annulus of the disc: nearly incompressible matrix with two crossed families of dispersed fibres that carry "
      "tension "
      "only",
      "Gasser, Ogden & Holzapfel 2006, J R Soc Interface 3:15; values Gruber 2024, Front Bioeng Biotechnol 12:1391957",
      {
          quantity("c10", "MPa", "0.1351 MPa", 1e-4, 100, "constant of the matrix, half its shear modulus",
                   "L4-5, Gruber 2024; literature there 0.035 to 0.86"),
          quantity("bulk_modulus", "MPa", "67 MPa", 1e-2, 1e5, "bulk modulus",
                   "Poisson ratio 0.498 of the matrix; incompressible in Gruber 2024"),
          quantity("k1", "MPa", "2.67 MPa", 0, 1000, "stiffness of the fibres as they take hold",
                   "L4-5, region C3, Gruber 2024: 1.70 to 3.73 over the regions; literature there 0.296 to 179"),
          quantity("k2", "", "60.9", 0.01, 650, "rate at which the fibres stiffen",
                   "L4-5, region C3, Gruber 2024: 37.4 to 89.6 over the regions; literature there 10 to 648"),
          quantity("dispersion", "", "0.0752", 0, 0.333, "kappa: 0 fibres in line, 1/3 in all directions",
                   "L4-5, Gruber 2024"),
          quantity("fibre_angle", "deg", "34 deg", 0, 90, "angle of the fibres to the transverse plane",
                   "31 to 38 deg over the regions, Gruber 2024; literature there 24 to 30"),
          quantity("fibre_stretch_limit", "", "1.1", 1.01, 1.5,
                   "stretch along a fibre beyond which it stiffens no more",
                   "lamellae are linear and tear at 10 to 15 %, Skaggs 1994, commonly quoted"),
          quantity("fibre_switch", "", "0.002", 1e-5, 0.1, "E over which the fibres take hold",
                   "assumption: small beside E at 1 % stretch"),
      },
      [](const Params& p) -> std::unique_ptr<Material> { return std::make_unique<AnnulusFibrosus>(p); }};
}

} // namespace kypho

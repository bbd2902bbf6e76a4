// PMMA from dough to glass: stiffness and strength grow with conversion, from the gel point to the glass. The dough is
// nearly incompressible and has a small yield stress. Values of a cured cement come from the cement catalog.
// Cement that sets in the pores of bone keeps the stress S that the bone has there, and nothing of its stiffness (bone in
// cement is "switched off": Kinzl 2011, J Biomech 44:2732):  P = P_cement + F S.
#include "core/materials/catalog.hpp"
#include "core/materials/von_mises.hpp"

#include <Eigen/LU>

#include <algorithm>

namespace kypho {
namespace {

constexpr int carried = von_mises::history_count; // S: xx, yy, zz, xy, yz, xz

class BoneCement final : public VonMises<BoneCement, 6> {
public:
  explicit BoneCement(const Params& p)
      : modulus_(p.number("modulus")), nu_(p.number("poisson_ratio")), yield_(p.number("yield")),
        hardening_(p.number("hardening")), dough_bulk_(p.number("dough_bulk_modulus")),
        dough_shear_(p.number("dough_shear_modulus")), dough_yield_(p.number("dough_yield")),
        gel_(p.number("gel_conversion")), glass_(p.number("glass_conversion")) {
    if (!(gel_ < glass_)) throw InputError("bone cement: gel_conversion must lie below glass_conversion");
  }

  void constants(const PointData& point, History c) const override {
    const double x = std::clamp((point.conversion - gel_) / (glass_ - gel_), 0.0, 1.0);
    const double glass = x * x * (3 - 2 * x) * point.stiffness_factor;
    const double scale = 1 / point.volume_ratio;
    c[von_mises::mu] = (dough_shear_ + glass * modulus_ / (2 * (1 + nu_))) * scale;
    c[von_mises::bulk] = std::max(dough_bulk_, glass * modulus_ / (3 * (1 - 2 * nu_))) * scale;
    c[von_mises::yield] = (dough_yield_ + glass * yield_) * scale;
    c[von_mises::hardening] = glass * hardening_ * scale;
  }

  void carry_stress(const Mat3& S, History h) const override {
    for (int k = 0; k < 6; ++k) h[carried + k] = S(row[k], column[k]);
  }
  /// S -> F S F^T / det F.
  void change_reference(const Mat3& F, const Vec3& axis, History h) const override {
    VonMises::change_reference(F, axis, h);
    Mat3 S;
    for (int k = 0; k < 6; ++k) S(row[k], column[k]) = S(column[k], row[k]) = h[carried + k];
    carry_stress(F * S * F.transpose() / F.determinant(), h);
  }

  template <class T, class C>
  bool kernel(const T* F, const C* c, T* h, T* P, T* W) const {
    const bool moved = VonMises::kernel(F, c, h, P, W);
    const T* s = h + carried;
    const T S[9] = {s[0], s[3], s[5], s[3], s[1], s[4], s[5], s[4], s[2]};
    T work = -(s[0] + s[1] + s[2]);
    for (int i = 0; i < 3; ++i)
      for (int J = 0; J < 3; ++J) {
        const T fs = F[3 * i] * S[J] + F[3 * i + 1] * S[3 + J] + F[3 * i + 2] * S[6 + J];
        P[3 * i + J] = P[3 * i + J] + fs;
        work = work + F[3 * i + J] * fs;
      }
    *W = *W + 0.5 * work; // S : E with Green's strain E
    return moved;
  }

private:
  static constexpr int row[6] = {0, 1, 2, 0, 1, 0}, column[6] = {0, 1, 2, 1, 2, 2};
  double modulus_, nu_, yield_, hardening_, dough_bulk_, dough_shear_, dough_yield_, gel_, glass_;
};

} // namespace

LawInfo bone_cement_law() {
  return {
      "bone_cement",
      "PMMA whose stiffness and strength grow with conversion, from dough to glass",
      "PMC3698342 (modulus); strength commonly quoted",
      {
          quantity("modulus", "MPa", "1937 MPa", 10, 10000, "Young's modulus when cured", "PMC3698342"),
          quantity("poisson_ratio", "", "0.3", 0, 0.49, "Poisson ratio when cured", "0.3-0.35, commonly quoted"),
          quantity("yield", "MPa", "90 MPa", 1, 300, "compressive yield stress when cured", "80-110, commonly quoted"),
          quantity("hardening", "MPa", "50 MPa", 0, 5000, "slope of the yield stress over plastic strain",
                   "assumption"),
          quantity("dough_bulk_modulus", "MPa", "50 MPa", 0.1, 5000, "bulk modulus of the dough with its air",
                   "assumption"),
          quantity("dough_shear_modulus", "MPa", "0.2 MPa", 1e-4, 10, "shear modulus of the dough", "assumption"),
          quantity("gel_conversion", "", "0.5", 0, 0.95, "conversion at which stiffness begins"),
          quantity("glass_conversion", "", "0.8", 0.05, 1, "conversion at which stiffness is complete"),
          quantity("dough_yield", "MPa", "0.01 MPa", 1e-5, 1, "yield stress of the dough", "assumption"),
      },
      [](const Params& p) -> std::unique_ptr<Material> { return std::make_unique<BoneCement>(p); }};
}

} // namespace kypho

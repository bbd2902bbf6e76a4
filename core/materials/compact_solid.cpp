// Compact elasto-plastic solid with fixed constants: bony posterior elements, cement-bone composite.
#include "core/materials/catalog.hpp"
#include "core/materials/von_mises.hpp"

namespace kypho {
namespace {

class CompactSolid final : public VonMises<CompactSolid> {
public:
  explicit CompactSolid(const Params& p)
      : modulus_(p.number("modulus")), nu_(p.number("poisson_ratio")), yield_(p.number("yield")),
        hardening_(p.number("hardening")) {}

  void constants(const PointData& point, History c) const override {
    const double scale = 1 / point.volume_ratio;
    c[von_mises::mu] = modulus_ / (2 * (1 + nu_)) * scale;
    c[von_mises::bulk] = modulus_ / (3 * (1 - 2 * nu_)) * scale;
    c[von_mises::yield] = yield_ * scale;
    c[von_mises::hardening] = hardening_ * scale;
  }

private:
  double modulus_, nu_, yield_, hardening_;
};

} // namespace

LawInfo compact_solid_law() {
  return {"compact_solid",
          "isotropic elasto-plastic solid with fixed modulus: von Mises yield, linear hardening",
          "Simo & Hughes 1998, Computational Inelasticity",
          {
              quantity("modulus", "MPa", "500 MPa", 0.001, 300000, "Young's modulus"),
              quantity("poisson_ratio", "", "0.25", 0, 0.49, "Poisson ratio"),
              quantity("yield", "MPa", "8 MPa", 1e-6, 5000, "yield stress"),
              quantity("hardening", "MPa", "5 MPa", 0, 50000, "slope of the yield stress over plastic strain"),
          },
          [](const Params& p) -> std::unique_ptr<Material> { return std::make_unique<CompactSolid>(p); }};
}

} // namespace kypho

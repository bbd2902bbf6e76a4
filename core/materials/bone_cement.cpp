// PMMA from dough to glass: stiffness and strength grow with conversion, from the gel point to the glass. The dough is
// nearly incompressible and has a small yield stress. Values of a cured cement come from the cement catalog.
#include "core/materials/catalog.hpp"
#include "core/materials/von_mises.hpp"

#include <algorithm>

namespace kypho {
namespace {

class BoneCement final : public VonMises<BoneCement> {
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

private:
  double modulus_, nu_, yield_, hardening_, dough_bulk_, dough_shear_, dough_yield_, gel_, glass_;
};

} // namespace

LawInfo bone_cement_law() {
  return {"bone_cement",
          "PMMA whose stiffness and strength grow with conversion, from dough to glass",
          "PMC3698342 (modulus); strength commonly quoted",
          {
              quantity("modulus", "MPa", "1937 MPa", 10, 10000, "Young's modulus when cured", "PMC3698342"),
              quantity("poisson_ratio", "", "0.3", 0, 0.49, "Poisson ratio when cured", "0.3-0.35, commonly quoted"),
              quantity("yield", "MPa", "90 MPa", 1, 300, "compressive yield stress when cured", "80-110, commonly quoted"),
              quantity("hardening", "MPa", "50 MPa", 0, 5000, "slope of the yield stress over plastic strain", "assumption"),
              quantity("dough_bulk_modulus", "MPa", "50 MPa", 0.1, 5000, "bulk modulus of the dough with its air", "assumption"),
              quantity("dough_shear_modulus", "MPa", "0.2 MPa", 1e-4, 10, "shear modulus of the dough", "assumption"),
              quantity("gel_conversion", "", "0.5", 0, 0.95, "conversion at which stiffness begins"),
              quantity("glass_conversion", "", "0.8", 0.05, 1, "conversion at which stiffness is complete"),
              quantity("dough_yield", "MPa", "0.01 MPa", 1e-5, 1, "yield stress of the dough", "assumption"),
          },
          [](const Params& p) -> std::unique_ptr<Material> { return std::make_unique<BoneCement>(p); }};
}

} // namespace kypho

// Ligament: a toe in which its crimped fibres take hold one after the other, then a line; slack below.
//   F = 0                     e <= 0
//   F = k e^2 / (2 e_t)       0 <= e <= e_t
//   F = k (e - e_t / 2)       e_t <= e,          e = (1 + e_0) L / L_0 - 1
// The quadratic toe meets the line with its slope. L_0 is the length in the reference shape, where the strain is e_0.
#include "core/materials/catalog.hpp"

namespace kypho {
namespace {

class Ligament final : public CordLaw {
public:
  explicit Ligament(const Params& p)
      : stiffness_(p.number("stiffness")), toe_(p.number("toe_strain")), before_(p.number("reference_strain")) {}

  Pull at(double stretch) const override {
    const double e = (1 + before_) * stretch - 1, per_stretch = 1 + before_;
    if (e <= 0) return {0, 0, 0};
    if (e < toe_) {
      const double share = e / toe_;
      return {0.5 * stiffness_ * share * e, stiffness_ * share * per_stretch,
              stiffness_ * share * e * e / (6 * per_stretch)};
    }
    const double over = e - toe_;
    return {stiffness_ * (e - 0.5 * toe_), stiffness_ * per_stretch,
            stiffness_ * (toe_ * toe_ / 6 + 0.5 * over * (over + toe_)) / per_stretch};
  }
  double largest_slope() const override { return stiffness_ * (1 + before_); }

private:
  double stiffness_, toe_, before_;
};

} // namespace

LawInfo ligament_law() {
  return {.name = "ligament",
          .meaning = "cord that carries tension only: quadratic toe, then linear",
          .source = "form of the ligaments in Remus 2021, PLoS ONE 16:e0250456",
          .specs =
              {
                  quantity("stiffness", "N", "485 N", 0.01, 1e5, "rise of the force per unit strain beyond the toe",
                           "anterior longitudinal ligament L4-5, Remus 2021"),
                  quantity("toe_strain", "", "0.08", 1e-4, 2, "strain at which the toe ends", "the same"),
                  quantity("reference_strain", "", "-0.03", -0.9, 2,
                           "strain in the reference shape; below 0: slack there", "the same"),
              },
          .make_cord = [](const Params& p) -> std::unique_ptr<CordLaw> { return std::make_unique<Ligament>(p); }};
}

} // namespace kypho

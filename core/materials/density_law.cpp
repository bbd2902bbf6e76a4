#include "core/materials/density_law.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include <cmath>
#include <fmt/format.h>

namespace kypho {
namespace {

using enum DensityMeasure;

struct Conversion {
  std::string name;
  double offset, slope; ///< apparent = offset + slope * mineral, g/cm3
};

// rho_app = rho_ash / 0.6 (Schileo 2008). The ash either follows the scan by the line of Les 1994 (commonly quoted),
// whose intercept leaves 0.12 g/cm3 of bone where the scan sees no mineral, or is the mineral itself.
const std::vector<Conversion>& conversions() {
  static const std::vector<Conversion> all = {{"les_1994", 0.07 / 0.6, 0.84 / 0.6}, {"mineral_is_ash", 0, 1 / 0.6}};
  return all;
}

constexpr double solid_density = 1.9; // g/cm3, of bone without pores: 1.8 to 2.0 commonly quoted

std::string form_text(char symbol, const DensityLaw::Form& f) {
  const std::string offset = f.offset == 0 ? "" : fmt::format("{:g} + ", f.offset);
  return fmt::format("{} = {}{:g} x{}", symbol, offset, f.factor,
                     f.exponent == 1 ? "" : fmt::format("^{:g}", f.exponent));
}

const char* name_of(DensityMeasure measure) {
  switch (measure) {
  case mineral: return "mineral density of the scan";
  case apparent: return "apparent density";
  case volume_fraction: return "bone volume fraction";
  }
  return "?";
}

} // namespace

std::string DensityLaw::formula() const {
  return fmt::format("{}, {} MPa; x: {}, {:g} to {:g}{}", form_text('E', modulus), form_text('Y', strength),
                     name_of(measure), low, high, measure == volume_fraction ? "" : " g/cm3");
}

// Strengths are yield stresses (0.2 % offset) in compression but for zysset_2013, which gives the ultimate stress.
// Where a paper gives the modulus and the yield strain e, Y = E (e - 0.002).
const std::vector<DensityLaw>& density_law_catalog() {
  static const std::vector<DensityLaw> catalog = {
      {"kopperdahl_2002",
       "Kopperdahl, Morgan, Keaveny 2002, J Orthop Res 20:801, power form, as public QCT-to-FE codes give it; range "
       "assumed",
       mineral,
       0.04,
       0.25,
       {0, 2980, 1.05},
       {0, 37.4, 1.39}},
      {"kopperdahl_2002_linear",
       "Kopperdahl, Morgan, Keaveny 2002, J Orthop Res 20:801, linear form, as public QCT-to-FE codes give it; range "
       "assumed",
       mineral,
       0.04,
       0.25,
       {-34.7, 3230, 1},
       {-0.75, 24.9, 1}},
      {"morgan_2003",
       "modulus Morgan, Bayraktar, Keaveny 2003, J Biomech 36:897, vertebra; strength Morgan & Keaveny 2001, J Biomech "
       "34:569, commonly quoted, as is the range",
       apparent,
       0.11,
       0.27,
       {0, 4730, 1.56},
       {0, 37.1, 1.74}},
      {"kopperdahl_keaveny_1998",
       "Kopperdahl & Keaveny 1998, J Biomech 31:601; strength from its yield strain of 0.84 %, commonly quoted; range "
       "assumed",
       apparent,
       0.11,
       0.27,
       {-80, 2100, 1},
       {-80 * 0.0064, 2100 * 0.0064, 1}},
      {"keaveny_1997",
       "Keaveny 1997, lumbar, as a public QCT-to-FE code gives it; strength from a yield strain of 0.77 %, Morgan & "
       "Keaveny 2001, commonly quoted; range assumed",
       apparent,
       0.11,
       0.27,
       {-58, 1540, 1},
       {-58 * 0.0057, 1540 * 0.0057, 1}},
      {"zysset_2013",
       "isotropic set credited to Zysset 2013 in a public code, skeletal site not stated, ultimate stress; used along "
       "the trabeculae; range assumed",
       volume_fraction,
       0.05,
       0.35,
       {0, 8535, 1.63},
       {0, 89.2, 1.69}},
  };
  return catalog;
}

std::vector<std::string> density_law_names() {
  std::vector<std::string> names;
  for (const DensityLaw& law : density_law_catalog()) names.push_back(law.name);
  return names;
}

const DensityLaw& find_density_law(std::string_view name) {
  for (const DensityLaw& law : density_law_catalog())
    if (law.name == name) return law;
  throw InputError(unknown_name("density law", name, density_law_names()));
}

std::vector<std::string> density_conversion_names() {
  std::vector<std::string> names;
  for (const Conversion& conversion : conversions()) names.push_back(conversion.name);
  return names;
}

double in_measure(DensityMeasure measure, double bmd, std::string_view conversion) {
  const double rho = bmd / 1000; // g/cm3
  if (measure == mineral) return rho;
  for (const Conversion& c : conversions())
    if (c.name == conversion) {
      const double apparent_density = c.offset + c.slope * rho;
      return measure == apparent ? apparent_density : apparent_density / solid_density;
    }
  throw InputError(unknown_name("density conversion", conversion, density_conversion_names()));
}

double density_value(const DensityLaw::Form& form, double density, double low) {
  if (form.offset == 0) return form.factor * std::pow(density, form.exponent);
  if (density >= low) return form.offset + form.factor * std::pow(density, form.exponent);
  const double steep = form.factor * std::pow(low, form.exponent), at_low = form.offset + steep;
  if (!(at_low > 0)) throw InputError(fmt::format("the density law gives {:g} MPa at its lowest density", at_low));
  return at_low * std::pow(density / low, form.exponent * steep / at_low);
}

std::string outside_range(const DensityLaw& law, std::string_view conversion, const std::vector<double>& bmd,
                          const std::vector<double>& volume) {
  double total = 0, below = 0, above = 0;
  for (std::size_t e = 0; e < bmd.size(); ++e) {
    const double density = in_measure(law.measure, bmd[e], conversion);
    total += volume[e];
    if (density < law.low) below += volume[e];
    if (density > law.high) above += volume[e];
  }
  if (below + above <= 0.01 * total) return "";
  return fmt::format(
      "{:.0f} % of the spongy bone is lighter and {:.0f} % denser than what the density law {} was fitted "
      "to ({} {:g} to {:g}); there it is extrapolated",
      100 * below / total, 100 * above / total, law.name, name_of(law.measure), law.low, law.high);
}

} // namespace kypho

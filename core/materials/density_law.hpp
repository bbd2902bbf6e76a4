#pragma once
// Laws of the literature for modulus and strength of spongy bone against its density, by name.
//   E = a + b x^n,   Y = c + d x^m   in MPa,   x the density that the law was fitted to.
#include <string>
#include <string_view>
#include <vector>

namespace kypho {

/// What a law is fitted to: mineral density from CT, g/cm3; wet apparent density, g/cm3; bone volume fraction.
enum class DensityMeasure { mineral, apparent, volume_fraction };

struct DensityLaw {
  struct Form {
    double offset, factor, exponent; ///< MPa, MPa, 1
  };
  std::string name, source;
  DensityMeasure measure;
  double low, high; ///< range of validity, in the law's own measure
  Form modulus, strength;
  std::string formula() const; ///< "E = -34.7 + 3230 x, Y = -0.75 + 24.9 x MPa; x: mineral density, 0.04 to 0.25 g/cm3"
};

/// One line per law in density_law.cpp; the first one is the default.
const std::vector<DensityLaw>& density_law_catalog();
std::vector<std::string> density_law_names();
const DensityLaw& find_density_law(std::string_view name); ///< @throws InputError naming the nearest

/// From the mineral density that a scan gives to the densities that other laws take.
std::vector<std::string> density_conversion_names();
/// @param bmd mg/cm3   @param conversion one of density_conversion_names()
double in_measure(DensityMeasure measure, double bmd, std::string_view conversion);

/// a + b x^n. Below @p low, where a line with a negative intercept soon has no bone left to give, it goes on as the
/// power law of the same value and slope, which reaches zero together with the density; powers, and all laws above
/// their range, go on as they stand. @throws InputError if the form gives nothing at @p low
double density_value(const DensityLaw::Form& form, double density, double low);

/// "" if all but a hundredth of the volume lies in the law's range, else a sentence that says how much does not.
/// @param bmd mg/cm3, and @param volume mm3, of each element
std::string outside_range(const DensityLaw& law, std::string_view conversion, const std::vector<double>& bmd,
                          const std::vector<double>& volume);

} // namespace kypho

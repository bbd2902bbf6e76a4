#include "core/cement/cement.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace kypho {
namespace {

struct Change {
  std::string name, default_text, source;
};

const char* const unverified = "commonly quoted, unverified";

// Kyphon HV-R; the other cements state what differs.
ParamSpecs kyphon_hv_r_specs() {
  return {
      quantity("rate_factor", "1/s", "4.02e5 1/s", 1, 1e12, "factor k0 of the rate of cure",
               "fitted: half of the final conversion 13 min from mixing at 25 degC (Palacos R, Cemex), half that at "
               "37 degC; Nicholas 2007, J Mater Sci Mater Med 18:1407"),
      quantity("activation_energy", "kJ/mol", "44.4 kJ/mol", 10, 150, "activation energy of cure",
               "R ln 2 / (1/298 K - 1/310 K): setting time halves from 25 to 37 degC, Nicholas 2007"),
      quantity("start_conversion", "", "0.01", 1e-6, 0.3, "conversion at mixing; stands for the induction time",
               "assumption, consistent with the other kinetic constants"),
      quantity("limit_conversion", "", "0.85", 0.3, 1, "conversion at which the glass stops the reaction",
               "75-85 %: Warner, Shim, Gilbert 2004"),
      quantity("order_growth", "", "1", 0.5, 2, "exponent m of the conversion",
               "logistic form; 0.98-1.05 in Borzacchiello 1998 and Li 2003 (after Quarini 2006)"),
      quantity("order_limit", "", "1", 0.5, 2, "exponent n of the distance to the limit",
               "logistic form; 1.06-1.14 in Borzacchiello 1998 and Li 2003 (after Quarini 2006)"),
      quantity("heat", "J/g", "142 J/g", 10, 400, "heat of the whole cure per gram of mix",
               "9/29 monomer (IFU of HV-R) x 0.991 x 577 J/g MMA (commonly quoted) x 0.80 conversion; kinetic papers "
               "use 100-123 J/g"),
      quantity("density", "kg/m3", "1300 kg/m3", 900, 2000, "mass density with 30 % BaSO4", unverified),
      quantity("heat_capacity", "J/(kg K)", "1450 J/(kg K)", 800, 2500, "specific heat capacity",
               "1250-1700, commonly quoted, unverified"),
      quantity("conductivity", "W/(m K)", "0.19 W/(m K)", 0.05, 1, "heat conductivity",
               "0.17 Quarini 2006; 0.17-0.21 commonly quoted"),
      quantity("viscosity_start", "Pa s", "731 Pa s", 1, 1e5, "viscosity at 1 /s at viscosity_age",
               "mobility 60.89 mm4/(N s) at a permeability of 4.45e-8 m2: Baroud 2004, Biomed Mater Eng 14:283 and "
               "J Biomech 37:189"),
      quantity("viscosity_age", "min", "5 min", 0, 30, "age at which viscosity_start holds", "assumption: dough"),
      quantity("viscosity_temperature", "degC", "22 degC", 0, 45, "temperature at which viscosity_start holds",
               "room of the handling tests, commonly quoted, unverified"),
      quantity("viscosity_growth", "s", "135 s", 20, 1000, "time of e-fold growth of the viscosity at that temperature",
               "731 Pa s at 5 min to 75 kPa s at setting (Nicholas 2007: 13 min at 25 degC); 60-150 s commonly quoted"),
      quantity("flow_index", "", "0.4", 0.1, 1, "power-law index of the shear thinning",
               "0.2-0.6, commonly quoted, unverified"),
      quantity("modulus", "MPa", "1937 MPa", 50, 5000, "Young's modulus, cured", "1937 +- 478 MPa: PMC3698342"),
      quantity("poisson", "", "0.33", 0, 0.49, "Poisson ratio, cured", "0.30-0.35, commonly quoted, unverified"),
      quantity("compressive_strength", "MPa", "90 MPa", 5, 200, "compressive strength, cured",
               "80-110, commonly quoted, unverified; ISO 5833 asks for 70"),
      quantity("tensile_strength", "MPa", "35 MPa", 1, 100, "tensile strength, cured",
               "30-50, commonly quoted, unverified"),
      quantity("porosity", "%", "5 %", 0, 60, "air in the cured cement", "assumption, hand mixed"),
      quantity("gel_conversion", "", "0.5", 0, 0.95, "conversion at which stiffness begins", unverified),
      quantity("glass_conversion", "", "0.8", 0.05, 1, "conversion at which stiffness is complete", unverified),
      quantity("shrinkage", "%", "4 %", 0, 20, "net loss of volume over the whole cure, pores included",
               "6-7 % by the share of monomer, 3-5 % net with pores, commonly quoted, unverified"),
      quantity("thermal_expansion", "", "9e-5", 0, 5e-4, "linear thermal expansion, 1/K",
               "80-100e-6, commonly quoted, unverified"),
      quantity("composite_contact", "", "0.8", 0.1, 1,
               "stiffness left in bone filled with cement because the two touch without bonding",
               "frictional contact costs 20 %: Kinzl 2012, J Biomech 45:1478"),
  };
}

ParamSpecs changed(ParamSpecs specs, const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    const auto at = std::find_if(specs.begin(), specs.end(), [&](const ParamSpec& s) { return s.name == change.name; });
    if (at == specs.end()) throw std::logic_error("cement catalog: no key " + change.name);
    at->default_text = change.default_text;
    at->source = change.source;
  }
  return specs;
}

CementInfo kyphon_hv_r() {
  return {"kyphon_hv_r",
          "high-viscosity PMMA with 30 % BaSO4, 20 g powder and 9 g liquid; the usual cement of kyphoplasty",
          "IFU M708348B154E rev F for the composition; each key names its own source", kyphon_hv_r_specs()};
}

CementInfo low_viscosity_pmma() {
  return {
      "low_viscosity_pmma", "low-viscosity vertebroplasty PMMA: runs further, leaks more, sets later",
      "reference values of PMMA for vertebroplasty; each key names its own source",
      changed(kyphon_hv_r_specs(),
              {{"rate_factor", "2.37e5 1/s",
                "fitted: half of the final conversion after 11 min at 37 degC; a vertebroplasty cement hardens "
                "about 11 min after entering 37 degC, Boger 2011 (Hindawi 571728)"},
               {"heat", "123 J/g", "Borzacchiello 1998 set 2, after Quarini 2006"},
               {"density", "1200 kg/m3", "1100-1200, commonly quoted, unverified"},
               {"viscosity_start", "100 Pa s", "50-200 Pa s at the start of injection, commonly quoted, unverified"},
               {"viscosity_age", "3 min", "assumption: injected earlier than dough"},
               {"viscosity_growth", "150 s",
                "60-150 s, and 500-2000 Pa s at the end of working; commonly quoted, "
                "unverified"}})};
}

CementInfo low_modulus_pmma() {
  return {"low_modulus_pmma", "PMMA softened to spare the neighbouring vertebrae",
          "softened PMMA of PMC3698342; each key names its own source",
          changed(kyphon_hv_r_specs(),
                  {{"heat", "100 J/g", "Borzacchiello 1998 set 1, after Quarini 2006; less monomer per gram assumed"},
                   {"modulus", "954 MPa", "954 +- 141 MPa: PMC3698342"},
                   {"compressive_strength", "45 MPa", "assumption: in the ratio of the moduli to the standard cement"},
                   {"tensile_strength", "17 MPa", "assumption: in the ratio of the moduli to the standard cement"},
                   {"porosity", "20 %", "assumption"},
                   {"shrinkage", "3 %", "3-5 % net with pores, commonly quoted, unverified"}})};
}

double smooth_step(double x) {
  const double s = std::clamp(x, 0.0, 1.0);
  return s * s * (3 - 2 * s);
}

} // namespace

const std::vector<CementInfo>& cement_catalog() {
  static const std::vector<CementInfo> catalog{
      kyphon_hv_r(),
      low_viscosity_pmma(),
      low_modulus_pmma(),
  };
  return catalog;
}

const CementInfo& find_cement(std::string_view name) {
  std::vector<std::string> names;
  std::string known;
  for (const CementInfo& info : cement_catalog()) {
    if (info.name == name) return info;
    names.push_back(info.name);
    known += (known.empty() ? "" : ", ") + info.name;
  }
  throw InputError("cement '" + std::string(name) + "' is unknown; allowed " + known + did_you_mean(name, names));
}

Cement make_cement(const Params& params) {
  Cement cement;
  cement.kinetics = make_kinetics(params);
  cement.heat = params.number("heat");
  cement.density = params.number("density");
  cement.heat_capacity = params.number("heat_capacity");
  cement.conductivity = params.number("conductivity");
  cement.viscosity_start = params.number("viscosity_start");
  cement.viscosity_age = params.number("viscosity_age");
  cement.viscosity_temperature = params.number("viscosity_temperature");
  cement.viscosity_growth = params.number("viscosity_growth");
  cement.flow_index = params.number("flow_index");
  cement.modulus = params.number("modulus");
  cement.poisson = params.number("poisson");
  cement.compressive_strength = params.number("compressive_strength");
  cement.tensile_strength = params.number("tensile_strength");
  cement.porosity = params.number("porosity");
  cement.gel_conversion = params.number("gel_conversion");
  cement.glass_conversion = params.number("glass_conversion");
  cement.shrinkage = params.number("shrinkage");
  cement.thermal_expansion = params.number("thermal_expansion");
  cement.composite_contact = params.number("composite_contact");
  if (cement.glass_conversion <= cement.gel_conversion || cement.glass_conversion > cement.kinetics.limit)
    throw InputError("cement: glass_conversion must lie above gel_conversion and not above limit_conversion");
  if (cement.kinetics.start >= cement.kinetics.limit)
    throw InputError("cement: start_conversion must lie below limit_conversion");
  return cement;
}

double stiffness_share(const Cement& cement, double conversion) {
  return smooth_step((conversion - cement.gel_conversion) / (cement.glass_conversion - cement.gel_conversion));
}

double modulus_at(const Cement& cement, double conversion) {
  return cement.modulus * stiffness_share(cement, conversion);
}

double composite_modulus_at(const Cement& cement, double conversion, double cement_fraction) {
  return modulus_at(cement, conversion) * cement.composite_contact * std::clamp(cement_fraction, 0.0, 1.0);
}

double equivalent_time(const Kinetics& kinetics, double time, double temperature, double reference) {
  return time * kinetics.rate_constant(temperature) / kinetics.rate_constant(reference);
}

double viscosity_at(const Cement& cement, double age, double shear_rate) {
  return cement.viscosity_start * std::exp((age - cement.viscosity_age) / cement.viscosity_growth) *
         std::pow(shear_rate, cement.flow_index - 1);
}

double free_strain(const Cement& cement, double lock_temperature, double lock_conversion, double temperature,
                   double conversion) {
  const double cooling = cement.thermal_expansion * (temperature - lock_temperature);
  const double reacted = std::max(0.0, conversion - lock_conversion) / cement.kinetics.limit;
  return cooling - cement.shrinkage / 3 * reacted;
}

} // namespace kypho

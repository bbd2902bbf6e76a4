#pragma once
// Bone cements that a scenario can name: kinetics, heat, flow, stiffness. One catalog line each in cement.cpp.
#include "core/base/params.hpp"
#include "core/cement/kinetics.hpp"

namespace kypho {

struct CementInfo {
  std::string name, meaning, source;
  ParamSpecs specs; ///< defaults are this cement's values
};

const std::vector<CementInfo>& cement_catalog();
const CementInfo& find_cement(std::string_view name); ///< @throws InputError naming the nearest

/// The values of one cement, read from checked Params of its specs.
struct Cement {
  Kinetics kinetics;
  double heat = 0;                  ///< released per gram of mix from conversion 0 to `kinetics.limit`, J/g
  double density = 0;               ///< kg/m3
  double heat_capacity = 0;         ///< J/(kg K)
  double conductivity = 0;          ///< W/(m K) = mW/(mm K)
  double viscosity_start = 0;       ///< Pa s at 1 /s at viscosity_age
  double viscosity_age = 0;         ///< age from mixing at viscosity_temperature, s
  double viscosity_temperature = 0; ///< degC
  double viscosity_growth = 0;      ///< time of e-fold growth at viscosity_temperature, s
  double flow_index = 1;            ///< power-law index, 1 = Newtonian
  double modulus = 0, poisson = 0;  ///< cured, MPa
  double compressive_strength = 0, tensile_strength = 0; ///< cured, MPa
  double porosity = 0;                                   ///< air in the cured cement, volume fraction
  double gel_conversion = 0, glass_conversion = 0;       ///< stiffness begins, is complete
  double shrinkage = 0;         ///< net volume loss from conversion 0 to `kinetics.limit`, fraction
  double thermal_expansion = 0; ///< linear, 1/K
  double composite_contact = 1; ///< stiffness left in bone-cement composite because the two only touch, fraction

  /// Heat per volume and unit conversion, mJ/mm3.
  double heat_per_conversion() const { return density * 1e-6 * heat / kinetics.limit * 1e3; }
  /// mJ/(mm3 K)
  double volumetric_heat_capacity() const { return density * heat_capacity * 1e-6; }
};

Cement make_cement(const Params& params);

/// Young's modulus, MPa: 0 up to gel_conversion, then a smooth step to `modulus` at glass_conversion.
double modulus_at(const Cement& cement, double conversion);
/// Share of the cured stiffness (and strength) at this conversion, 0..1.
double stiffness_share(const Cement& cement, double conversion);
/// Young's modulus of trabecular bone whose pores hold cement, MPa. The bone carries no load in the composite and the
/// stiffness follows the volume fraction of cement (Kinzl et al. 2011, 2012, J Biomech 44:2732, 45:1478).
double composite_modulus_at(const Cement& cement, double conversion, double cement_fraction);

/// Seconds at @p reference degC in which the cement ages as much as in @p time s at @p temperature (Arrhenius).
double equivalent_time(const Kinetics& kinetics, double time, double temperature, double reference);
/// eta = start * exp((age - age0) / growth) * rate^(index - 1), Pa s; the age counts at viscosity_temperature.
/// @param age s at viscosity_temperature (equivalent_time)  @param shear_rate 1/s, > 0
double viscosity_at(const Cement& cement, double age, double shear_rate);

/// Linear free strain of cement that became stiff at @p lock_temperature and @p lock_conversion and is now at
/// @p temperature and @p conversion (negative: shorter): cooling plus the shrinkage of the rest of the reaction.
double free_strain(const Cement& cement, double lock_temperature, double lock_conversion, double temperature,
                   double conversion);

} // namespace kypho

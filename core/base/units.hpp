#pragma once
// Quantities with units: "220 psi" -> 1.517 MPa. Clinical units live only at the border of the program.
#include <string>
#include <string_view>
#include <vector>

namespace kypho {

/// What a number measures. Internal unit of each: mm, mm2, mm3, N, MPa, s, degC, rad, mg/cm3, fraction, 1, ...
enum class Dimension {
  none,
  fraction,
  length,
  area,
  volume,
  force,
  pressure,
  time,
  temperature,
  angle,
  density,
  stiffness,       ///< N/mm
  foundation,      ///< MPa/mm, stiffness of an elastic foundation per area
  conductivity,    ///< W/(m K) = mW/(mm K)
  heat_capacity,   ///< J/(kg K)
  heat_transfer,   ///< W/(m2 K)
  mass_density,    ///< kg/m3
  specific_energy, ///< J/g
  molar_energy,    ///< kJ/mol
  rate,            ///< 1/s
  line_tension,    ///< N/mm
  viscosity,       ///< Pa s
  permeability     ///< mm2
};

/// A unit name and what it means: internal value = value * factor + offset.
struct Unit {
  std::string_view name;
  Dimension dimension;
  double factor;
  double offset;
};

/// All unit names known to the program.
const std::vector<Unit>& units();
/// The unit called @p name. @throws InputError if there is none, naming the nearest.
const Unit& find_unit(std::string_view name);
/// Units of one dimension, for messages: "mm, cm, m".
std::string units_of(Dimension dimension);
/// "220 psi" -> 1.5168 (internal unit). A bare number is accepted only for Dimension::none and fraction.
/// @throws InputError with the text, the expected kind of unit and the allowed unit names
double parse_quantity(std::string_view text, Dimension expected);
/// 1.5168, "psi" -> "220 psi", shortest digits that read back to the same double.
std::string format_quantity(double internal, std::string_view unit_name);

} // namespace kypho

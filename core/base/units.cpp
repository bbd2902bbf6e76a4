#include "core/base/units.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>

namespace kypho {
namespace {

constexpr double pi = std::numbers::pi;

/// Other spellings of the same unit name, replaced before the table is asked.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> spellings{{{"\u00b0C", "degC"},
                                                                                   {"\u00b0", "deg"},
                                                                                   {"\u00b2", "2"},
                                                                                   {"\u00b3", "3"},
                                                                                   {"\u00b5", "u"},
                                                                                   {"\u03bc", "u"},
                                                                                   {"\u00b7", " "},
                                                                                   {"\u22c5", " "},
                                                                                   {"\u207b\u00b9", "^-1"},
                                                                                   {"^2", "2"},
                                                                                   {"^3", "3"},
                                                                                   {"*", " "},
                                                                                   {"\u00a0", " "}}};

std::string_view trimmed(std::string_view s) {
  const auto first = s.find_first_not_of(" \t\r\n");
  if (first == s.npos) return {};
  return s.substr(first, s.find_last_not_of(" \t\r\n") - first + 1);
}

std::string normalised(std::string_view name) {
  std::string out(trimmed(name));
  for (const auto& [from, to] : spellings)
    for (auto at = out.find(from); at != out.npos; at = out.find(from, at + to.size()))
      out.replace(at, from.size(), to);
  return out;
}

const Unit* find(std::string_view name, Dimension dimension) {
  for (const Unit& unit : units())
    if (unit.name == name && unit.dimension == dimension) return &unit;
  return nullptr;
}

const Unit* find(std::string_view name) {
  for (const Unit& unit : units())
    if (unit.name == name) return &unit;
  return nullptr;
}

const char* kind_of(Dimension dimension) {
  switch (dimension) {
  case Dimension::none: return "pure number";
  case Dimension::fraction: return "fraction";
  case Dimension::length: return "length";
  case Dimension::area: return "area";
  case Dimension::volume: return "volume";
  case Dimension::force: return "force";
  case Dimension::pressure: return "pressure";
  case Dimension::time: return "time";
  case Dimension::temperature: return "temperature";
  case Dimension::angle: return "angle";
  case Dimension::density: return "mineral density";
  case Dimension::stiffness: return "stiffness";
  case Dimension::foundation: return "foundation stiffness";
  case Dimension::conductivity: return "heat conductivity";
  case Dimension::heat_capacity: return "heat capacity";
  case Dimension::heat_transfer: return "heat transfer coefficient";
  case Dimension::mass_density: return "mass density";
  case Dimension::specific_energy: return "energy per mass";
  case Dimension::molar_energy: return "molar energy";
  case Dimension::rate: return "rate";
  case Dimension::line_tension: return "line tension";
  case Dimension::viscosity: return "viscosity";
  case Dimension::permeability: return "permeability";
  }
  return "?";
}

std::vector<std::string> names_of(Dimension dimension) {
  std::vector<std::string> names;
  for (const Unit& unit : units())
    if (unit.dimension == dimension && !unit.name.empty()) names.emplace_back(unit.name);
  return names;
}

std::string with_article(std::string_view kind) {
  return (std::string_view("aeiou").find(kind[0]) != std::string_view::npos ? "an " : "a ") + std::string(kind);
}

/// "must be a pressure in MPa, kPa, ..."
std::string expectation(Dimension expected) {
  if (expected == Dimension::none) return "must be a pure number without a unit";
  if (expected == Dimension::fraction) return "must be a fraction, '15 %' or 0.15";
  return "must be " + with_article(kind_of(expected)) + " in " + units_of(expected);
}

std::string shortest(double value) {
  std::array<char, 64> buffer;
  const bool everyday = value == 0 || (std::abs(value) >= 1e-4 && std::abs(value) < 1e9);
  const auto written =
      everyday ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed)
               : std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), written.ptr};
}

} // namespace

const std::vector<Unit>& units() {
  using D = Dimension;
  constexpr double psi = 0.45359237 * 9.80665 / (25.4 * 25.4); // pound-force per square inch, MPa
  static const std::vector<Unit> table{{"", D::none, 1, 0},
                                       {"1", D::none, 1, 0},
                                       {"%", D::fraction, 0.01, 0},
                                       {"mm", D::length, 1, 0},
                                       {"cm", D::length, 10, 0},
                                       {"um", D::length, 1e-3, 0},
                                       {"m", D::length, 1e3, 0},
                                       {"mm2", D::area, 1, 0},
                                       {"cm2", D::area, 100, 0},
                                       {"m2", D::area, 1e6, 0},
                                       {"mm3", D::volume, 1, 0},
                                       {"mL", D::volume, 1e3, 0},
                                       {"ml", D::volume, 1e3, 0},
                                       {"cm3", D::volume, 1e3, 0},
                                       {"N", D::force, 1, 0},
                                       {"kN", D::force, 1e3, 0},
                                       {"MPa", D::pressure, 1, 0},
                                       {"GPa", D::pressure, 1e3, 0},
                                       {"kPa", D::pressure, 1e-3, 0},
                                       {"Pa", D::pressure, 1e-6, 0},
                                       {"psi", D::pressure, psi, 0},
                                       {"atm", D::pressure, 0.101325, 0},
                                       {"bar", D::pressure, 0.1, 0},
                                       {"mmHg", D::pressure, 133.322387415e-6, 0},
                                       {"s", D::time, 1, 0},
                                       {"min", D::time, 60, 0},
                                       {"h", D::time, 3600, 0},
                                       {"ms", D::time, 1e-3, 0},
                                       {"degC", D::temperature, 1, 0},
                                       {"K", D::temperature, 1, -273.15},
                                       {"deg", D::angle, pi / 180, 0},
                                       {"rad", D::angle, 1, 0},
                                       {"mg/cm3", D::density, 1, 0},
                                       {"g/cm3", D::density, 1e3, 0},
                                       {"mg/mL", D::density, 1, 0},
                                       {"mg/ml", D::density, 1, 0},
                                       {"N/mm", D::stiffness, 1, 0},
                                       {"kN/mm", D::stiffness, 1e3, 0},
                                       {"N/m", D::stiffness, 1e-3, 0},
                                       {"MPa/mm", D::foundation, 1, 0},
                                       {"N/mm3", D::foundation, 1, 0},
                                       {"W/(m K)", D::conductivity, 1, 0},
                                       {"J/(kg K)", D::heat_capacity, 1, 0},
                                       {"J/(g K)", D::heat_capacity, 1e3, 0},
                                       {"W/(m2 K)", D::heat_transfer, 1, 0},
                                       {"kg/m3", D::mass_density, 1, 0},
                                       {"g/cm3", D::mass_density, 1e3, 0},
                                       {"mg/cm3", D::mass_density, 1, 0},
                                       {"J/g", D::specific_energy, 1, 0},
                                       {"kJ/kg", D::specific_energy, 1, 0},
                                       {"kJ/mol", D::molar_energy, 1, 0},
                                       {"J/mol", D::molar_energy, 1e-3, 0},
                                       {"1/s", D::rate, 1, 0},
                                       {"1/min", D::rate, 1.0 / 60, 0},
                                       {"N/mm", D::line_tension, 1, 0},
                                       {"N/m", D::line_tension, 1e-3, 0},
                                       {"Pa s", D::viscosity, 1, 0},
                                       {"kPa s", D::viscosity, 1e3, 0},
                                       {"MPa s", D::viscosity, 1e6, 0},
                                       {"mm2", D::permeability, 1, 0},
                                       {"um2", D::permeability, 1e-6, 0},
                                       {"m2", D::permeability, 1e6, 0}};
  return table;
}

const Unit& find_unit(std::string_view name) {
  const std::string wanted = normalised(name);
  if (const Unit* unit = find(wanted)) return *unit;
  std::vector<std::string> names;
  for (const Unit& unit : units())
    if (!unit.name.empty()) names.emplace_back(unit.name);
  throw InputError("unknown unit '" + std::string(name) + "'" + did_you_mean(wanted, names));
}

std::string units_of(Dimension dimension) {
  std::string out;
  for (const std::string& name : names_of(dimension)) out += (out.empty() ? "" : ", ") + name;
  return out;
}

double parse_quantity(std::string_view text, Dimension expected) {
  const std::string quoted = "'" + std::string(text) + "' ";
  std::string_view rest = trimmed(text);
  if (rest.size() > 1 && rest[0] == '+' && rest[1] != '-') rest.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error == std::errc::result_out_of_range) throw InputError(quoted + "is too large or too small a number");
  if (error != std::errc{}) throw InputError(quoted + "does not begin with a number; it " + expectation(expected));
  const std::string name = normalised(rest.substr(static_cast<std::size_t>(end - rest.data())));
  if (!std::isfinite(value)) throw InputError(quoted + "is not a finite number; it " + expectation(expected));
  if (name.empty()) {
    if (expected == Dimension::none || expected == Dimension::fraction) return value;
    throw InputError(quoted + "has no unit; it " + expectation(expected));
  }
  if (const Unit* unit = find(name, expected)) return value * unit->factor + unit->offset;
  if (const Unit* other = find(name)) {
    throw InputError(quoted + "is " + with_article(kind_of(other->dimension)) + "; it " + expectation(expected));
  }
  throw InputError(quoted + "has an unknown unit '" + name + "'; it " + expectation(expected) +
                   did_you_mean(name, names_of(expected)));
}

std::string format_quantity(double internal, std::string_view unit_name) {
  const Unit& unit = find_unit(unit_name);
  const auto with_unit = [](double value, std::string_view name) {
    return shortest(value) + (name.empty() ? "" : " ") + std::string(name);
  };
  const double value = (internal - unit.offset) / unit.factor;
  for (int digits = 1; digits <= 17; ++digits) {
    std::array<char, 40> buffer;
    const auto written =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific, digits - 1);
    double rounded = 0;
    std::from_chars(buffer.data(), written.ptr, rounded);
    for (const double candidate : {rounded, std::nextafter(rounded, 1e308), std::nextafter(rounded, -1e308)})
      if ((digits == 17 || candidate == rounded) && candidate * unit.factor + unit.offset == internal)
        return with_unit(candidate, unit.name);
  }
  // Not every double is a multiple of the unit's factor; the internal unit always reads back exactly.
  for (const Unit& own : units())
    if (own.dimension == unit.dimension && own.factor == 1 && own.offset == 0) return with_unit(internal, own.name);
  return with_unit(internal, ""); // a fraction as a bare number
}

} // namespace kypho

#include "core/devices/expander.hpp"

#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"

namespace kypho {

ExpanderShape ExpanderInfo::shape(double s) const {
  const auto between = [s](double a, double b) { return a + s * (b - a); };
  return {between(closed.half_length, open.half_length), between(closed.half_height, open.half_height),
          between(closed.radius, open.radius)};
}

// Adding an expander is one line: closed and open {half length, half height, radius}.
const std::vector<ExpanderInfo>& expander_catalog() {
  static const char* jack = "diameters: 510(k) K181262; up to 1000 N: Medscape 2019; opened heights: commonly quoted, "
                            "unverified; length: assumption";
  static const char* ball = "5 mm to 14-16 mm: Foo, SKy Bone Expander, commonly quoted; lengths and force: assumption";
  static const std::vector<ExpanderInfo> catalog = {
      {"jack_42", "craniocaudal jack, titanium, 4.2 mm", jack, {8.4, 0, 2.1}, {7.0, 4.15, 2.1}, 1000, true},
      {"jack_50", "craniocaudal jack, titanium, 5.0 mm", jack, {9.5, 0, 2.5}, {7.5, 6.0, 2.5}, 1000, true},
      {"jack_58", "craniocaudal jack, titanium, 5.8 mm", jack, {10.6, 0, 2.9}, {8.1, 7.1, 2.9}, 1000, true},
      {"ball_14", "bone expander, polymer, opens to 14 mm", ball, {8.5, 0, 2.5}, {1.0, 0, 7.0}, 1000, false},
      {"ball_16", "bone expander, polymer, opens to 16 mm", ball, {10.0, 0, 2.5}, {1.0, 0, 8.0}, 1000, false},
  };
  return catalog;
}

const ExpanderInfo& find_expander(std::string_view name) {
  std::vector<std::string> names;
  for (const ExpanderInfo& info : expander_catalog()) {
    if (info.name == name) return info;
    names.push_back(info.name);
  }
  throw InputError(unknown_name("device", name, names));
}

} // namespace kypho

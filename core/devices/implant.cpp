#include "core/devices/implant.hpp"

#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include "core/materials/catalog.hpp"

namespace kypho {

// Adding a stent or a container is one line: balloon, then tension and stiffness of the mesh, then whether it stays full.
const std::vector<FilledDevice>& implant_catalog() {
  constexpr double ml = 1000, psi = 0.00689475729;
  static const char* stent = "lengths 13, 15, 20 mm, expanded 15 and 17 mm, 4, 4.5 and 5 mL, 30 atm: commonly quoted, "
                             "unverified; mesh: assumption, holds 0.27 MPa at 15 mm and springs back by 2 %";
  static const char* container =
      "mesh container of the Vessel-X kind, Zheng 2007, Spine 32:2076; sizes, weave and pressure: "
      "assumption";
  static const std::vector<FilledDevice> catalog = {
      {{"stent_13", "vertebral body stent, 13 mm, on a balloon", stent, 13, 4.6, 15, 4 * ml, 440 * psi, 0.9}, 2, 100},
      {{"stent_15", "vertebral body stent, 15 mm, on a balloon", stent, 15, 4.6, 17, 4.5 * ml, 440 * psi, 0.9}, 2, 100},
      {{"stent_20", "vertebral body stent, 20 mm, on a balloon", stent, 20, 4.6, 17, 5 * ml, 440 * psi, 0.9}, 2, 100},
      {{"net_15",
        "mesh container filled with cement, 15 mm",
        container,
        15,
        3.2,
        16,
        4 * ml,
        300 * psi,
        0.2,
        {},
        {},
        0},
       0,
       0,
       true},
      {{"net_20",
        "mesh container filled with cement, 20 mm",
        container,
        20,
        3.2,
        18,
        6 * ml,
        300 * psi,
        0.2,
        {},
        {},
        0},
       0,
       0,
       true},
  };
  return catalog;
}

std::vector<std::string> filled_device_names() {
  std::vector<std::string> names;
  for (const BalloonInfo& info : balloon_catalog()) names.push_back(info.name);
  for (const FilledDevice& device : implant_catalog()) names.push_back(device.balloon.name);
  return names;
}

FilledDevice find_filled_device(std::string_view name) {
  for (const BalloonInfo& info : balloon_catalog())
    if (info.name == name) return {info};
  for (const FilledDevice& device : implant_catalog())
    if (device.balloon.name == name) return device;
  throw InputError(unknown_name("device", name, filled_device_names()));
}

std::unique_ptr<ShellLaw> make_stent_wall(double tension, double stiffness) {
  constexpr double thickness = 0.1; // mm; only its products with modulus and strength count
  const LawInfo& law = find_law("cortical_shell");
  Params p(law.specs);
  p.set("thickness", thickness);
  p.set("modulus", stiffness / thickness);
  p.set("poisson_ratio", 0.0); // struts
  p.set("yield", tension / thickness);
  for (const char* key : {"tension_ratio", "residual_compression", "residual_tension"}) p.set(key, 1.0);
  p.set("damage_rate", 0.0);
  return law.make_shell(p);
}

} // namespace kypho

#include "core/devices/curette.hpp"

#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"

namespace kypho {

// Adding a curette is one line: shaft, reach, width.
const std::vector<CuretteInfo>& curette_catalog() {
  static const char* source =
      "blades that bend to a right angle are sold for this (commonly quoted); sizes: assumption";
  static const std::vector<CuretteInfo> catalog = {
      {"curette_5", "curette with a blade that bends to 5 mm", source, 3.2, 5, 3},
      {"curette_7", "curette with a blade that bends to 7 mm", source, 3.2, 7, 3},
  };
  return catalog;
}

const CuretteInfo& find_curette(std::string_view name) {
  std::vector<std::string> names;
  for (const CuretteInfo& info : curette_catalog()) {
    if (info.name == name) return info;
    names.push_back(info.name);
  }
  throw InputError(unknown_name("device", name, names));
}

} // namespace kypho

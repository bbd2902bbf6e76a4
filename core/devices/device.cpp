#include "core/devices/device.hpp"

#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"

namespace kypho {

// Adding a balloon is one line. Length: working length of the maker's size code (first figure, mm). Volumes and pressures:
// commonly quoted, 400 psi is the industry's figure (510(k) K132620, K192449, K223709). Wall tension: 30-60 psi free
// pressure at 1-2 mL, commonly quoted.
const std::vector<BalloonInfo>& balloon_catalog() {
  static const char* source =
      "size code: Medtronic IFU M708348B151E; volume, pressure, compliance: commonly quoted, unverified";
  constexpr double ml = 1000, psi = 0.00689475729;
  static const std::vector<BalloonInfo> catalog = {
      {"ibt_10_3", "inflatable bone tamp, 10 mm, 3 mm class", source, 10, 3.2, 17, 4 * ml, 400 * psi, 0.9},
      {"ibt_15_3", "inflatable bone tamp, 15 mm, 3 mm class", source, 15, 3.2, 18, 4 * ml, 400 * psi, 0.9},
      {"ibt_20_3", "inflatable bone tamp, 20 mm, 3 mm class", source, 20, 3.2, 19, 6 * ml, 400 * psi, 0.9},
      {"ibt_10_2", "inflatable bone tamp, 10 mm, small cannula", source, 10, 2.6, 15, 3 * ml, 400 * psi, 0.8},
      {"ibt_15_2", "inflatable bone tamp, 15 mm, small cannula", source, 15, 2.6, 16, 4 * ml, 400 * psi, 0.8},
  };
  return catalog;
}

const BalloonInfo& find_balloon(std::string_view name) {
  std::vector<std::string> names;
  for (const BalloonInfo& info : balloon_catalog()) {
    if (info.name == name) return info;
    names.push_back(info.name);
  }
  throw InputError(unknown_name("device", name, names));
}

} // namespace kypho

#include "core/devices/device.hpp"

#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"

#include <array>

namespace kypho {

// Adding a balloon is one line. Length: working length of the maker's size code (first figure, mm). Volumes and pressures:
// commonly quoted, 400 psi is the industry's figure (510(k) K132620, K192449, K223709). Wall tension: 30-60 psi free
// pressure at 1-2 mL, commonly quoted. Free curves: the wall's law worked out along the meridian (verification case
// balloon_in_air, which holds them); no maker publishes one.
const std::vector<BalloonInfo>& balloon_catalog() {
  static const char* source =
      "size code: Medtronic IFU M708348B151E; volume, pressure, compliance: commonly quoted, unverified";
  static const char* free_source =
      "model: wall of this catalog, at rest on a cylinder of the deflated diameter with round noses, 3 mm longer than "
      "the "
      "working length, held by no shaft, so that it lengthens freely; it meets 30-60 psi at 1-2 mL, nearly flat after "
      "that (commonly quoted, unverified), and within 6 % the 16 mm at 6 mL of a rival (510(k) K192449)";
  constexpr double ml = 1000, psi = 0.00689475729;
  const auto curve = [](const std::vector<std::array<double, 3>>& points) { // mL, psi, mm
    std::vector<FreePoint> all;
    for (const auto& [volume, pressure, diameter] : points) all.push_back({volume * ml, pressure * psi, diameter});
    return all;
  };
  static const std::vector<BalloonInfo> catalog = {
      {"ibt_10_3", "inflatable bone tamp, 10 mm, 3 mm class", source, 10, 3.2, 17, 4 * ml, 400 * psi, 0.9,
       curve({{0.5, 58.7, 7.81}, {1, 53.0, 10.25}, {2, 51.2, 12.46}, {3, 51.9, 13.55}, {4, 53.1, 14.17}}), free_source},
      {"ibt_15_3", "inflatable bone tamp, 15 mm, 3 mm class", source, 15, 3.2, 18, 4 * ml, 400 * psi, 0.9,
       curve({{0.5, 60.0, 6.84}, {1, 51.9, 9.93}, {2, 48.3, 12.32}, {3, 47.6, 13.41}, {4, 47.6, 14.04}}), free_source},
      {"ibt_20_3", "inflatable bone tamp, 20 mm, 3 mm class", source, 20, 3.2, 19, 6 * ml, 400 * psi, 0.9,
       curve({{0.5, 62.5, 5.51}, {1, 51.5, 9.76}, {2, 46.8, 12.48}, {4, 45.3, 14.42}, {6, 45.2, 15.06}}), free_source},
      {"ibt_10_2", "inflatable bone tamp, 10 mm, small cannula", source, 10, 2.6, 15, 3 * ml, 400 * psi, 0.8,
       curve({{0.5, 56.7, 8.02}, {1, 52.3, 10.02}, {2, 51.4, 11.61}, {3, 52.7, 12.35}}), free_source},
      {"ibt_15_2", "inflatable bone tamp, 15 mm, small cannula", source, 15, 2.6, 16, 4 * ml, 400 * psi, 0.8,
       curve({{0.5, 56.5, 7.78}, {1, 50.5, 10.09}, {2, 48.3, 11.87}, {3, 48.0, 12.54}, {4, 48.1, 12.85}}), free_source},
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

#include "viz/scene.hpp"
#include "core/base/errors.hpp"
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace kypho {
namespace {

constexpr Color rgb(std::uint32_t hex) {
  return {(hex >> 16 & 255) / 255.0, (hex >> 8 & 255) / 255.0, (hex & 255) / 255.0};
}

// Every 17th of the 256 entries of the maps by van der Walt and Smith (2015) and Nunez et al. (2018), both CC0.
using ColorMap = std::array<std::uint32_t, 16>;
constexpr ColorMap viridis = {0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e, 0x2a788e, 0x23888e,
                              0x1f988b, 0x22a884, 0x35b779, 0x54c568, 0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725};
constexpr ColorMap inferno = {0x000004, 0x0c0826, 0x240c4f, 0x420a68, 0x5d126e, 0x781c6d, 0x932667, 0xae305c,
                              0xc73e4c, 0xdd513a, 0xed6925, 0xf8850f, 0xfca50a, 0xfac62d, 0xf2e661, 0xfcffa4};
constexpr ColorMap cividis = {0x00224e, 0x002e6c, 0x1e3a6f, 0x35456c, 0x47516c, 0x575d6d, 0x666970, 0x757575,
                              0x848279, 0x948e77, 0xa59c74, 0xb7a96e, 0xc8b866, 0xdbc75a, 0xeed649, 0xfee838};

const ColorMap& map_of(const std::string& field) {
  if (field.find("temperature") != std::string::npos) return inferno;
  if (field.find("bmd") != std::string::npos || field.find("density") != std::string::npos) return cividis;
  return viridis;
}

} // namespace

View find_view(const std::string& name) {
  if (name == "lateral") return View::lateral;
  if (name == "frontal") return View::frontal;
  if (name == "axial") return View::axial;
  throw InputError("no view '" + name + "'; there are: lateral, frontal, axial");
}

std::string describe(View view) {
  switch (view) {
  case View::lateral: return "Lateral, seen from the patient's left";
  case View::frontal: return "Frontal (AP), seen from the front";
  case View::axial: return "Axial, seen from below";
  }
  return "";
}

namespace palette {
Color background() { return rgb(0xf3f5f7); }
Color ink() { return rgb(0x1d2733); }
Color cortex() { return rgb(0xf1e7cd); }
Color spongy() { return rgb(0xdfc79b); }
Color posterior() { return rgb(0xe8d8b4); }
Color cement() { return rgb(0x9db7d1); }
Color composite() { return rgb(0xb7bfb8); }
Color balloon() { return rgb(0xf0a01e); }
Color cavity() { return rgb(0x8a4a48); }
Color ghost() { return rgb(0x2f6fb3); }
Color before() { return rgb(0xc0392b); }
} // namespace palette

Color field_color(const std::string& field, double t) {
  const ColorMap& map = map_of(field);
  const double place = std::clamp(std::isnan(t) ? 0.0 : t, 0.0, 1.0) * (map.size() - 1);
  const auto low = std::min<std::size_t>(static_cast<std::size_t>(place), map.size() - 2);
  const Color a = rgb(map[low]), b = rgb(map[low + 1]);
  Color c;
  for (int i = 0; i < 3; ++i) c[i] = a[i] + (place - low) * (b[i] - a[i]);
  return c;
}

std::string unit_text(const std::string& unit) {
  if (unit == "1") return "";
  if (unit == "degC") return "\u00b0C";
  if (unit == "deg") return "\u00b0";
  std::string text = unit;
  for (const auto& [power, sign] : {std::pair{"m2", "m\u00b2"}, {"m3", "m\u00b3"}})
    if (const auto at = text.find(power); at != std::string::npos) text.replace(at, 2, sign);
  return text;
}

std::string field_title(const std::string& field) {
  std::string title = field;
  std::replace(title.begin(), title.end(), '_', ' ');
  return title;
}

} // namespace kypho

#include "scenarios/stages/stop_rules.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace kypho {

ParamSpecs stop_specs() {
  return {
      optional_quantity(
          "stop_at_height", "%", 50, 120,
          "share of the intact height that is enough: of the anterior, or the middle where that lost more; the "
          "other one stops at 100 %"),
      quantity("wall_distance", "mm", "1 mm", 0, 10,
               "bone left to the anterior, lateral or posterior wall at which a device stops; 0: never",
               "contact with the cortex; 4 mm is commonly quoted for the distance to keep"),
      flag("stop_at_breach", true, "a wall or endplate that tears open over a device stops it"),
  };
}

std::string wall_in_words(const std::string& wall) {
  std::string words = wall;
  std::replace(words.begin(), words.end(), '_', ' ');
  return words.find("endplate") == std::string::npos ? words + " wall" : words;
}

StopRules::StopRules(const Params& p)
    : wall_distance_(p.number("wall_distance")), at_breach_(p.flag("stop_at_breach")) {
  if (p.has("stop_at_height")) height_ = p.number("stop_at_height");
}

std::optional<Stop> StopRules::look(const StageContext& context, const WallWatch& watch, const std::vector<int>& facets,
                                    const std::map<std::string, double>& bone_before) const {
  const Model& model = *context.model;
  if (height_) {
    const Station now = model.station(), &intact = context.measures.stations.at("intact");
    const double anterior = now.anterior_height_mm / intact.anterior_height_mm,
                 middle = now.middle_height_mm / intact.middle_height_mm;
    const bool in_the_middle = context.measures.fracture && context.measures.fracture->deepest_in_the_middle();
    const double beside = std::max(*height_, 1.0); // nothing is lifted beyond what it was
    const auto found = [](const char* place, double share) {
      return Stop{"height", fmt::format("{} height {:.1f} % of the intact one", place, 100 * share)};
    };
    if (anterior >= (in_the_middle ? beside : *height_)) return found("anterior", anterior);
    if (middle >= (in_the_middle ? *height_ : beside)) return found("middle", middle);
  }
  if (wall_distance_ > 0)
    for (const auto& [wall, left] : watch.bone_left(model, facets))
      if (wall.find("endplate") == std::string::npos && left < wall_distance_ && left < bone_before.at(wall))
        return Stop{"wall_contact", fmt::format("{}, {:.1f} mm of bone left", wall_in_words(wall), left)};
  if (at_breach_)
    for (const auto& [wall, area] : watch.breaches(model, facets))
      return Stop{"breach", fmt::format("{}, {:.0f} mm2 torn", wall_in_words(wall), area)};
  return std::nullopt;
}

} // namespace kypho

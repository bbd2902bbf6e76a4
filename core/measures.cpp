#include "core/measures.hpp"

namespace kypho {

std::optional<RestorationMeasure> restoration(const std::map<std::string, Station>& stations, const std::string& before,
                                              const Station& base) {
  const auto at = [&](const std::string& name) -> const Station* {
    const auto found = stations.find(name);
    return found == stations.end() ? nullptr : &found->second;
  };
  const Station *intact = at("intact"), *inflated = at("inflated"), *deflated = at("deflated");
  if (!intact || !inflated || !deflated || before.empty() || before == "intact") return std::nullopt;
  RestorationMeasure r;
  r.reference = before + (before == "fractured" ? ", unloaded" : ", under its preload");
  r.state = at("treated") ? "treated" : "deflated";
  const Station& now = *at(r.state);
  const auto share = [](double part, double whole) { return whole > 0 ? part / whole : 0; };
  using Height = double Station::*;
  const auto restored = [&](Height height) {
    return share(now.*height - base.*height, intact->*height - base.*height);
  };
  const auto lost_again = [&](Height height) {
    return share(inflated->*height - deflated->*height, inflated->*height - base.*height);
  };
  r.lost_on_deflation_fraction = lost_again(&Station::anterior_height_mm);
  r.lost_middle_on_deflation_fraction = lost_again(&Station::middle_height_mm);
  if (!at("fractured")) return r;
  r.restored_fraction = restored(&Station::anterior_height_mm);
  r.restored_middle_fraction = restored(&Station::middle_height_mm);
  return r;
}

} // namespace kypho

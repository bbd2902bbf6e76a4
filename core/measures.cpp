#include "core/measures.hpp"

namespace kypho {

std::optional<RestorationMeasure> restoration(const std::map<std::string, Station>& stations, const std::string& before) {
  const auto at = [&](const std::string& name) -> const Station* {
    const auto found = stations.find(name);
    return found == stations.end() ? nullptr : &found->second;
  };
  const Station *intact = at("intact"), *base = at(before), *inflated = at("inflated"), *deflated = at("deflated");
  if (!intact || !base || !inflated || !deflated || base == intact) return std::nullopt;
  RestorationMeasure r;
  r.reference = before + (before == "fractured" ? ", unloaded" : ", under its preload");
  r.state = at("treated") ? "treated" : "deflated";
  const Station& now = *at(r.state);
  const double lost = intact->anterior_height_mm - base->anterior_height_mm;
  const double lost_middle = intact->middle_height_mm - base->middle_height_mm;
  const double lift = inflated->anterior_height_mm - base->anterior_height_mm;
  if (lost > 0) r.restored_fraction = (now.anterior_height_mm - base->anterior_height_mm) / lost;
  if (lost_middle > 0) r.restored_middle_fraction = (now.middle_height_mm - base->middle_height_mm) / lost_middle;
  if (lift > 0) r.lost_on_deflation_fraction = (inflated->anterior_height_mm - deflated->anterior_height_mm) / lift;
  const double lift_middle = inflated->middle_height_mm - base->middle_height_mm;
  if (lift_middle > 0)
    r.lost_middle_on_deflation_fraction = (inflated->middle_height_mm - deflated->middle_height_mm) / lift_middle;
  return r;
}

} // namespace kypho

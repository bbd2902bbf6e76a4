#include "scenarios/stages/opening.hpp"

#include "scenarios/stages/stop_rules.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace kypho {

DeviceSeat seat_of(const Model& model, const Channel& channel, double reach, double clear) {
  const Vec3 axis = (channel.tip - channel.entry).normalized();
  const std::vector<Vec3> x = model.positions();
  const TetMesh& mesh = model.mesh();
  const auto behind = [&](const Vec3& p) { return (channel.tip - p).dot(axis); };
  DeviceSeat seat;
  for (int f = 0; f < static_cast<int>(mesh.facets.size()); ++f) {
    if (mesh.facets[f].surface != channel.wall) continue;
    const auto& n = mesh.facets[f].nodes;
    if (behind((x[n[0]] + x[n[1]] + x[n[2]]) / 3) <= reach)
      seat.facets.push_back(f);
    else
      seat.shaft.insert(seat.shaft.end(), n.begin(), n.end());
  }
  std::sort(seat.shaft.begin(), seat.shaft.end());
  seat.shaft.erase(std::unique(seat.shaft.begin(), seat.shaft.end()), seat.shaft.end());
  std::erase_if(seat.shaft, [&](int n) { return behind(x[n]) < reach + clear; });
  return seat;
}

void note_lift_base(StageContext& context) {
  if (!context.before_inflation.empty()) return;
  context.before_inflation = context.last_station;
  context.lift_base = context.measures.stations.at(context.last_station);
}

void note_opening(StageContext& context, const WallWatch& watch, const std::vector<int>& facets,
                  InflationMeasure measure) {
  for (const EnergyMeasure& books : context.energy) { // nothing where no books are kept
    measure.elastic_mj = measure.elastic_mj.value_or(0) + books.stored_mj;
    measure.plastic_mj = measure.plastic_mj.value_or(0) + books.dissipated_mj;
  }
  watch.measure_compaction(*context.model, facets, measure);
  measure.breaches_mm2 = watch.breaches(*context.model, facets);
  for (const auto& [wall, area] : measure.breaches_mm2)
    context.warn(fmt::format("{}: the {} has torn open over {:.0f} mm2 beside a device", context.spec->kind,
                             wall_in_words(wall), area));
  context.measures.inflations.push_back(std::move(measure));
}

} // namespace kypho

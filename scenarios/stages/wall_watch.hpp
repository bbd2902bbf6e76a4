#pragma once
// What a surgeon watches on two images while a device opens in the body: how much bone is left to each wall, whether a wall
// has given way, and afterwards the rim of bone that it has pressed together.
#include "core/measures.hpp"
#include "core/model/model.hpp"

#include <map>
#include <optional>

namespace kypho {

class WallWatch {
public:
  /// Remembers the walls and the bone as they are now, before a device opens.
  explicit WallWatch(const Model& model);

  /// Bone between the cavity walls @p facets and each wall of the body, mm: "anterior", "lateral", "posterior",
  /// "upper_endplate", "lower_endplate". Walls that the body lacks are left out.
  std::map<std::string, double> bone_left(const Model& model, const std::vector<int>& facets) const;

  /// Wall that has torn open over the cavity @p facets, mm2 by wall: facets a tenth larger than before with less than
  /// 1.5 mm of bone behind them (an intact shell bears a strain of 1 %). Windows below 3 mm2 are left out.
  std::map<std::string, double> breaches(const Model& model, const std::vector<int>& facets) const;

  /// Bone within 6 mm of the cavity @p facets that is more than a tenth denser than before: the compaction_... of @p out.
  void measure_compaction(const Model& model, const std::vector<int>& facets, InflationMeasure& out) const;

private:
  std::vector<std::string> wall_; ///< per facet of the mesh; "" for what is no wall of the body
  std::vector<double> area_;      ///< per facet, mm2
  std::vector<double> volume_;    ///< per tetrahedron, mm3
};

} // namespace kypho

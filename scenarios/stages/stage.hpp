#pragma once
// A stage is what the surgeon, or the patient's weight, does to the vertebra.
#include "core/base/params.hpp"
#include "core/measures.hpp"
#include <memory>

namespace kypho {

struct StageContext; // scenarios/stages/context.hpp

class Stage {
public:
  virtual ~Stage() = default;
  /// Does the stage on the context's model, step by step; devices, frames and figures go through the context.
  /// @throws InputError if a device, region or earlier stage that it needs is missing (checked before any solve by
  /// check()); NotConverged
  virtual void run(StageContext& context) = 0;
};

struct StageInfo {
  std::string kind, meaning;
  ParamSpecs specs;
  std::unique_ptr<Stage> (*make)(const Params&);
};

/// The catalog, one line per stage in stage.cpp.
const std::vector<StageInfo>& stage_catalog();
const StageInfo& find_stage(std::string_view kind); ///< @throws InputError naming the nearest

} // namespace kypho

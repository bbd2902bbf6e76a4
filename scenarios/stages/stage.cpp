#include "scenarios/stages/stage.hpp"

#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include "scenarios/stages/catalog.hpp"

namespace kypho {

// Adding a stage is one file and one line here.
const std::vector<StageInfo>& stage_catalog() {
  static const std::vector<StageInfo> catalog = {
      fracture_stage(), posture_stage(), access_stage(), curette_stage(), inflate_stage(),
      expand_stage(),   deflate_stage(), inject_stage(), cure_stage(),    load_stage(),
  };
  return catalog;
}

const StageInfo& find_stage(std::string_view kind) {
  std::vector<std::string> names;
  for (const StageInfo& info : stage_catalog()) {
    if (info.kind == kind) return info;
    names.push_back(info.kind);
  }
  throw InputError(unknown_name("stage", kind, names));
}

} // namespace kypho

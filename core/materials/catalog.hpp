#pragma once
// The laws that a scenario can name, and the tissues that need one.
#include "core/materials/material.hpp"
#include "core/materials/shell_law.hpp"

namespace kypho {

struct LawInfo {
  std::string name, meaning, source;
  ParamSpecs specs;
  std::unique_ptr<Material> (*make)(const Params&);                 ///< solid law, null for a shell
  std::unique_ptr<ShellLaw> (*make_shell)(const Params&) = nullptr; ///< shell law, null for a solid
};

/// One line per law in catalog.cpp.
const std::vector<LawInfo>& law_catalog();
const LawInfo& find_law(std::string_view name); ///< @throws InputError naming the nearest

/// A part of the vertebra and the law it gets unless the scenario says otherwise.
struct TissueInfo {
  std::string name, meaning, default_law;
  std::vector<std::pair<std::string, std::string>> overrides; ///< of the law's defaults, as a user would write them
};
const std::vector<TissueInfo>& tissue_catalog();

} // namespace kypho

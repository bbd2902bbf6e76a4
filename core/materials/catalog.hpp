#pragma once
// The laws that a scenario can name, and the tissues that need one.
#include "core/materials/cord_law.hpp"
#include "core/materials/material.hpp"
#include "core/materials/shell_law.hpp"

namespace kypho {

struct LawInfo {
  std::string name, meaning, source;
  ParamSpecs specs;
  // One of these makes the law, the others are null.
  std::unique_ptr<Material> (*make)(const Params&) = nullptr;
  std::unique_ptr<ShellLaw> (*make_shell)(const Params&) = nullptr;
  std::unique_ptr<CordLaw> (*make_cord)(const Params&) = nullptr;
};

/// One line per law in catalog.cpp.
const std::vector<LawInfo>& law_catalog();
const LawInfo& find_law(std::string_view name); ///< @throws InputError naming the nearest

/// A part of the vertebra and the law it gets unless the scenario says otherwise.
struct TissueInfo {
  std::string name, meaning, default_law;
  std::vector<std::pair<std::string, std::string>> overrides; ///< of the law's defaults, as a user would write them
  std::string source = "";                                    ///< of the overrides
};
/// Tissues of the vertebra, tables [materials.<tissue>] of a case.
const std::vector<TissueInfo>& tissue_catalog();
/// Discs, ligaments and implants beside it, named by the models that have them.
const std::vector<TissueInfo>& part_catalog();
const TissueInfo& find_part(std::string_view name); ///< @throws InputError naming the nearest
/// The keys of @p law with the tissue's own defaults, if it is the tissue's usual law.
ParamSpecs tissue_specs(const TissueInfo& tissue, const LawInfo& law);

} // namespace kypho

#include "scenarios/sections.hpp"
#include "core/base/nearest.hpp"

namespace kypho {

const ParamSpecs& top_specs() {
  static const ParamSpecs specs{text("title", "", "what the case is, in a few words; printed and reported"),
                                integer("seed", 1, 0, 2147483647, "seed of everything that is drawn at random")};
  return specs;
}

std::vector<std::string> laws_of(const TissueInfo& tissue) {
  const LawInfo& usual = find_law(tissue.default_law);
  std::vector<std::string> names;
  for (const LawInfo& law : law_catalog())
    if ((usual.make && law.make) || (usual.make_shell && law.make_shell) || (usual.make_cord && law.make_cord))
      names.push_back(law.name);
  return names;
}

const TissueInfo& find_tissue(std::string_view name) {
  std::vector<std::string> names;
  for (const TissueInfo& tissue : tissue_catalog()) {
    if (tissue.name == name) return tissue;
    names.push_back(tissue.name);
  }
  throw InputError(unknown_name("tissue", name, names));
}

} // namespace kypho

#include "core/materials/bone_condition.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include <fmt/format.h>

namespace kypho {

std::string BoneCondition::shares() const {
  const auto text = [](const Share& s) { return fmt::format("{:g} ({:g} to {:g})", s.value, s.low, s.high); };
  return fmt::format("modulus {}, strength {}, residual strength {}", text(modulus), text(strength), text(residual));
}

// What is measured in such bone is mostly a loss of density, which the case gives by itself. What is left at equal
// density is known poorly: the sources say what was measured and what is assumed.
const std::vector<BoneCondition>& bone_condition_catalog() {
  static const std::vector<BoneCondition> catalog = {
      {"healthy", "bone as its density says", "the density law", {1, 1, 1}, {1, 1, 1}, {1, 1, 1}},
      {"lytic_lesion",
       "lytic metastasis of about a third of the body, smeared over it",
       "stiffness: 3 to 30 % lower with holes of 4 to 35 % of the volume, micro-FE, Costa 2020, Bone Rep 12:100257; "
       "strength: assumption, same share, as the yield strain stays",
       {0.70, 0.70, 0.97},
       {0.70, 0.50, 0.97},
       {1, 0.5, 1}},
      {"steroid_weakened",
       "bone under long-term glucocorticoids",
       "assumption: fractures occur at higher densities than in primary osteoporosis, Manning 2013, Int J Endocrinol "
       "768579; the shares themselves are not measured",
       {0.90, 0.70, 1},
       {0.80, 0.60, 1},
       {1, 0.7, 1}},
      {"osteogenesis_imperfecta",
       "brittle bone disease, severe",
       "range of modulus and strength: 32 to 65 % lower in cortical bone of children, yield strain unchanged, most of "
       "it by "
       "porosity, which the density holds already, Albert 2017, J Biomech, doi 10.1016/j.jbiomech.2017.09.003; values "
       "at "
       "equal density and the brittleness: assumption",
       {0.85, 0.35, 1},
       {0.85, 0.35, 1},
       {0.6, 0.2, 1}},
  };
  return catalog;
}

std::vector<std::string> bone_condition_names() {
  std::vector<std::string> names;
  for (const BoneCondition& condition : bone_condition_catalog()) names.push_back(condition.name);
  return names;
}

const BoneCondition& find_bone_condition(std::string_view name) {
  for (const BoneCondition& condition : bone_condition_catalog())
    if (condition.name == name) return condition;
  throw InputError(unknown_name("condition of bone", name, bone_condition_names()));
}

} // namespace kypho

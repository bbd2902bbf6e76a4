#include "core/materials/catalog.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"

// A law is one file NAME.cpp that defines NAME_law(), and one line here; the scenario reader, `kyphosim list` and the
// conformity tests follow by themselves.
#define KYPHO_LAWS(X)                                                                                                  \
  X(trabecular_bone)                                                                                                   \
  X(compact_solid)                                                                                                     \
  X(bone_cement)                                                                                                       \
  X(mooney_rivlin)                                                                                                     \
  X(annulus_fibrosus)                                                                                                  \
  X(cortical_shell)

namespace kypho {

#define KYPHO_DECLARE(name) LawInfo name##_law();
KYPHO_LAWS(KYPHO_DECLARE)
#undef KYPHO_DECLARE

const std::vector<LawInfo>& law_catalog() {
#define KYPHO_ENTRY(name) name##_law(),
  static const std::vector<LawInfo> catalog{KYPHO_LAWS(KYPHO_ENTRY)};
#undef KYPHO_ENTRY
  return catalog;
}

const LawInfo& find_law(std::string_view name) {
  std::vector<std::string> names;
  for (const LawInfo& info : law_catalog()) {
    if (info.name == name) return info;
    names.push_back(info.name);
  }
  throw InputError(unknown_name("law", name, names));
}

const std::vector<TissueInfo>& tissue_catalog() {
  static const std::vector<TissueInfo> catalog = {
      {"trabecular", "spongy core of the vertebral body", "trabecular_bone", {}},
      {"posterior", "pedicles, arch and processes, cortical and spongy bone smeared", "compact_solid", {}},
      {"cortex", "cortical shell of the body", "cortical_shell", {}},
      {"endplate",
       "bony endplates",
       "cortical_shell",
       {{"thickness", "0.5 mm"}, {"modulus", "1000 MPa"}, {"yield", "8 MPa"}}},
      {"posterior_cortex",
       "cortical shell of pedicles and arch",
       "cortical_shell",
       {{"thickness", "0.7 mm"}, {"modulus", "5000 MPa"}, {"yield", "60 MPa"}}},
  };
  return catalog;
}

} // namespace kypho

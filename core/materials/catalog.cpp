#include "core/materials/catalog.hpp"
#include "core/base/errors.hpp"
#include "core/base/nearest.hpp"
#include <algorithm>
#include <stdexcept>

// A law is one file NAME.cpp that defines NAME_law(), and one line here; the scenario reader, `kyphosim list` and the
// conformity tests follow by themselves.
#define KYPHO_LAWS(X)                                                                                                  \
  X(trabecular_bone)                                                                                                   \
  X(compact_solid)                                                                                                     \
  X(bone_cement)                                                                                                       \
  X(mooney_rivlin)                                                                                                     \
  X(annulus_fibrosus)                                                                                                  \
  X(ligament)                                                                                                          \
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

const std::vector<TissueInfo>& part_catalog() {
  const std::string remus = "L4-5, Remus 2021, PLoS ONE 16:e0250456";
  const auto cord = [](const char* stiffness, const char* toe, const char* before) {
    return std::vector<std::pair<std::string, std::string>>{
        {"stiffness", stiffness}, {"toe_strain", toe}, {"reference_strain", before}};
  };
  static const std::vector<TissueInfo> catalog = {
      {"disc_annulus",
       "annulus of the disc",
       "annulus_fibrosus",
       {},
       "Gruber 2024, Front Bioeng Biotechnol 12:1391957"},
      {"disc_nucleus",
       "nucleus of the disc",
       "mooney_rivlin",
       {{"c10", "0.118 MPa"}, {"c01", "0.030 MPa"}},
       "Gruber 2024, Front Bioeng Biotechnol 12:1391957; incompressible there"},
      {"anterior_longitudinal_ligament", "in front of the bodies", "ligament", cord("485 N", "0.08", "-0.03"), remus},
      {"posterior_longitudinal_ligament", "behind the bodies", "ligament", cord("290 N", "0.23", "0.12"), remus},
      {"ligamentum_flavum", "between the arches", "ligament", cord("30 N", "0.09", "-0.03"), remus},
      {"interspinous_ligament", "between the spinous processes", "ligament", cord("2.5 N", "0.05", "-0.02"), remus},
      {"supraspinous_ligament", "over the spinous processes", "ligament", cord("28 N", "0.20", "-0.08"), remus},
      {"capsular_ligament", "round a facet joint, each side", "ligament", cord("40 N", "0.95", "0.55"), remus},
      {"intertransverse_ligament", "between the transverse processes", "ligament", cord("150 N", "0.10", "0.02"),
       remus},
      {"titanium_alloy",
       "Ti-6Al-4V ELI: screws, jacks, stents",
       "compact_solid",
       {{"modulus", "114000 MPa"}, {"poisson_ratio", "0.34"}, {"yield", "795 MPa"}, {"hardening", "650 MPa"}},
       "commonly quoted; yield 795 and strength 860 MPa at 10 % are the least that ASTM F136 asks for"},
      {"cobalt_chrome",
       "Co-28Cr-6Mo, annealed: rods, stents",
       "compact_solid",
       {{"modulus", "230000 MPa"}, {"poisson_ratio", "0.30"}, {"yield", "517 MPa"}, {"hardening", "1900 MPa"}},
       "commonly quoted; yield 517 and strength 897 MPa at 20 % are the least that ASTM F1537 asks for"},
      {"balloon_polyurethane",
       "wall of a balloon as a solid",
       "mooney_rivlin",
       {{"c10", "3.3 MPa"}, {"c01", "0 MPa"}, {"bulk_modulus", "1000 MPa"}},
       "assumption: thermoplastic polyurethane of Shore 85 A, modulus at rest 15 to 25 MPa commonly quoted"},
  };
  return catalog;
}

const TissueInfo& find_part(std::string_view name) {
  std::vector<std::string> names;
  for (const TissueInfo& part : part_catalog()) {
    if (part.name == name) return part;
    names.push_back(part.name);
  }
  throw InputError(unknown_name("part", name, names));
}

ParamSpecs tissue_specs(const TissueInfo& tissue, const LawInfo& law) {
  ParamSpecs specs = law.specs;
  if (law.name != tissue.default_law) return specs;
  for (const auto& [key, value] : tissue.overrides) {
    const auto spec = std::find_if(specs.begin(), specs.end(), [&](const ParamSpec& s) { return s.name == key; });
    if (spec == specs.end())
      throw std::logic_error(tissue.name + " overrides '" + key + "', which " + law.name + " lacks");
    spec->default_text = value;
    spec->required = spec->optional = false;
    if (!tissue.source.empty()) spec->source = tissue.source;
  }
  return specs;
}

} // namespace kypho

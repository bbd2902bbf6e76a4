#include "mesh/anatomy.hpp"
#include "mesh/image_anatomy.hpp"
#include "mesh/parametric_anatomy.hpp"
#include "mesh/surface_anatomy.hpp"

namespace kypho {

const ParamSpecs& anatomy_specs() {
  static const ParamSpecs specs = [] {
    ParamSpecs all{choice("source", "parametric", {"parametric", "image", "surface"},
                          "where the vertebra comes from: morphometry table, CT with labels, closed surface")};
    for (const ParamSpecs& part :
         {common_anatomy_specs(), parametric_anatomy_specs(), image_anatomy_specs(), surface_anatomy_specs()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return specs;
}

std::unique_ptr<Anatomy> make_anatomy(const Params& params, unsigned seed) {
  const std::string& source = params.text("source");
  if (source == "image") return make_image_anatomy(params);
  if (source == "surface") return make_surface_anatomy(params, seed);
  return make_parametric_anatomy(params, seed);
}

} // namespace kypho

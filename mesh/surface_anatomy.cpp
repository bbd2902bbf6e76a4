#include "mesh/surface_anatomy.hpp"
#include "core/base/errors.hpp"

namespace kypho {

ParamSpecs surface_anatomy_specs() {
  return {
      path("surface", "surface: closed triangle surface of the vertebra or of its body alone (.stl, .ply, .obj)"),
      choice("surface_unit", "mm", {"mm", "cm", "m"}, "surface: unit of the file's coordinates"),
      choice("surface_axes", "anatomical", {"anatomical", "ras", "lps"},
             "surface: what the file's axes are, roughly: +X anterior, +Y left, +Z cranial; or the patient axes "
             "right-anterior-superior or left-posterior-superior"),
  };
}

std::unique_ptr<Anatomy> make_surface_anatomy(const Params&) { throw InputError("source = 'surface' is not built yet"); }

} // namespace kypho

#include "mesh/surface_anatomy.hpp"
#include "core/base/errors.hpp"
#include "mesh/density_pattern.hpp"
#include "mesh/landmark_anatomy.hpp"
#include "mesh/surface_shape.hpp"
#include <fmt/format.h>

namespace kypho {

namespace {

/// Columns: anterior, left, cranial in the file's coordinates.
Mat3 first_axes(const std::string& name) {
  if (name == "anatomical") return Mat3::Identity();
  const double sign = name == "ras" ? 1 : -1;
  Mat3 axes;
  axes.col(0) = sign * Vec3::UnitY();
  axes.col(1) = -sign * Vec3::UnitX();
  axes.col(2) = Vec3::UnitZ();
  return axes;
}

double millimetres(const std::string& unit) { return unit == "m" ? 1000 : unit == "cm" ? 10 : 1; }

/// @throws InputError if no vertebra is that large
void check_size(const SurfaceShape& surface, const std::string& file) {
  Box box;
  for (const Vec3& p : surface.vertices) box.extend(p);
  const double size = (box.upper - box.lower).maxCoeff();
  if (size < 20 || size > 200)
    throw InputError(
        fmt::format("{}: is {:.3g} mm across; a vertebra measures 20 to 200 mm. Is surface_unit right?", file, size));
}

} // namespace

ParamSpecs surface_anatomy_specs() {
  return {
      path("surface", "surface: closed triangle surface of the vertebra or of its body alone (.stl, .ply, .obj)"),
      choice("surface_unit", "mm", {"mm", "cm", "m"}, "surface: unit of the file's coordinates"),
      choice("surface_axes", "anatomical", {"anatomical", "ras", "lps"},
             "surface: what the file's axes are, roughly: +X anterior, +Y left, +Z cranial; or the patient axes "
             "right-anterior-superior or left-posterior-superior"),
  };
}

std::unique_ptr<Anatomy> make_surface_anatomy(const Params& anatomy, unsigned seed) {
  if (!anatomy.has("surface")) throw InputError("anatomy.surface: needed when source = \"surface\"");
  const std::string& file = anatomy.text("surface");
  const SurfaceShape surface = read_surface(file, millimetres(anatomy.text("surface_unit")));
  check_size(surface, file);
  check_surface(surface, file);
  FinderOptions options;
  options.level = anatomy.text("level");
  options.first_axes = first_axes(anatomy.text("surface_axes"));
  const ScalarGrid distance = rasterise(surface, options.spacing);
  FoundVertebra found = find_vertebra([&](const Frame& f, double h) { return resample(distance, f, h, 3); }, options);
  auto result = std::make_unique<FoundAnatomy>(std::move(found), posterior_from(anatomy.text("posterior_elements")));
  const FoundAnatomy& solid = *result;
  const BodyDensity body(
      anatomy, seed, solid.landmarks(), [&](const Vec3& p) { return solid.region(p) == Region::body; }, solid.bounds());
  const double posterior = anatomy.number("bmd") * anatomy.number("posterior_density_ratio");
  result->set_density(
      [&solid, body, posterior](const Vec3& p) { return solid.region(p) == Region::posterior ? posterior : body(p); });
  return result;
}

} // namespace kypho

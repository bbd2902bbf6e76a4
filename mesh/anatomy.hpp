#pragma once
// One vertebra as a labelled solid with density and landmarks, whatever it was made from.
#include "core/base/params.hpp"
#include "core/fem/tet_mesh.hpp"
#include "core/model/landmarks.hpp"
#include <filesystem>
#include <memory>

namespace kypho {

/// A solid in the anatomical frame. Thread-safe for reading.
class Anatomy {
public:
  virtual ~Anatomy() = default;
  /// Region::body, Region::posterior or Region::outside. @param p mm
  virtual Region region(const Vec3& p) const = 0;
  /// Mineral density at @p p, mg/cm3 (trabecular bone of the body; bone behind it too).
  virtual double bmd(const Vec3& p) const = 0;
  virtual Box bounds() const = 0;
  virtual const Landmarks& landmarks() const = 0;
  /// Things that a person should check ("processes cut by the image border"); printed and reported.
  virtual std::vector<std::string> warnings() const { return {}; }
};

/// Keys of [anatomy], with those of every source.
const ParamSpecs& anatomy_specs();
/// @param params checked values of [anatomy]   @param seed of what is drawn at random   @throws InputError for missing or unusable data
std::unique_ptr<Anatomy> make_anatomy(const Params& params, unsigned seed = 1);

} // namespace kypho

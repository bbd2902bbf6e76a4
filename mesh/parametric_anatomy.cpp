#include "mesh/parametric_anatomy.hpp"
#include "mesh/density_pattern.hpp"
#include "mesh/vertebra_shape.hpp"
#include <optional>

namespace kypho {
namespace {

constexpr double fillet = 3.0; // between body and pedicle, mm

VertebraDimensions scaled(VertebraDimensions d, double factor) {
  for (double* length :
       {&d.upper_width, &d.lower_width, &d.upper_depth, &d.lower_depth, &d.dissected_height, &d.living_height, &d.wedge,
        &d.pedicle_width, &d.pedicle_height, &d.canal_width, &d.canal_depth})
    *length *= factor;
  return d;
}

PosteriorElements posterior_elements(const std::string& text) {
  if (text == "none") return PosteriorElements::none;
  return text == "full" ? PosteriorElements::full : PosteriorElements::pedicles;
}

class ParametricAnatomy final : public Anatomy {
public:
  ParametricAnatomy(const Params& params, unsigned seed)
      : dimensions_(scaled(vertebra_dimensions(params.text("level")), params.number("scale"))),
        elements_(posterior_elements(params.text("posterior_elements"))),
        body_(dimensions_,
              params.text("heights") == "living" ? dimensions_.living_height : dimensions_.dissected_height),
        posterior_(dimensions_, body_, elements_) {
    const Vec3 half(0.5 * body_.depth() + 4, 0.5 * body_.width() + 4,
                    0.5 * std::max(body_.height_at(-20), body_.height_at(20)) + 2);
    Box body_box;
    body_box.extend(-half);
    body_box.extend(half);
    bounds_ = body_box;
    if (elements_ != PosteriorElements::none) {
      bounds_.extend(posterior_.bounds().lower);
      bounds_.extend(posterior_.bounds().upper);
    }
    fill_landmarks(params.text("level"));
    density_.emplace(
        params, seed, landmarks_, [this](const Vec3& p) { return body_(p) <= 0; }, body_box);
    posterior_density_ = params.number("bmd") * params.number("posterior_density_ratio");
  }

  Region region(const Vec3& p) const override {
    const double body = body_(p);
    if (body <= -fillet || elements_ == PosteriorElements::none) return body <= 0 ? Region::body : Region::outside;
    if (body <= 0) return Region::body;
    if (posterior_.in_canal(p)) return Region::outside;
    const double posterior = posterior_(p);
    if (smooth_union(body, posterior, fillet) > 0) return Region::outside;
    // In the fillet beside the pedicle the border is the surface of equal distance, so that it meets the outer surface
    // at a wide angle.
    return body < posterior ? Region::body : Region::posterior;
  }
  double bmd(const Vec3& p) const override {
    return region(p) == Region::posterior ? posterior_density_ : (*density_)(p);
  }
  Box bounds() const override { return bounds_; }
  const Landmarks& landmarks() const override { return landmarks_; }

private:
  void fill_landmarks(const std::string& level);

  VertebraDimensions dimensions_;
  PosteriorElements elements_;
  BodyShape body_;
  PosteriorShape posterior_;
  Box bounds_;
  Landmarks landmarks_;
  std::optional<BodyDensity> density_;
  double posterior_density_ = 0;
};

void ParametricAnatomy::fill_landmarks(const std::string& level) {
  Landmarks& l = landmarks_;
  l.level = level;
  l.upper = body_.endplate(true);
  l.lower = body_.endplate(false);
  l.has_pedicles = elements_ != PosteriorElements::none;
  l.left = posterior_.left_pedicle();
  if (l.has_pedicles) {
    // The entry is the last bone met on the way out behind.
    double inside = 0, outside = 0;
    while (region(l.left.isthmus - outside * l.left.axis) != Region::outside) outside += 0.5;
    inside = outside - 0.5;
    for (int i = 0; i < 30; ++i) {
      const double middle = 0.5 * (inside + outside);
      (region(l.left.isthmus - middle * l.left.axis) != Region::outside ? inside : outside) = middle;
    }
    l.left.entry = l.left.isthmus - outside * l.left.axis;
  }
  l.right = l.left;
  for (Vec3* v : {&l.right.isthmus, &l.right.axis, &l.right.entry}) v->y() = -v->y();
  l.canal = posterior_.canal_centre();
  l.canal_depth = posterior_.canal_depth();
  l.canal_width = posterior_.canal_width();
  l.depth = body_.depth() * (1 - BodyShape::waist);
  l.width = body_.width() * (1 - BodyShape::waist);
}

} // namespace

ParamSpecs common_anatomy_specs() {
  return {
      choice("level", "L1", {"T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5"},
             "vertebra; for images also the label that is looked for"),
      quantity("bmd", "mg/cm3", "75 mg/cm3", 10, 400,
               "mean mineral density of the trabecular bone of the body (not for images with density)",
               "osteoporotic spines 64-80 mg/cm3, BMC Musculoskelet Disord 2021, Eur Spine J 2021"),
      choice(
          "density_pattern", "regional", {"uniform", "regional"},
          "regional: denser behind, below, at the periphery and near the endplates, and scattered, with the same mean"),
      quantity("density_variation", "", "0.2", 0, 0.6,
               "regional: scatter of the local density, standard deviation over mean; drawn from the seed of the case",
               "CT of three lumbar bodies: beside the trend, places 3 mm apart share 0.09 to 0.22 of the mean"),
      quantity("density_correlation", "mm", "2.5 mm", 1, 20,
               "regional: distance l over which the scatter is alike, correlation exp(-r^2 / 2 l^2)",
               "the same CT: nothing is shared beyond 6 mm"),
  };
}

ParamSpecs parametric_anatomy_specs() {
  return {
      choice(
          "heights", "living", {"living", "dissected"},
          "source of the heights: living people (Duman 2026, Bonczar 2024) or dissected spines (Panjabi 1991, 1992)"),
      quantity("scale", "", "1", 0.7, 1.3, "factor on all lengths"),
      choice("posterior_elements", "pedicles", {"full", "pedicles", "none"},
             "what stands behind the body: pedicles with the whole arch, their stumps, or nothing"),
      quantity("posterior_density_ratio", "", "1.5", 0.5, 5, "density of pedicles and arch over bmd", "assumption"),
  };
}

std::unique_ptr<Anatomy> make_parametric_anatomy(const Params& anatomy, unsigned seed) {
  return std::make_unique<ParametricAnatomy>(anatomy, seed);
}

} // namespace kypho

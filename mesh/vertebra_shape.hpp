#pragma once
// The smooth shape of a parametric vertebra as two level functions, negative inside, near the surface about the signed
// distance in mm. Frame: +X anterior, +Y left, +Z cranial, origin at the centre of the body.
#include "core/model/landmarks.hpp"
#include "mesh/vertebra_dimensions.hpp"

namespace kypho {

enum class PosteriorElements { none, pedicles, full };

/// Vertebral body: kidney-shaped section (ellipse in front, flat and slightly hollow towards the canal), waist, endplates
/// tilted by the wedge and concave inside a flat rim.
class BodyShape {
public:
  /// @param height posterior height, mm
  BodyShape(const VertebraDimensions& dimensions, double height);
  double operator()(const Vec3& p) const;
  /// x of the posterior wall in the mid-sagittal plane at mid-height, mm.
  double posterior_wall() const { return -0.5 * depth_ * (1 - waist); }
  double height_at(double x) const { return posterior_height_ + slope_ * (x - posterior_x_); }
  double depth() const { return depth_; }
  double width() const { return 0.5 * (lower_width_ + upper_width_); }
  EndplateLandmarks endplate(bool upper) const;

  static constexpr double waist = 0.10; ///< narrowing at mid-height, fraction

private:
  double lateral(const Vec3& p, double zeta, double& radius) const;
  double upper_width_, lower_width_, upper_depth_, lower_depth_, depth_;
  double posterior_height_, slope_, posterior_x_, anterior_x_, cos_tilt_;
  double hollow_, hollow_width_;
};

/// An elliptic tube with round ends along a straight axis.
struct Tube {
  Vec3 start, axis, side; ///< axis and side are unit and perpendicular
  double length;
  double half_side, half_up;
  double start_flare = 0; ///< widening at the start, fraction
  double operator()(const Vec3& p) const;
  double reach() const { return length + 2 * std::max(half_side, half_up) * (1 + start_flare); }
};

/// Pedicles, and for `full` also laminae, spinous, transverse and articular processes; mirror-symmetric, canal free.
class PosteriorShape {
public:
  PosteriorShape(const VertebraDimensions& dimensions, const BodyShape& body, PosteriorElements elements);
  double operator()(const Vec3& p) const;
  bool in_canal(const Vec3& p) const;
  Vec3 canal_centre() const { return {canal_x_, 0, 0}; }
  double canal_width() const { return 2 * canal_half_width_; }
  double canal_depth() const { return 2 * canal_half_depth_; }
  /// Left pedicle without its entry, which needs the outer surface.
  const PedicleLandmarks& left_pedicle() const { return pedicle_; }
  Box bounds() const; ///< encloses all parts

private:
  void add_arch(const VertebraDimensions& d, const BodyShape& body);
  double laminae(const Vec3& folded) const;
  PosteriorElements elements_;
  double canal_x_, canal_half_width_, canal_half_depth_;
  double lamina_thickness_ = 0, lamina_low_ = 0, lamina_high_ = 0;
  PedicleLandmarks pedicle_;
  std::vector<Tube> tubes_; ///< left half and middle; the right half is the mirror image
};

/// Union of two level functions with a fillet of size k; the same for the intersection of their insides.
double smooth_union(double a, double b, double k);
double smooth_intersection(double a, double b, double k);

} // namespace kypho

#include "mesh/vertebra_shape.hpp"
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <numbers>

namespace kypho {
namespace {

// Wang, Battie, Videman 2012 (Eur Spine J 21:2316): concavity of the endplates; rim 3 to 7 mm wide.
constexpr double upper_concavity = 0.7, lower_concavity = 1.5;
constexpr double concave_part = 0.80; // of the radius; the rest is rim
constexpr double rim_inset = 2.0;     // of the rim landmarks from the outer edge, mm
constexpr double rim_rounding = 2.0;  // mm
constexpr double far_away = 1e3;

/// Profile of the concavity: 1 in the middle, 0 with zero slope at the rim.
double dish(double radius) {
  const double s = radius / concave_part;
  if (s >= 1) return 0;
  const double q = 1 - s * s * s * s;
  return q * q;
}

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

} // namespace

double smooth_union(double a, double b, double k) {
  const double overlap = std::max(k - std::abs(a - b), 0.0);
  return std::min(a, b) - overlap * overlap / (4 * k);
}

double smooth_intersection(double a, double b, double k) { return -smooth_union(-a, -b, k); }

BodyShape::BodyShape(const VertebraDimensions& d, double height)
    : upper_width_(d.upper_width), lower_width_(d.lower_width), upper_depth_(d.upper_depth),
      lower_depth_(d.lower_depth), depth_(0.5 * (d.upper_depth + d.lower_depth)) {
  posterior_x_ = -0.5 * depth_ + rim_inset;
  anterior_x_ = 0.5 * depth_ - rim_inset;
  posterior_height_ = height;
  slope_ = -d.wedge / (anterior_x_ - posterior_x_);
  cos_tilt_ = 1 / std::hypot(1.0, 0.5 * slope_);
  hollow_ = 0.05 * depth_;
  hollow_width_ = 0.45 * d.canal_width;
}

/// Distance from the side wall along the ray from the axis; @p radius becomes 1 on the wall.
double BodyShape::lateral(const Vec3& p, double zeta, double& radius) const {
  const double w = std::clamp(zeta, -1.0, 1.0);
  const double narrowing = 1 - waist * (1 - w * w);
  const double half_depth =
      narrowing * (0.25 * (upper_depth_ + lower_depth_) + 0.25 * w * (upper_depth_ - lower_depth_));
  const double half_width =
      narrowing * (0.25 * (upper_width_ + lower_width_) + 0.25 * w * (upper_width_ - lower_width_));
  const double v = std::abs(p.y()) / half_width;
  if (p.x() >= 0) {
    const double u = p.x() / half_depth;
    radius = std::sqrt(u * u + v * v);
  } else {
    // Behind, the section is a superellipse of exponent 3, hollow towards the canal; hollow and corners together keep
    // the mid-sagittal depth.
    const double s = std::min(-p.x() / half_depth, 1.0);
    const double y = p.y() / hollow_width_;
    const double u = (-p.x() + hollow_ * std::exp(-y * y) * s * s) / (half_depth + hollow_);
    radius = std::cbrt(u * u * u + v * v * v);
  }
  const double reach = std::hypot(p.x(), p.y());
  return radius > 1e-3 ? reach * (1 - 1 / radius) : -std::min(half_depth, half_width);
}

double BodyShape::operator()(const Vec3& p) const {
  const double half_height = 0.5 * height_at(p.x());
  const double rough = std::abs(p.z()) - half_height;
  if (rough > 6) return rough;
  double radius;
  const double side = lateral(p, p.z() / half_height, radius);
  const double hollow = (p.z() > 0 ? upper_concavity : lower_concavity) * dish(radius);
  const double end = cos_tilt_ * (rough + hollow);
  return smooth_intersection(side, end, rim_rounding);
}

EndplateLandmarks BodyShape::endplate(bool upper) const {
  const double sign = upper ? 1 : -1;
  EndplateLandmarks e;
  e.anterior = {anterior_x_, 0, sign * 0.5 * height_at(anterior_x_)};
  e.posterior = {posterior_x_, 0, sign * 0.5 * height_at(posterior_x_)};
  e.centre = 0.5 * (e.anterior + e.posterior);
  e.normal = Vec3(-0.5 * slope_, 0, sign).normalized();
  return e;
}

double Tube::operator()(const Vec3& p) const {
  const Vec3 r = p - start;
  const double t = axis.dot(r);
  const double back = std::clamp(1 - t / length, 0.0, 1.0);
  const double widen = 1 + start_flare * back * back * back;
  const double u = side.dot(r), v = axis.cross(side).dot(r);
  const double a = half_side * widen, b = half_up * widen;
  const double radius = std::sqrt(u * u / (a * a) + v * v / (b * b));
  const double across = radius > 1e-3 ? std::hypot(u, v) * (1 - 1 / radius) : -std::min(a, b);
  return smooth_intersection(across, std::max(-t, t - length), 3.0);
}

PosteriorShape::PosteriorShape(const VertebraDimensions& d, const BodyShape& body, PosteriorElements elements)
    : elements_(elements), canal_half_width_(0.5 * d.canal_width), canal_half_depth_(0.5 * d.canal_depth) {
  const double wall = body.posterior_wall();
  canal_x_ = wall - canal_half_depth_;
  // Pedicles leave the upper half of the posterior wall, at the sides of the canal.
  const double y = std::min(canal_half_width_ + 0.5 * d.pedicle_width, 0.45 * body.width());
  const double top = 0.5 * body.height_at(wall) - 1.0;
  const double ahead = 0.25 * d.canal_depth, behind = 0.60 * d.canal_depth, inside = 5.0;
  pedicle_.isthmus = {wall - ahead, y, std::max(top - 0.5 * d.pedicle_height, 0.0)};
  pedicle_.axis = {std::cos(radians(d.pedicle_angle)), -std::sin(radians(d.pedicle_angle)), 0};
  pedicle_.width = d.pedicle_width;
  pedicle_.height = d.pedicle_height;
  pedicle_.entry = pedicle_.isthmus - behind * pedicle_.axis;
  if (elements == PosteriorElements::none) return;
  const Vec3 side = Vec3::UnitZ().cross(pedicle_.axis);
  tubes_.push_back({pedicle_.entry, pedicle_.axis, side, behind + ahead + inside, 0.5 * d.pedicle_width,
                    0.5 * d.pedicle_height, 0.25});
  if (elements == PosteriorElements::full) add_arch(d, body);
}

void PosteriorShape::add_arch(const VertebraDimensions& d, const BodyShape& body) {
  const double size = d.upper_width / 41.2; // of the processes, relative to L1
  const double height = body.height_at(canal_x_);
  const Vec3 joint = pedicle_.entry;
  lamina_thickness_ = 6 * size;
  lamina_high_ = joint.z() + 0.35 * d.pedicle_height;
  lamina_low_ = -0.6 * height;
  const auto add = [this](const Vec3& from, const Vec3& to, const Vec3& up, double half_side, double half_up) {
    const Vec3 axis = (to - from).normalized();
    tubes_.push_back({from, axis, up.cross(axis).normalized(), (to - from).norm(), half_side, half_up});
  };
  const double back = canal_x_ - canal_half_depth_;
  add({back - 1, 0, 0}, {back - 30 * size, 0, -8 * size}, Vec3::UnitZ(), 3.2 * size, 9 * size);
  add(joint, joint + size * Vec3(-5, 19, 0), Vec3::UnitZ(), 3.5 * size, 5 * size);
  add(joint, joint + Vec3(-1, 1, 0.5 * d.pedicle_height + 9 * size), Vec3::UnitX(), 6 * size, 4.5 * size);
  const Vec3 lower(back + 1, 0.55 * canal_half_width_ + 3 * size, lamina_low_ + 3);
  add(lower, lower + size * Vec3(-3, 0, -13), Vec3::UnitX(), 5.5 * size, 4.5 * size);
}

double PosteriorShape::laminae(const Vec3& p) const {
  const double x = p.x() - canal_x_;
  const double a = canal_half_depth_ + lamina_thickness_, b = canal_half_width_ + lamina_thickness_;
  const double radius = std::sqrt(x * x / (a * a) + p.y() * p.y() / (b * b));
  const double outer = radius > 1e-3 ? std::hypot(x, p.y()) * (1 - 1 / radius) : -std::min(a, b);
  const double ends = std::max({p.z() - lamina_high_, lamina_low_ - p.z(), x + 0.3 * canal_half_depth_});
  return smooth_intersection(outer, ends, 3.0);
}

bool PosteriorShape::in_canal(const Vec3& p) const {
  const double u = (p.x() - canal_x_) / canal_half_depth_, v = p.y() / canal_half_width_;
  return u * u + v * v < 1;
}

double PosteriorShape::operator()(const Vec3& p) const {
  const Vec3 folded(p.x(), std::abs(p.y()), p.z());
  double d = far_away;
  for (const Tube& tube : tubes_) {
    if ((folded - tube.start).squaredNorm() > tube.reach() * tube.reach()) continue;
    d = smooth_union(d, tube(folded), 3.0);
  }
  if (elements_ == PosteriorElements::full) d = smooth_union(d, laminae(folded), 3.0);
  return d;
}

Box PosteriorShape::bounds() const {
  Box box;
  for (const Tube& tube : tubes_) {
    const double thick = std::max(tube.half_side, tube.half_up) * (1 + tube.start_flare) + 1;
    for (const Vec3& end : {tube.start, Vec3(tube.start + tube.length * tube.axis)})
      for (const double sign : {-1.0, 1.0}) {
        const Vec3 centre(end.x(), sign * end.y(), end.z());
        box.extend(centre - Vec3::Constant(thick));
        box.extend(centre + Vec3::Constant(thick));
      }
  }
  return box;
}

} // namespace kypho

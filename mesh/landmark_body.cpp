#include "mesh/landmark_body.hpp"
#include "core/base/errors.hpp"
#include "mesh/landmark_frame.hpp"
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

constexpr double pi = 3.14159265358979323846;

double median(std::vector<double> v) {
  const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
  std::nth_element(v.begin(), middle, v.end());
  return *middle;
}

/// Body as a signed field: inside the solid and on the body's side of the border.
double body_field(const ScalarGrid& solid, const ScalarGrid& side, const Vec3& p) {
  return std::max(solid.at(p), side.at(p));
}

/// Height of the outermost point of the body above (sign 1) or below (-1) the place (x, y); nothing if there is none.
bool plate_height(const ScalarGrid& solid, const ScalarGrid& side, double x, double y, int sign, double& z) {
  constexpr double stride = 0.5;
  double f_outer = 1;
  for (z = 25; z > 0; z -= stride) {
    const double f = body_field(solid, side, Vec3(x, y, sign * z));
    if (f < 0) {
      z += stride * f / (f - f_outer); // back to the crossing
      return true;
    }
    f_outer = std::max(f, 1e-9);
  }
  return false;
}

/// The rim in the half-plane at @p angle about the Z axis: the point that lies farthest up and outward, up counting
/// more. 60 degrees: a corner rounded by radius r loses 0.13 r of its height and half of r of its reach.
bool rim_point(const ScalarGrid& solid, const ScalarGrid& side, double angle, int sign, Vec3& rim) {
  const double up = std::sin(pi / 3), out = std::cos(pi / 3);
  double best = -1e300;
  for (double r = 6; r < 40; r += 0.25) {
    const double x = r * std::cos(angle), y = r * std::sin(angle);
    double z = 0;
    if (!plate_height(solid, side, x, y, sign, z)) continue;
    if (const double score = up * z + out * r; score > best) {
      best = score;
      rim = Vec3(x, y, sign * z);
    }
  }
  return best > -1e300;
}

EndplateLandmarks measure_endplate(const ScalarGrid& solid, const ScalarGrid& side, int sign) {
  constexpr int directions = 72;
  std::vector<Vec3> rim;
  for (int d = 0; d < directions; ++d)
    if (Vec3 p; rim_point(solid, side, 2 * pi * d / directions, sign, p)) rim.push_back(p);
  if (rim.size() < directions * 9 / 10)
    throw InputError("no vertebral body is recognised: the rim of an endplate is not found");
  const Vec3 plane = fit_plane(rim, 1.5);
  EndplateLandmarks plate;
  plate.normal = sign * Vec3(-plane[1], -plane[2], 1).normalized();
  const auto near_midline = [&](double middle) {
    std::vector<double> x, z;
    for (int d = -3; d <= 3; ++d)
      if (Vec3 p; rim_point(solid, side, middle + d * pi / 60, sign, p)) {
        x.push_back(p.x());
        z.push_back(p.z());
      }
    return Vec3(median(x), 0, median(z));
  };
  plate.anterior = near_midline(0);
  plate.posterior = near_midline(pi);
  plate.centre = 0.5 * (plate.anterior + plate.posterior);
  plate.centre.z() = plane[0] + plane[1] * plate.centre.x();
  return plate;
}

/// Extent of the body along axis 0 (depth) or 1 (width) in the plane z = 0. @param depth used for the width only
double extent(const ScalarGrid& solid, const ScalarGrid& side, int axis, double depth) {
  double lowest = 0, highest = 0;
  // The depth is the sagittal one; the width the largest, but for the hindmost quarter, where the pedicles spread.
  const double first = axis == 0 ? -2 : -0.2 * depth, last = axis == 0 ? 2 : 25;
  for (double across = first; across <= last; across += 0.5)
    for (const int sign : {1, -1}) {
      double r = 0;
      const auto place = [&](double t) {
        Vec3 p = Vec3::Zero();
        p[axis] = sign * t;
        p[1 - axis] = across;
        return p;
      };
      if (body_field(solid, side, place(0)) > 0) continue;
      while (r < 45 && body_field(solid, side, place(r)) < 0) r += 0.25;
      r -= 0.125;
      if (sign > 0)
        highest = std::max(highest, r);
      else
        lowest = std::max(lowest, r);
    }
  return highest + lowest;
}

} // namespace

PosteriorWall find_posterior_wall(const ScalarGrid& solid) {
  std::vector<std::array<double, 2>> wall; // z, x
  for (double z = -7; z <= 7; z += 0.5) {
    std::vector<double> exits;
    for (double y = -5; y <= 5; y += 1) {
      double x = 0;
      while (x > -40 && solid.at(Vec3(x, y, z)) < 0) x -= 0.25;
      exits.push_back(x);
    }
    wall.push_back({z, median(exits)});
  }
  // The basivertebral foramen makes a notch at mid-height: take the line through what lies farthest behind.
  PosteriorWall line;
  std::vector<std::uint8_t> used(wall.size(), 1);
  for (int pass = 0; pass < 5; ++pass) {
    double n = 0, sz = 0, sx = 0, szz = 0, szx = 0;
    for (std::size_t i = 0; i < wall.size(); ++i) {
      if (!used[i]) continue;
      const auto [z, x] = wall[i];
      n += 1;
      sz += z;
      sx += x;
      szz += z * z;
      szx += z * x;
    }
    line.slope = (n * szx - sz * sx) / std::max(n * szz - sz * sz, 1e-9);
    line.at = (sx - line.slope * sz) / n;
    for (std::size_t i = 0; i < wall.size(); ++i)
      used[i] = wall[i][1] - line(wall[i][0]) < 1.0 && wall[i][1] - line(wall[i][0]) > -3.0;
  }
  return line;
}

EndplatePlanes find_plates(const ScalarGrid& solid, const PosteriorWall& wall) {
  constexpr double reach = 35, step = 1, stride = 0.5, highest = 30, inside_wall = 4;
  std::vector<Vec3> up, down;
  for (double x = wall(0) + inside_wall; x <= reach; x += step)
    for (double y = -reach; y <= reach; y += step) {
      if (solid.at(Vec3(x, y, 0)) > -inside_wall) continue;
      for (const int sign : {1, -1}) {
        double z = 0;
        while (z < highest && solid.at(Vec3(x, y, sign * z)) < 0) z += stride;
        (sign > 0 ? up : down).emplace_back(x, y, sign * z);
      }
    }
  if (up.size() < 50) throw InputError("no vertebral body is recognised: its endplates are not found");
  return {fit_plane(up, 1.5), fit_plane(down, 1.5)};
}

double trim_beyond_plates(ScalarGrid& solid, const EndplatePlanes& plates, const PosteriorWall& wall, double reach) {
  constexpr double behind_corners =
      6; // corners of the wall lie less far behind its middle, articular processes farther, mm
  const double before = volume_below(solid);
  for (int k = 0; k < solid.size[2]; ++k)
    for (int j = 0; j < solid.size[1]; ++j)
      for (int i = 0; i < solid.size[0]; ++i) {
        const Vec3 p = solid.point(i, j, k);
        const double over = std::min(plates.beyond(p) - reach, p.x() - wall(p.z()) + behind_corners);
        float& d = solid.values[solid.index(i, j, k)];
        d = std::max(d, static_cast<float>(over));
      }
  redistance(solid);
  tidy_solid(solid);
  return before - volume_below(solid);
}

ScalarGrid divide_vertebra(const ScalarGrid& solid, const PosteriorWall& wall,
                           const std::vector<PedicleLandmarks>& pedicles) {
  constexpr double behind_wall = 1.5;       // the corners of the wall reach this far behind its middle, mm
  constexpr double before_isthmus = 0.75;   // mm
  constexpr double above = 1.5, medial = 2; // slack around the isthmus' section, mm
  constexpr float least_reach = 4;          // of a pedicle behind the border, mm
  double front = -1e300, back = 1e300;      // border at the pedicles at least, isthmuses
  for (const PedicleLandmarks& p : pedicles) {
    front = std::max(front, p.isthmus.x() + before_isthmus);
    back = std::min(back, p.isthmus.x());
  }
  const auto side_of = [&](const Vec3& p) {
    const double behind = std::max(wall(p.z()) - behind_wall, front) - p.x();
    if (pedicles.empty()) return behind;
    double inside_pedicle = -1e300;
    for (const PedicleLandmarks& q : pedicles) {
      const double outward = (p.y() - q.isthmus.y()) * (q.isthmus.y() > 0 ? 1 : -1);
      inside_pedicle = std::max(inside_pedicle, std::min(outward + 0.5 * q.width + medial,
                                                         0.5 * q.height + above - std::abs(p.z() - q.isthmus.z())));
    }
    return std::min(behind, std::max(inside_pedicle, back - p.x()));
  };
  ScalarGrid side = solid;
  for (int k = 0; k < solid.size[2]; ++k)
    for (int j = 0; j < solid.size[1]; ++j)
      for (int i = 0; i < solid.size[0]; ++i)
        side.values[solid.index(i, j, k)] = static_cast<float>(side_of(solid.point(i, j, k)));
  const auto is_behind = [&](std::size_t c) { return solid.values[c] < 0 && side.values[c] > 0; };
  std::vector<std::uint8_t> known(solid.count(), 0);
  // Pedicles may hang together only through the body, when the arch is cut: every piece that reaches far back counts.
  for (std::size_t c = 0; c < known.size(); ++c) {
    if (known[c] || !is_behind(c)) continue;
    const std::vector<std::size_t> piece = flood(solid, c, is_behind, known);
    float reach = 0;
    for (const std::size_t q : piece) reach = std::max(reach, side.values[q]);
    if (reach > least_reach) continue;
    for (const std::size_t q : piece) side.values[q] = -0.1F;
  }
  return side;
}

BodyMeasures measure_body(const ScalarGrid& solid, const ScalarGrid& side) {
  BodyMeasures m;
  m.upper = measure_endplate(solid, side, 1);
  m.lower = measure_endplate(solid, side, -1);
  m.depth = extent(solid, side, 0, 0);
  m.width = extent(solid, side, 1, m.depth);
  const double h = solid.spacing[0];
  for (std::size_t c = 0; c < solid.values.size(); ++c) {
    const double part = std::clamp(0.5 - solid.values[c] / h, 0.0, 1.0) * h * h * h;
    (side.values[c] < 0 ? m.body_volume : m.posterior_volume) += part;
  }
  return m;
}

} // namespace kypho

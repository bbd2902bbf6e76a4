#include "mesh/landmark_finder.hpp"
#include "mesh/landmark_frame.hpp"
#include "mesh/landmark_pedicle.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <optional>

namespace kypho {
namespace {

constexpr double coarse = 1.0; // spacing while the frame is looked for, mm

/// Puts the frame's Z on the normal of the mean endplate plane and its origin between the endplates.
Frame refined(const Frame& frame, const BodyMeasures& body) {
  Vec3 middle = 0.5 * (body.upper.centre + body.lower.centre);
  middle.y() = 0; // the sagittal plane is that of the symmetry
  Frame next = frame;
  next.origin = frame.to_source(middle);
  return with_normal(next, (body.upper.normal - body.lower.normal).normalized());
}

struct Divided {
  ScalarGrid solid, side;
  PosteriorWall wall;
  EndplatePlanes plates;
  std::optional<PedicleLandmarks> left, right;
  Tidied tidied;
  double trimmed = 0; // mm3
};

/// Whether bone bridges to a neighbour: much of it far beyond the plates, or the border of the image cuts it there.
bool has_bridge(const Divided& d, const FinderOptions& options, const Frame& frame) {
  constexpr double far_beyond = 6, much = 300; // mm, mm3
  for (const Vec3& point : options.border_points) {
    const Vec3 p = frame.from_source(point);
    if (p.x() > d.wall(p.z()) && d.plates.beyond(p) > 1) return true;
  }
  double volume = 0;
  const double node = d.solid.spacing.prod();
  for (int k = 0; k < d.solid.size[2]; ++k)
    for (int j = 0; j < d.solid.size[1]; ++j)
      for (int i = 0; i < d.solid.size[0]; ++i) {
        if (d.solid.values[d.solid.index(i, j, k)] >= 0) continue;
        const Vec3 p = d.solid.point(i, j, k);
        if (p.x() > d.wall(p.z()) && d.plates.beyond(p) > far_beyond) volume += node;
      }
  return volume > much;
}

Divided divide(const Rasteriser& solid, const FinderOptions& options, const Frame& frame, double spacing) {
  constexpr double rim = 1.5; // the rim of an endplate stands about that far beyond its middle (Wang 2012), mm
  Divided d;
  d.solid = solid(frame, spacing);
  d.tidied = tidy_solid(d.solid);
  d.wall = find_posterior_wall(d.solid);
  d.plates = find_plates(d.solid, d.wall);
  if (options.trim_bridges && has_bridge(d, options, frame))
    d.trimmed = trim_beyond_plates(d.solid, d.plates, d.wall, rim);
  if (spacing == options.spacing) { // the last and fine lattice
    d.left = find_pedicle(d.solid, d.wall, 1);
    d.right = find_pedicle(d.solid, d.wall, -1);
  }
  if (!options.body_side) {
    std::vector<PedicleLandmarks> pedicles;
    if (d.left && d.right) pedicles = {*d.left, *d.right};
    d.side = divide_vertebra(d.solid, d.wall, pedicles);
    return d;
  }
  d.side = d.solid;
  for (int k = 0; k < d.side.size[2]; ++k)
    for (int j = 0; j < d.side.size[1]; ++j)
      for (int i = 0; i < d.side.size[0]; ++i)
        d.side.values[d.side.index(i, j, k)] =
            static_cast<float>(options.body_side(frame.to_source(d.side.point(i, j, k))));
  return d;
}

void add_pedicles(FoundVertebra& found, const std::optional<PedicleLandmarks>& left,
                  const std::optional<PedicleLandmarks>& right, double posterior_volume) {
  Landmarks& l = found.landmarks;
  const PosteriorWall& wall = found.wall;
  l.has_pedicles = left && right && posterior_volume > 500;
  if (!l.has_pedicles) {
    if (posterior_volume > 500)
      found.warnings.push_back(fmt::format("no {} pedicle is recognised; the vertebra is treated as a body alone",
                                           left    ? "right"
                                           : right ? "left"
                                                   : "left or right"));
    l.canal = Vec3(wall(0) - 8, 0, 0);
    return;
  }
  l.left = *left;
  l.right = *right;
  const double z_lower = std::max(l.left.isthmus.z() - 0.3 * l.left.height, l.right.isthmus.z() - 0.3 * l.right.height);
  const double z_upper = std::min(l.left.isthmus.z() + 0.3 * l.left.height, l.right.isthmus.z() + 0.3 * l.right.height);
  const CanalMeasures canal = measure_canal(found.solid, wall, z_lower, z_upper);
  l.canal = canal.centre;
  l.canal_depth = canal.depth;
  l.canal_width = canal.width;
  if (canal.depth == 0 || canal.width == 0)
    found.warnings.push_back("the vertebral canal is not closed behind; its depth is not known");
}

} // namespace

FoundVertebra find_vertebra(const Rasteriser& solid, const FinderOptions& options) {
  Frame frame{options.first_axes, Vec3::Zero()};
  {
    ScalarGrid rough = solid(frame, coarse);
    tidy_solid(rough);
    frame = frame.then(find_first_frame(rough));
  }
  for (int pass = 0; pass < 2; ++pass) {
    const Divided d = divide(solid, options, frame, coarse);
    frame = refined(frame, measure_body(d.solid, d.side));
  }
  Divided d = divide(solid, options, frame, options.spacing);
  const BodyMeasures body = measure_body(d.solid, d.side);
  FoundVertebra found{frame, std::move(d.solid), std::move(d.side), d.plates, d.wall, {}, {}};
  Landmarks& l = found.landmarks;
  l.level = options.level;
  l.upper = body.upper;
  l.lower = body.lower;
  l.depth = body.depth;
  l.width = body.width;
  if (d.tidied.dropped > 0.005)
    found.warnings.push_back(
        fmt::format("loose pieces of {:.1f} % of the volume were left out", 100 * d.tidied.dropped));
  if (d.tidied.filled > 0.005)
    found.warnings.push_back(
        fmt::format("enclosed voids of {:.1f} % of the volume were filled", 100 * d.tidied.filled));
  if (d.trimmed > 0)
    found.warnings.push_back(fmt::format("{:.1f} mL of bone that bridges to the neighbouring vertebrae were cut off "
                                         "beyond the rims of the endplates",
                                         d.trimmed / 1000));
  add_pedicles(found, d.left, d.right, body.posterior_volume);
  return found;
}

} // namespace kypho

#include "scenarios/stages/aim.hpp"

#include "core/base/errors.hpp"
#include "mesh/channel_breach.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace kypho {
namespace {

const char* told(BreachedWall wall) {
  switch (wall) {
  case BreachedWall::canal: return "the medial wall into the canal";
  case BreachedWall::lateral: return "the lateral wall";
  case BreachedWall::above_pedicle: return "the upper wall of the pedicle";
  case BreachedWall::below_pedicle: return "the lower wall of the pedicle towards the nerve root";
  case BreachedWall::upper_endplate: return "the upper endplate";
  case BreachedWall::lower_endplate: return "the lower endplate";
  case BreachedWall::anterior: return "the anterior wall";
  }
  return "";
}

} // namespace

Vec3 carried(const Model& model, const Vec3& p) {
  const auto& intact = model.mesh().intact;
  std::size_t nearest = 0;
  for (std::size_t n = 1; n < intact.size(); ++n)
    if ((intact[n] - p).squaredNorm() < (intact[nearest] - p).squaredNorm()) nearest = n;
  const Vec3 now = model.mesh().nodes[nearest] + model.system.u.segment<3>(3 * nearest);
  return p + now - intact[nearest];
}

std::vector<double> crossings(const TetMesh& mesh, const std::vector<Vec3>& x, const Vec3& from, const Vec3& along) {
  std::vector<double> found;
  for (const Facet& f : mesh.facets) { // Moeller & Trumbore 1997
    const Vec3 e1 = x[f.nodes[1]] - x[f.nodes[0]], e2 = x[f.nodes[2]] - x[f.nodes[0]];
    const Vec3 p = along.cross(e2);
    const double det = e1.dot(p);
    if (std::abs(det) < 1e-12) continue;
    const Vec3 s = from - x[f.nodes[0]];
    const double a = s.dot(p) / det;
    const Vec3 q = s.cross(e1);
    const double b = along.dot(q) / det;
    if (a < 0 || b < 0 || a + b > 1) continue;
    found.push_back(e2.dot(q) / det);
  }
  std::sort(found.begin(), found.end());
  return found;
}

Channel aim_through_pedicle(const Model& model, int side, const Aim& aim) {
  const Landmarks& marks = model.landmarks();
  const PedicleLandmarks& pedicle = side > 0 ? marks.left : marks.right;
  const std::string name = side > 0 ? "left" : "right";
  const std::vector<Vec3> x = model.positions();
  const HeightGauge& gauge = model.gauge();
  const Vec3 isthmus = carried(model, pedicle.isthmus);

  Vec3 axis;
  if (aim.axial_angle || aim.sagittal_angle) {
    const double medial = aim.axial_angle.value_or(std::atan2(-side * pedicle.axis[1], pedicle.axis[0]));
    const double down = aim.sagittal_angle.value_or(-std::asin(pedicle.axis[2]));
    axis = Vec3(std::cos(down) * std::cos(medial), -side * std::cos(down) * std::sin(medial), -std::sin(down));
  } else {
    // The middle of the balloon belongs halfway between the endplates, a little in front of the middle of the body.
    Vec3 target = 0.25 * (gauge.upper(x, HeightGauge::anterior) + gauge.lower(x, HeightGauge::anterior) +
                          gauge.upper(x, HeightGauge::middle) + gauge.lower(x, HeightGauge::middle));
    target[0] = 0.5 * (marks.upper.centre[0] + marks.lower.centre[0]) + 0.1 * marks.depth;
    target[1] += aim.cross_midline ? 0.0 : side * 0.17 * marks.width;
    axis = (target - isthmus).normalized();
  }

  const std::vector<double> cuts = crossings(model.mesh(), x, isthmus, axis);
  const auto ahead = std::find_if(cuts.begin(), cuts.end(), [](double s) { return s > 0; });
  if (ahead == cuts.end() || ahead == cuts.begin())
    throw InputError("access: the line through the " + name + " pedicle does not pass through the bone");
  Channel channel;
  channel.wall = side > 0 ? Surface::cavity_left : Surface::cavity_right;
  channel.radius = aim.radius;
  channel.tip = isthmus + axis * (*ahead - aim.tip_to_cortex);
  channel.entry = isthmus + axis * (cuts.front() - 5.0); // a little way outside the bone behind
  if ((channel.tip - isthmus).dot(axis) < 5)
    throw InputError("access: the " + name +
                     " channel would end before it reaches the body; tip_to_cortex is too large");
  return channel;
}

std::vector<std::string> breach_warnings(const Model& model, int side, const Channel& channel) {
  const Landmarks& marks = model.landmarks();
  const Vec3 isthmus = carried(model, (side > 0 ? marks.left : marks.right).isthmus);
  const char* name = side > 0 ? "left" : "right";
  std::vector<std::string> texts;
  for (const ChannelBreach& breach :
       find_breaches(model.mesh(), model.positions(), channel, isthmus, carried(model, marks.canal)))
    if (breach.depth < 0)
      texts.push_back(
          fmt::format("access: the {} channel leaves only {:.1f} mm of bone towards the canal over {:.1f} mm", name,
                      -breach.depth, breach.length));
    else
      texts.push_back(fmt::format("access: the {} channel breaks through {} over {:.1f} mm, by up to {:.1f} mm", name,
                                  told(breach.wall), breach.length, breach.depth));
  return texts;
}

} // namespace kypho

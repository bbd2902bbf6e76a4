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

namespace {

/// The point of the pedicle, or beside it, that the axis passes.
Vec3 passed(const Model& model, int side, const Aim& aim) {
  const PedicleLandmarks& pedicle = side > 0 ? model.landmarks().left : model.landmarks().right;
  constexpr double clearance = 1; // mm beside the pedicle
  const double beside = aim.extrapedicular ? 0.5 * pedicle.width + aim.radius + clearance : 0;
  return carried(model, pedicle.isthmus) + Vec3(0, side * (aim.lateral + beside), aim.cranial);
}

Vec3 direction(const Model& model, int side, const Aim& aim, const Vec3& from) {
  const Landmarks& marks = model.landmarks();
  const PedicleLandmarks& pedicle = side > 0 ? marks.left : marks.right;
  if (aim.axial_angle || aim.sagittal_angle) {
    const double medial = aim.axial_angle.value_or(std::atan2(-side * pedicle.axis[1], pedicle.axis[0]));
    const double down = aim.sagittal_angle.value_or(-std::asin(pedicle.axis[2]));
    return {std::cos(down) * std::cos(medial), -side * std::cos(down) * std::sin(medial), -std::sin(down)};
  }
  const std::vector<Vec3> x = model.positions();
  const HeightGauge& gauge = model.gauge();
  Vec3 target = 0.25 * (gauge.upper(x, HeightGauge::anterior) + gauge.lower(x, HeightGauge::anterior) +
                        gauge.upper(x, HeightGauge::middle) + gauge.lower(x, HeightGauge::middle));
  target[0] = 0.5 * (marks.upper.centre[0] + marks.lower.centre[0]);
  if (aim.target) {
    target += Vec3((*aim.target)[0], side * (*aim.target)[1], (*aim.target)[2]);
  } else { // the middle of the balloon belongs a little in front of the middle of the body
    target[0] += 0.1 * marks.depth;
    const double aside = aim.extrapedicular ? 0.3 : 0.17; // the steeper way ends nearer to the midline
    target[1] += aim.cross_midline ? 0.0 : side * aside * marks.width;
  }
  return (target - from).normalized();
}

std::string told(const Vec3& p) { return fmt::format("({:.1f}, {:.1f}, {:.1f}) mm", p.x(), p.y(), p.z()); }

std::string told(const Channel& c) {
  return "from " + told(Vec3(c.entry + 5 * (c.tip - c.entry).normalized())) + " to " + told(c.tip);
}

/// Where two axes come closest: the points on both.
std::pair<Vec3, Vec3> closest(const Channel& a, const Channel& b) {
  const Vec3 u = a.tip - a.entry, v = b.tip - b.entry, w = a.entry - b.entry;
  double best = 1e300;
  std::pair<Vec3, Vec3> points;
  constexpr int pieces = 400; // of the first axis
  for (int i = 0; i <= pieces; ++i) {
    const double s = static_cast<double>(i) / pieces;
    const double t = std::clamp((w + s * u).dot(v) / v.squaredNorm(), 0.0, 1.0);
    const Vec3 p = a.entry + s * u, q = b.entry + t * v;
    if ((p - q).norm() < best) {
      best = (p - q).norm();
      points = {p, q};
    }
  }
  return points;
}

void check_apart(const Access& a, const Access& b) {
  constexpr double wall = 0.5; // mm of bone that the mesh can tell between two bores
  const auto [p, q] = closest(a.channel, b.channel);
  const double bores = a.channel.radius + b.channel.radius;
  if ((p - q).norm() >= bores + wall) return;
  throw InputError(
      fmt::format("access: the {} channel, {}, and the {} channel, {}, meet: their axes come within {:.1f} "
                  "mm of each other near {}, where their bores alone take {:.1f} mm",
                  a.side, told(a.channel), b.side, told(b.channel), (p - q).norm(), told(Vec3(0.5 * (p + q))), bores));
}

ParamSpec optional_angle(std::string name, std::string meaning) {
  return optional_quantity(std::move(name), "deg", -45, 60, std::move(meaning));
}

} // namespace

ParamSpecs aim_specs() {
  return {
      choice("approach", "transpedicular", {"transpedicular", "extrapedicular"},
             "through the pedicle, or beside it into the corner of the body"),
      quantity("tip_to_cortex", "mm", "6 mm", 1, 25, "bone left between the tip of the channel and the cortex ahead"),
      optional_angle("axial_angle", "angle to the sagittal plane, medial positive; absent: towards the target"),
      optional_angle("sagittal_angle", "angle to the horizontal plane, caudal positive; absent: as axial_angle"),
      optional_quantity(
          "target_anterior", "mm", -25, 25,
          "point that the axis is aimed at, in front of the middle of the body; absent: a tenth of its depth"),
      optional_quantity(
          "target_lateral", "mm", -25, 25,
          "the same, to the side of the channel, negative across the midline; absent: 17 % of the width, 30 % "
          "beside the pedicle, the midline from one side alone"),
      optional_quantity("target_cranial", "mm", -20, 20, "the same, upwards; absent: halfway between the endplates"),
      quantity("entry_lateral", "mm", "0 mm", -15, 15,
               "shift of the point that the axis passes in the pedicle, outwards"),
      quantity("entry_cranial", "mm", "0 mm", -15, 15, "the same, upwards"),
  };
}

Aim make_aim(const Params& p) {
  Aim aim;
  aim.tip_to_cortex = p.number("tip_to_cortex");
  aim.radius = 0.5 * p.number("channel_diameter");
  aim.lateral = p.number("entry_lateral");
  aim.cranial = p.number("entry_cranial");
  aim.extrapedicular = p.text("approach") == "extrapedicular";
  aim.cross_midline = p.text("pedicles") != "both";
  if (p.has("axial_angle")) aim.axial_angle = p.number("axial_angle");
  if (p.has("sagittal_angle")) aim.sagittal_angle = p.number("sagittal_angle");
  const auto given = [&](const char* key) { return p.has(key) ? p.number(key) : 0.0; };
  if (p.has("target_anterior") || p.has("target_lateral") || p.has("target_cranial"))
    aim.target = Vec3(given("target_anterior"), given("target_lateral"), given("target_cranial"));
  if (aim.target && (aim.axial_angle || aim.sagittal_angle))
    throw InputError("access: axial_angle or sagittal_angle and a target are two ways to aim; give one of them");
  return aim;
}

Channel aim_through_pedicle(const Model& model, int side, const Aim& aim) {
  const std::string name = side > 0 ? "left" : "right";
  const std::vector<Vec3> x = model.positions();
  const Vec3 from = passed(model, side, aim), axis = direction(model, side, aim, from);
  const std::vector<double> cuts = crossings(model.mesh(), x, from, axis);
  // Beside the pedicle the axis may graze the arch: what counts is the piece that ends at the far wall.
  const auto ahead = aim.extrapedicular ? (cuts.size() < 2 ? cuts.end() : std::prev(cuts.end()))
                                        : std::find_if(cuts.begin(), cuts.end(), [](double s) { return s > 0; });
  if (ahead == cuts.end() || ahead == cuts.begin() || *ahead <= 0)
    throw InputError("access: the line through the " + name + " pedicle, by " + told(from) +
                     ", does not pass through the bone");
  Channel channel;
  channel.wall = side > 0 ? Surface::cavity_left : Surface::cavity_right;
  channel.radius = aim.radius;
  channel.tip = from + axis * (*ahead - aim.tip_to_cortex);
  const double behind = aim.extrapedicular ? *std::prev(ahead) : cuts.front();
  channel.entry = from + axis * (behind - 5.0); // a little way outside the bone behind
  if ((channel.tip - from).dot(axis) < 5 || *ahead - behind < aim.tip_to_cortex + 5)
    throw InputError(
        "access: the " + name + " channel, " + told(channel) +
        ", would end before it reaches the body; tip_to_cortex is too large or the way leaves the pedicle");
  return channel;
}

std::vector<std::string> breach_warnings(const Model& model, int side, const Channel& channel, const Aim& aim) {
  const Landmarks& marks = model.landmarks();
  const PedicleLandmarks& pedicle = side > 0 ? marks.left : marks.right;
  const Vec3 axis = (channel.tip - channel.entry).normalized();
  // Where the bore must be in bone: at the isthmus, or from the corner of the body on.
  const Vec3 narrow =
      aim.extrapedicular ? Vec3(channel.entry + (5 + 2 * channel.radius) * axis) : passed(model, side, aim);
  const char* name = side > 0 ? "left" : "right";
  std::vector<std::string> texts;
  for (const ChannelBreach& breach :
       find_breaches(model.mesh(), model.positions(), channel, narrow, carried(model, marks.canal))) {
    if (breach.depth < 0) {
      texts.push_back(
          fmt::format("access: the {} channel leaves only {:.1f} mm of bone towards the canal over {:.1f} mm", name,
                      -breach.depth, breach.length));
      continue;
    }
    if (breach.depth > channel.radius)
      throw InputError(fmt::format(
          "access: the {} channel, {}, runs outside the bone over {:.1f} mm: the axis of its bore of {:.1f} "
          "mm lies beyond {}; the pedicle is {:.1f} mm wide and {:.1f} mm high there",
          name, told(channel), breach.length, 2 * channel.radius, told(breach.wall), pedicle.width, pedicle.height));
    texts.push_back(fmt::format("access: the {} channel breaks through {} over {:.1f} mm, by up to {:.1f} mm", name,
                                told(breach.wall), breach.length, breach.depth));
  }
  return texts;
}

std::vector<Access> plan_access(const Model& model, const Params& access, const std::vector<Access>& there,
                                const std::function<void(const std::string&)>& warn) {
  if (!model.landmarks().has_pedicles)
    throw InputError("access: this anatomy has no pedicles to go through (a body without its arch)");
  const Aim aim = make_aim(access);
  const std::string& asked = access.text("pedicles");
  std::vector<Access> plan, all = there;
  for (const int side : {+1, -1}) {
    const std::string name = side > 0 ? "left" : "right";
    if (asked != "both" && asked != name) continue;
    plan.push_back({name, aim_through_pedicle(model, side, aim)});
    for (const std::string& text : breach_warnings(model, side, plan.back().channel, aim)) {
      if (access.text("on_breach") == "refuse") throw InputError(text + ", " + told(plan.back().channel));
      warn(text);
    }
    for (const Access& other : all) check_apart(other, plan.back());
    all.push_back(plan.back());
  }
  return plan;
}

} // namespace kypho

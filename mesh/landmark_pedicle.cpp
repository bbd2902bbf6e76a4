#include "mesh/landmark_pedicle.hpp"
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

double median(std::vector<double> v) {
  const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
  std::nth_element(v.begin(), middle, v.end());
  return *middle;
}

/// One connected piece of a plane section.
struct Section {
  Vec3 centroid = Vec3::Zero();
  double area = 0;             // mm2
  double narrow = 0, wide = 0; // calipers along the principal axes, mm
  Vec3 narrow_axis = Vec3::Zero(), wide_axis = Vec3::Zero();
};

/// Section plane through @p centre, spanned by unit vectors u and v; sampled on a square lattice.
class SectionPlane {
public:
  SectionPlane(const ScalarGrid& solid, const Vec3& centre, const Vec3& u, const Vec3& v, int sign)
      : centre_(centre), u_(u), v_(v), inside_(static_cast<std::size_t>(nodes) * nodes, 0) {
    for (int b = 0; b < nodes; ++b)
      for (int a = 0; a < nodes; ++a) {
        const Vec3 p = place(a, b);
        const double d = sign * p.y() > least_lateral ? solid.at(p) : 1.0;
        inside_[b * nodes + a] = d < 0.5 * step;
        depth_.push_back(-d);
      }
  }
  /// The piece that holds the deepest point within @p reach of the centre.
  std::optional<Section> piece(double reach) const {
    int seed = -1;
    for (int c = 0; c < nodes * nodes; ++c) {
      const Vec3 p = place(c % nodes, c / nodes);
      if (!inside_[c] || (p - centre_).norm() > reach) continue;
      if (seed < 0 || depth_[c] > depth_[seed]) seed = c;
    }
    if (seed < 0) return std::nullopt;
    return measure(flood_from(seed));
  }

private:
  static constexpr int nodes = 81;
  static constexpr double step = 0.5, least_lateral = 2; // mm
  Vec3 place(int a, int b) const { return centre_ + step * ((a - nodes / 2) * u_ + (b - nodes / 2) * v_); }

  std::vector<int> flood_from(int seed) const {
    std::vector<std::uint8_t> mark(inside_.size(), 0);
    std::vector<int> list{seed};
    mark[seed] = 1;
    for (std::size_t next = 0; next < list.size(); ++next) {
      const int a = list[next] % nodes, b = list[next] / nodes;
      for (const auto& [da, db] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
        if (a + da < 0 || a + da >= nodes || b + db < 0 || b + db >= nodes) continue;
        const int c = (b + db) * nodes + a + da;
        if (mark[c] || !inside_[c]) continue;
        mark[c] = 1;
        list.push_back(c);
      }
    }
    return list;
  }

  Section measure(const std::vector<int>& list) const {
    Section s;
    for (const int c : list) s.centroid += place(c % nodes, c / nodes);
    s.centroid /= static_cast<double>(list.size());
    for (const int c : list) s.area += std::clamp(0.5 + depth_[c] / step, 0.0, 1.0) * step * step;
    Eigen::Matrix2d spread = Eigen::Matrix2d::Zero();
    for (const int c : list) {
      const Vec3 r = place(c % nodes, c / nodes) - s.centroid;
      const Eigen::Vector2d q(r.dot(u_), r.dot(v_));
      spread += q * q.transpose();
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d> principal(spread);
    const auto axis = [&](int i) {
      return Vec3(principal.eigenvectors()(0, i) * u_ + principal.eigenvectors()(1, i) * v_);
    };
    const auto caliper = [&](const Vec3& direction) {
      double lowest = 1e300, highest = -1e300;
      for (const int c : list) {
        const double t = place(c % nodes, c / nodes).dot(direction);
        lowest = std::min(lowest, t);
        highest = std::max(highest, t);
      }
      return highest - lowest;
    };
    s.narrow_axis = axis(0);
    s.wide_axis = axis(1);
    s.narrow = caliper(s.narrow_axis);
    s.wide = caliper(s.wide_axis);
    return s;
  }

  Vec3 centre_, u_, v_;
  std::vector<std::uint8_t> inside_;
  std::vector<double> depth_;
};

std::optional<Section> section_across(const ScalarGrid& solid, const Vec3& centre, const Vec3& axis, int sign,
                                      double reach) {
  const Vec3 u = Vec3::UnitZ().cross(axis).normalized();
  return SectionPlane(solid, centre, u, axis.cross(u), sign).piece(reach);
}

/// A cut through the pedicle: its place along a starting axis and the two angles of its normal.
struct Cut {
  double along = 0, yaw = 0, pitch = 0; // mm, rad, rad
  Vec3 axis() const { return {std::cos(pitch) * std::cos(yaw), std::cos(pitch) * std::sin(yaw), std::sin(pitch)}; }
};

/// The plane of least area near @p start: where the pedicle is narrowest, its normal the pedicle's axis.
std::optional<Section> least_section(const ScalarGrid& solid, const Vec3& start, int sign, Vec3& axis) {
  constexpr double widest = 0.6, steepest = 0.45, farthest = 5; // rad, rad, mm: what anatomy allows
  const auto cut_at = [&](const Cut& cut) {
    return section_across(solid, start + cut.along * Vec3::UnitX(), cut.axis(), sign, 4);
  };
  const auto cost = [&](const Cut& cut) {
    if (std::abs(cut.yaw) > widest || std::abs(cut.pitch) > steepest || std::abs(cut.along) > farthest) return 1e300;
    const auto s = cut_at(cut);
    // A slight preference for a straight cut settles sections that hardly change with the angle.
    return s ? s->area * (1 + 0.2 * (cut.yaw * cut.yaw + cut.pitch * cut.pitch)) : 1e300;
  };
  Cut best;
  double least = cost(best);
  for (double size = 1; size > 0.05;) {
    const double before = least;
    const Cut from = best;
    for (const Cut& move : {Cut{2, 0, 0}, {-2, 0, 0}, {0, 0.2, 0}, {0, -0.2, 0}, {0, 0, 0.2}, {0, 0, -0.2}}) {
      const Cut next{from.along + size * move.along, from.yaw + size * move.yaw, from.pitch + size * move.pitch};
      if (const double c = cost(next); c < least) {
        least = c;
        best = next;
      }
    }
    if (least >= before) size *= 0.5;
  }
  axis = best.axis();
  return cut_at(best);
}

/// Frontal sections from the wall backward; the least one of them, nothing if the pedicle is lost on the way.
std::optional<Section> least_frontal_section(const ScalarGrid& solid, const PosteriorWall& wall, int sign) {
  std::optional<Section> least;
  Vec3 centre(wall(4) - 2, sign * 14.0, 4);
  double reach = 14;
  for (double behind = 2; behind <= 12; behind += 0.5) {
    centre.x() = wall(4) - behind;
    const auto s = section_across(solid, centre, Vec3::UnitX(), sign, reach);
    if (!s) break;
    if (s->area < 15) continue;
    centre.y() = s->centroid.y();
    centre.z() = s->centroid.z();
    reach = 4;
    if (!least || s->area < least->area) least = s;
    // Behind the isthmus the section opens into the arch; a second neck farther on is not the pedicle's.
    if (s->area > 2 * least->area && behind > 5) break;
  }
  return least;
}

} // namespace

std::optional<PedicleLandmarks> find_pedicle(const ScalarGrid& solid, const PosteriorWall& wall, int sign) {
  const auto frontal = least_frontal_section(solid, wall, sign);
  if (!frontal) return std::nullopt;
  Vec3 axis;
  const auto isthmus = least_section(solid, frontal->centroid, sign, axis);
  if (!isthmus) return std::nullopt;
  PedicleLandmarks pedicle;
  pedicle.isthmus = isthmus->centroid;
  pedicle.axis = axis;
  const bool upright = std::abs(isthmus->wide_axis.z()) > std::abs(isthmus->narrow_axis.z());
  pedicle.width = upright ? isthmus->narrow : isthmus->wide;
  pedicle.height = upright ? isthmus->wide : isthmus->narrow;
  double back = 0;
  while (back < 60 && solid.at(pedicle.isthmus - back * axis) < 0) back += 0.1;
  pedicle.entry = pedicle.isthmus - back * axis;
  return pedicle;
}

CanalMeasures measure_canal(const ScalarGrid& solid, const PosteriorWall& wall, double z_lower, double z_upper) {
  constexpr double step = 0.25, farthest = 32;
  const auto gap = [&](Vec3 from, const Vec3& direction) { // to the next bone; negative if there is none
    for (double t = 0; t < farthest; t += step)
      if (solid.at(from + t * direction) < 0) return t;
    return -1.0;
  };
  std::vector<double> depths, widths, shifts;
  for (double z = -10; z <= 8; z += 0.5) {
    const double back = gap(Vec3(wall(z) - 3, 0, z), -Vec3::UnitX());
    if (back > 5) depths.push_back(back + 3);
  }
  for (double z = z_lower; z <= z_upper; z += 0.5)
    for (double behind = 4; behind <= 9; behind += 1) {
      const Vec3 from(wall(z) - behind, 0, z);
      const double left = gap(from, Vec3::UnitY()), right = gap(from, -Vec3::UnitY());
      if (left < 4 || right < 4) continue;
      widths.push_back(left + right);
      shifts.push_back(0.5 * (left - right));
    }
  CanalMeasures canal;
  if (depths.size() >= 4) canal.depth = median(depths);
  if (widths.size() >= 4) canal.width = median(widths);
  canal.centre =
      Vec3(wall(0) - 0.5 * (canal.depth > 0 ? canal.depth : 16.0), widths.size() >= 4 ? median(shifts) : 0.0, 0);
  return canal;
}

} // namespace kypho

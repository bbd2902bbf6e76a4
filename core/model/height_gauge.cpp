#include "core/model/height_gauge.hpp"

#include "core/base/errors.hpp"
#include "core/contact/platen_term.hpp"

#include <Eigen/LU>
#include <cmath>

namespace kypho {
namespace {

/// Turns weights of a mean into weights of the value at the landmark itself of the best linear field (weighted least
/// squares): a landmark on the rim has neighbours on one side only, whose mean lies 2 to 3 mm inside.
void make_linear(std::vector<std::pair<int, double>>& weights, const std::vector<Vec3>& nodes, const Vec3& landmark,
                 double spread) {
  const auto basis = [&](int n) {
    return Vec3(1, (nodes[n][0] - landmark[0]) / spread, (nodes[n][1] - landmark[1]) / spread);
  };
  Mat3 moments = Mat3::Zero();
  for (const auto& [node, share] : weights) moments += share * basis(node) * basis(node).transpose();
  if (moments.determinant() < 0.02) return; // too few nodes to tell a slope: 0.36 on a straight rim
  const Vec3 c = moments.inverse().col(0);
  for (auto& [node, share] : weights) share *= basis(node).dot(c);
}

} // namespace

HeightGauge::HeightGauge(const TetMesh& mesh, const Landmarks& landmarks) : intact_(mesh.intact) {
  constexpr double spread = 3.0; // mm, standard deviation of the weights
  const auto gauge = [&](const EndplateLandmarks& plate, Surface surface) {
    const std::vector<double> area = nodal_areas(mesh, mesh.intact, surface);
    std::array<Point, 3> points{Point{plate.anterior, {}}, Point{plate.centre, {}}, Point{plate.posterior, {}}};
    for (Point& point : points) {
      double total = 0;
      for (std::size_t n = 0; n < area.size(); ++n) {
        const double d2 = (mesh.intact[n] - point.landmark).squaredNorm();
        if (!(area[n] > 0) || d2 > 16 * spread * spread) continue;
        point.weights.emplace_back(static_cast<int>(n), area[n] * std::exp(-d2 / (2 * spread * spread)));
        total += point.weights.back().second;
      }
      if (!(total > 0))
        throw InputError(std::string("no nodes of the ") + name_of(surface) + " lie near its landmarks");
      for (auto& [node, share] : point.weights) share /= total;
      make_linear(point.weights, mesh.intact, point.landmark, spread);
    }
    return points;
  };
  upper_ = gauge(landmarks.upper, Surface::upper_endplate);
  lower_ = gauge(landmarks.lower, Surface::lower_endplate);
}

Vec3 HeightGauge::place_of(const Point& point, const std::vector<Vec3>& positions) const {
  Vec3 moved = Vec3::Zero();
  for (const auto& [node, share] : point.weights) moved += share * (positions[node] - intact_[node]);
  return point.landmark + moved;
}

Vec3 HeightGauge::upper(const std::vector<Vec3>& x, Place place) const { return place_of(upper_[place], x); }
Vec3 HeightGauge::lower(const std::vector<Vec3>& x, Place place) const { return place_of(lower_[place], x); }

Station HeightGauge::read(const std::vector<Vec3>& x) const {
  Station s;
  s.anterior_height_mm = (upper(x, anterior) - lower(x, anterior)).norm();
  s.middle_height_mm = (upper(x, middle) - lower(x, middle)).norm();
  s.posterior_height_mm = (upper(x, posterior) - lower(x, posterior)).norm();
  const Vec3 top = upper(x, anterior) - upper(x, posterior), bottom = lower(x, anterior) - lower(x, posterior);
  s.wedge_angle_deg = (std::atan2(bottom[2], bottom[0]) - std::atan2(top[2], top[0])) * 180 / M_PI;
  return s;
}

} // namespace kypho

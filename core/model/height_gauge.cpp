#include "core/model/height_gauge.hpp"

#include "core/base/errors.hpp"
#include "core/contact/platen_term.hpp"

#include <cmath>

namespace kypho {

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
      if (!(total > 0)) throw InputError(std::string("no nodes of the ") + name_of(surface) + " lie near its landmarks");
      for (auto& [node, share] : point.weights) share /= total;
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

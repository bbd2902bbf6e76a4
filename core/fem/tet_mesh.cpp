#include "core/fem/tet_mesh.hpp"
#include <Eigen/Geometry>
#include <cmath>

namespace kypho {

const char* name_of(Region region) {
  switch (region) {
  case Region::outside: return "outside";
  case Region::body: return "body";
  case Region::posterior: return "posterior";
  case Region::cement: return "cement";
  case Region::composite: return "composite";
  }
  return "unknown";
}

const char* name_of(Surface surface) {
  switch (surface) {
  case Surface::cortex: return "cortex";
  case Surface::upper_endplate: return "upper_endplate";
  case Surface::lower_endplate: return "lower_endplate";
  case Surface::posterior_cortex: return "posterior_cortex";
  case Surface::cavity_left: return "cavity_left";
  case Surface::cavity_right: return "cavity_right";
  }
  return "unknown";
}

double tet_volume(const Vec3& a, const Vec3& b, const Vec3& c, const Vec3& d) {
  return (b - a).cross(c - a).dot(d - a) / 6.0;
}

double region_volume(const TetMesh& mesh, Region region) {
  double volume = 0;
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    if (mesh.region[t] != region) continue;
    const auto& [a, b, c, d] = mesh.tets[t];
    volume += tet_volume(mesh.nodes[a], mesh.nodes[b], mesh.nodes[c], mesh.nodes[d]);
  }
  return volume;
}

// inradius = 3 V / (sum of face areas); circumradius = sqrt((s)(s-p)(s-q)(s-r)) / (6 V), where p, q, r are the products
// of opposite edge lengths and s half their sum.
double radius_ratio(const Vec3& a, const Vec3& b, const Vec3& c, const Vec3& d) {
  const double volume = std::abs(tet_volume(a, b, c, d));
  const double area = 0.5 * ((b - a).cross(c - a).norm() + (b - a).cross(d - a).norm() + (c - a).cross(d - a).norm() +
                             (c - b).cross(d - b).norm());
  const double p = (b - a).norm() * (d - c).norm();
  const double q = (c - a).norm() * (d - b).norm();
  const double r = (d - a).norm() * (c - b).norm();
  const double s = 0.5 * (p + q + r);
  const double product = s * (s - p) * (s - q) * (s - r);
  if (!(area > 0) || !(product > 0)) return 0;
  return 3.0 * (3.0 * volume / area) * (6.0 * volume / std::sqrt(product));
}

} // namespace kypho

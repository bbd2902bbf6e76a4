#include "core/cement/heat.hpp"
#include "core/base/errors.hpp"
#include <Eigen/Geometry>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

constexpr double blood_capacity = 3.8;    // rho cp of blood, mJ/(mm3 K)
constexpr double per_square_metre = 1e-3; // W/(m2 K) -> mW/(mm2 K)
constexpr double zero_celsius = 273.15;

Vec3 facet_centre(const Facet& facet, const std::vector<Vec3>& x) {
  return (x[facet.nodes[0]] + x[facet.nodes[1]] + x[facet.nodes[2]]) / 3;
}

// Outward normal with the length of the area, mm2.
Vec3 facet_area(const Facet& facet, const std::vector<Vec3>& x) {
  return (x[facet.nodes[1]] - x[facet.nodes[0]]).cross(x[facet.nodes[2]] - x[facet.nodes[0]]) / 2;
}

bool faces_canal(const Vec3& centre, const Vec3& area, const CanalGeometry& canal) {
  const double reach = 0.8 * std::max(canal.depth, canal.width);
  const Vec3 way(canal.centre.x() - centre.x(), canal.centre.y() - centre.y(), 0);
  if (way.norm() > reach) return false;
  return area.dot(way) > 0.5 * area.norm() * way.norm();
}

using Tet = std::array<int, 4>;

// Gradients of the four shape functions, 1/mm, as columns.
Eigen::Matrix<double, 3, 4> gradients(const Tet& tet, const std::vector<Vec3>& x) {
  Mat3 edges;
  for (int i = 0; i < 3; ++i) edges.col(i) = x[tet[i + 1]] - x[tet[0]];
  Eigen::Matrix<double, 3, 4> g;
  g.rightCols<3>() = edges.inverse().transpose();
  g.col(0) = -g.rightCols<3>().rowwise().sum();
  return g;
}

} // namespace

ParamSpecs heat_specs() {
  return {
      quantity("mix_age", "min", "5 min", 0, 30, "age of the cement, from mixing to the end of injection",
               "4-8 min, commonly quoted, unverified"),
      quantity("room_temperature", "degC", "23 degC", 5, 40, "temperature at which the mixed cement waits",
               "assumption: operating room, 22-25 degC"),
      quantity("cement_temperature", "degC", "25 degC", 5, 60, "temperature of the cement at the end of injection",
               "assumption: room temperature and its own first heat"),
      quantity("body_temperature", "degC", "37 degC", 20, 42, "temperature of bone, blood and surroundings",
               "physiology"),
      quantity("duration", "min", "15 min", 0.1, 120, "simulated time after injection", "position is held until set"),
      quantity("bone_conductivity", "W/(m K)", "0.43 W/(m K)", 0.05, 2,
               "heat conductivity of trabecular bone with marrow",
               "0.43 Quarini 2006 (second-hand); 0.29 measured in beef, 'Thermal properties of cancellous bone'"),
      quantity("bone_mass_density", "kg/m3", "1300 kg/m3", 800, 2200, "mass density of trabecular bone with marrow",
               "with bone_heat_capacity the 2.0e6 J/(m3 K) of Quarini 2006 (second-hand)"),
      quantity("bone_heat_capacity", "J/(kg K)", "1540 J/(kg K)", 800, 4200,
               "specific heat capacity of bone with marrow",
               "with bone_mass_density the 2.0e6 J/(m3 K) of Quarini 2006 (second-hand)"),
      quantity("perfusion", "1/min", "0.15 1/min", 0, 2, "blood volume per volume of bone and time",
               "10-25 mL per 100 mL and minute, commonly quoted, unverified"),
      quantity("surface_film", "W/(m2 K)", "100 W/(m2 K)", 0, 1e5, "heat transfer from the cortex to muscle and disc",
               "assumption: conduction into 5 mm of soft tissue of 0.5 W/(m K)"),
      quantity("canal_film", "W/(m2 K)", "500 W/(m2 K)", 0, 1e5,
               "heat transfer from the canal wall to venous blood and cerebrospinal fluid",
               "assumption: slowly moving fluid"),
  };
}

HeatParams make_heat_params(const Params& params) {
  HeatParams heat;
  heat.bone_conductivity = params.number("bone_conductivity");
  heat.bone_heat_capacity = params.number("bone_mass_density") * params.number("bone_heat_capacity") * 1e-6;
  heat.perfusion = params.number("perfusion");
  heat.surface_film = params.number("surface_film");
  heat.canal_film = params.number("canal_film");
  heat.body_temperature = params.number("body_temperature");
  heat.cement_temperature = params.number("cement_temperature");
  heat.room_temperature = params.number("room_temperature");
  heat.mix_age = params.number("mix_age");
  heat.duration = params.number("duration");
  return heat;
}

std::vector<HeatSide> heat_sides(const TetMesh& mesh, const std::vector<Vec3>& positions, const CanalGeometry& canal) {
  std::vector<HeatSide> sides(mesh.facets.size(), HeatSide::tissue);
  for (std::size_t f = 0; f < mesh.facets.size(); ++f) {
    const Facet& facet = mesh.facets[f];
    if (facet.surface == Surface::cavity_left || facet.surface == Surface::cavity_right)
      sides[f] = HeatSide::insulated;
    else if ((facet.surface == Surface::cortex || facet.surface == Surface::posterior_cortex) && canal.width > 0 &&
             faces_canal(facet_centre(facet, positions), facet_area(facet, positions), canal))
      sides[f] = HeatSide::canal;
  }
  return sides;
}

HeatProperties heat_properties(const TetMesh& mesh, const std::vector<Vec3>& positions, const Cement& cement,
                               const HeatParams& params, const std::vector<double>& cement_fraction) {
  const std::size_t count = mesh.tets.size();
  HeatProperties p{std::vector<double>(count), std::vector<double>(count), std::vector<double>(count),
                   std::vector<double>(count)};
  for (std::size_t e = 0; e < count; ++e) {
    const Tet& t = mesh.tets[e];
    const double share = cement_fraction[e];
    p.volume[e] = tet_volume(positions[t[0]], positions[t[1]], positions[t[2]], positions[t[3]]);
    if (!(p.volume[e] > 0)) throw NonPhysical("heat: tetrahedron " + std::to_string(e) + " is inverted");
    p.conductivity[e] = share * cement.conductivity + (1 - share) * params.bone_conductivity;
    p.capacity[e] = share * cement.volumetric_heat_capacity() + (1 - share) * params.bone_heat_capacity;
    p.perfusion[e] = share > 0 ? 0 : params.perfusion * blood_capacity;
  }
  return p;
}

HeatSystem assemble_heat(const TetMesh& mesh, const std::vector<Vec3>& positions, const HeatProperties& properties,
                         const std::vector<double>& film) {
  const auto n = static_cast<Eigen::Index>(positions.size());
  HeatSystem system;
  system.C = VectorX::Zero(n);
  std::vector<Eigen::Triplet<double>> entries;
  entries.reserve(16 * mesh.tets.size() + 3 * mesh.facets.size() + positions.size());
  for (Eigen::Index i = 0; i < n; ++i) entries.emplace_back(i, i, 0.0); // every row has its diagonal
  for (std::size_t e = 0; e < mesh.tets.size(); ++e) {
    const Tet& t = mesh.tets[e];
    const auto g = gradients(t, positions);
    const double quarter = properties.volume[e] / 4;
    for (int a = 0; a < 4; ++a) {
      system.C[t[a]] += properties.capacity[e] * quarter;
      for (int b = 0; b < 4; ++b) {
        double value = properties.conductivity[e] * properties.volume[e] * g.col(a).dot(g.col(b));
        if (a == b) value += properties.perfusion[e] * quarter; // lumped, as the capacity
        entries.emplace_back(t[a], t[b], value);
      }
    }
  }
  for (std::size_t f = 0; f < mesh.facets.size(); ++f) {
    if (film[f] <= 0) continue;
    const double third = film[f] * per_square_metre * facet_area(mesh.facets[f], positions).norm() / 3;
    for (const int node : mesh.facets[f].nodes) entries.emplace_back(node, node, third);
  }
  system.K.resize(n, n);
  system.K.setFromTriplets(entries.begin(), entries.end());
  return system;
}

std::vector<double> film_coefficients(const std::vector<HeatSide>& sides, const HeatParams& params) {
  std::vector<double> film(sides.size(), 0);
  for (std::size_t f = 0; f < sides.size(); ++f) {
    if (sides[f] == HeatSide::tissue) film[f] = params.surface_film;
    if (sides[f] == HeatSide::canal) film[f] = params.canal_film;
  }
  return film;
}

std::vector<double> cement_fractions(const TetMesh& mesh, const std::vector<double>& fill,
                                     const std::vector<double>& pore_fraction) {
  std::vector<double> share(mesh.tets.size(), 0);
  for (std::size_t e = 0; e < share.size(); ++e) {
    if (mesh.region[e] == Region::cement)
      share[e] = 1;
    else if (!fill.empty())
      share[e] = fill[e] * pore_fraction[e];
  }
  return share;
}

double cem43_minutes(double t0, double t1, double dt) {
  // int R^(43 - T) dt for a straight T, split where it crosses 43 degC
  const auto part = [](double a, double b, double time, double R) {
    const double c = -std::log(R), from = std::exp(c * (a - 43)), to = std::exp(c * (b - 43));
    return std::abs(b - a) < 1e-6 ? time * (from + to) / 2 : time * (to - from) / (c * (b - a));
  };
  const double low = std::min(t0, t1), high = std::max(t0, t1);
  const double below = high <= 43 ? 1 : low >= 43 ? 0 : (43 - low) / (high - low);
  double seconds = 0;
  if (below > 0) seconds += part(low, std::min(high, 43.0), below * dt, 0.25);
  if (below < 1) seconds += part(std::max(low, 43.0), high, (1 - below) * dt, 0.5);
  return seconds / 60;
}

double henriques_damage(double t0, double t1, double dt) {
  const auto rate = [](double t) {
    return std::exp(std::log(3.1) + 98 * std::log(10.0) - 628 / (8.314462618e-3 * (t + zero_celsius)));
  };
  return dt * (rate(t0) + 4 * rate((t0 + t1) / 2) + rate(t1)) / 6;
}

} // namespace kypho

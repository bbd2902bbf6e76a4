// Every balloon of the catalog in air, filled to its maximum volume through the program's own terms: its wall on facets
// without bone, its fluid. The wall lies at rest on a cylinder of the deflated diameter with round noses; no shaft holds it.
// The pressure has a peak, behind which a balloon of given volume goes on.
//   against balloon_reference.hpp: pressure, and where every node has gone
//   against the catalog's free curve: pressure and diameter
#include "benchmarks/verify/balloon_reference.hpp"
#include "benchmarks/verify/ladder.hpp"
#include "core/base/units.hpp"
#include "core/devices/device.hpp"
#include "core/fem/system.hpp"
#include "core/model/model.hpp"
#include "solvers/implicit.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace kypho::verify {
namespace {

constexpr double nose = 1.5;             // mm, as where a balloon is inflated in bone
constexpr double fluid_stiffness = 0.02; // MPa/mm3, as there
constexpr int rings = 16, around = 12;   // elements of the coarsest mesh
constexpr int elements = 160;            // of the reference along half the meridian: within 1e-4 of 640
constexpr double psi = 0.00689475729;

Capsule capsule_of(const BalloonInfo& info) {
  return {info.deflated_diameter, info.length + 2 * nose, info.wall_tension,
          info.max_diameter / info.deflated_diameter};
}

/// Surface as the wall of a channel: facets seen from inside. Node 0 is one pole, the last one the other; between them lie
/// @p m - 1 rings of @p n nodes.
TetMesh wall_of(const Capsule& capsule, int m, int n) {
  TetMesh mesh;
  const auto add_ring = [&](int j, int nodes) {
    const double s = capsule.arc() * (2.0 * j / m - 1);
    const auto [r, z] = capsule.at(std::abs(s));
    for (int i = 0; i < nodes; ++i)
      mesh.nodes.emplace_back(r * std::cos(2 * M_PI * i / n), r * std::sin(2 * M_PI * i / n), std::copysign(z, s));
  };
  add_ring(0, 1);
  for (int j = 1; j < m; ++j) add_ring(j, n);
  add_ring(m, 1);
  const auto node = [&](int i, int j) { return j == 0 ? 0 : j == m ? n * (m - 1) + 1 : 1 + n * (j - 1) + i % n; };
  const auto add = [&](int a, int b, int c) {
    if (a != b && b != c && c != a) mesh.facets.push_back({{a, b, c}, Surface::cavity_left, -1});
  };
  for (int j = 0; j < m; ++j)
    for (int i = 0; i < n; ++i) {
      const int a = node(i, j), b = node(i + 1, j), c = node(i, j + 1), d = node(i + 1, j + 1);
      if ((i + j) % 2 == 0) { // neighbouring cells are mirror images, so that no direction is preferred
        add(a, d, b);
        add(a, c, d);
      } else {
        add(a, c, b);
        add(b, c, d);
      }
    }
  return mesh;
}

class InAir {
public:
  InAir(const Capsule& capsule, int m, int n) : m_(m), n_(n), mesh_(wall_of(capsule, m, n)) {
    std::vector<int> facets(mesh_.facets.size());
    std::iota(facets.begin(), facets.end(), 0);
    balloon_.fluid =
        std::make_unique<BalloonTerm>(mesh_, facets, fluid_stiffness, 0, Vec3::UnitZ(), std::vector<int>{});
    balloon_.wall_tension = capsule.tension;
    balloon_.locking_stretch = capsule.locking_stretch;
    balloon_.put_on_wall(mesh_);
    system_.terms = {balloon_.wall.get(), balloon_.fluid.get()};
    system_.nodes = mesh_.nodes;
    system_.u.setZero(3 * mesh_.nodes.size());
    system_.v = system_.u;
    system_.fixed.assign(system_.u.size(), 0);
    // Rigid motions: the poles stay on the axis, a node of the middle in its plane and at its height.
    const int last = static_cast<int>(mesh_.nodes.size()) - 1, middle = first_of_middle();
    for (const int unknown : {0, 1, 3 * last, 3 * last + 1, 3 * middle + 1, 3 * middle + 2}) system_.fixed[unknown] = 1;
    // An unstretched wall does not resist bending: Newton's method begins from one that is a little stretched.
    for (int node = 0; node <= last; ++node)
      system_.u.segment<2>(3 * node) = 0.1 * std::cos(M_PI / 2 * height(node)) * mesh_.nodes[node].head<2>();
    balloon_.fluid->fluid = volume() + 0.1 / fluid_stiffness;
  }

  /// @param fluid mm3, reached in equal steps of its logarithm
  void fill(double fluid) {
    const double from = balloon_.fluid->fluid;
    Params params(solver_specs());
    const int increments = std::max(2, static_cast<int>(std::ceil(std::log(fluid / from) / 0.08)));
    params.set("balance", 1e-8);
    params.set("increments", increments);
    params.set("newton_iterations", 25);
    params.set("implicit_solver", direct_solver());
    ImplicitEngine engine(params);
    Phase phase;
    phase.name = "balloon in air";
    phase.load = [&](double t) { balloon_.fluid->fluid = from * std::pow(fluid / from, t); };
    engine.run(system_, phase);
  }

  double volume() const { return balloon_.fluid->volume(system_.u); }
  double pressure() const { return balloon_.fluid->pressure(); }
  double diameter() const { return 2 * radius_and_height(first_of_middle()).first; }
  double length() const { return radius_and_height(mesh_.nodes.size() - 1).second - radius_and_height(0).second; }
  double shape_error(const FreeBalloon& reference) const {
    double worst = 0;
    for (int node = 0; node < static_cast<int>(mesh_.nodes.size()); ++node) {
      const auto along = static_cast<std::size_t>(std::lround(elements * std::abs(height(node))));
      const auto [r, z] = radius_and_height(node);
      const auto [r_reference, z_reference] = reference.meridian[along];
      worst = std::max(worst, std::hypot(r - r_reference, std::abs(z) - z_reference));
    }
    return worst / (0.5 * reference.diameter);
  }

private:
  int first_of_middle() const { return 1 + n_ * (m_ / 2 - 1); }
  /// Along the meridian, -1 to 1 between the poles.
  double height(int node) const { return 2.0 * ((node + n_ - 1) / n_) / m_ - 1; }
  std::pair<double, double> radius_and_height(int node) const {
    const Vec3 x = mesh_.nodes[node] + system_.u.segment<3>(3 * node);
    return {std::hypot(x[0], x[1]), x[2]};
  }
  int m_, n_;
  TetMesh mesh_;
  Balloon balloon_;
  System system_;
};

struct Filled {
  double volume, pressure, diameter, length;
  double shape_error; ///< largest way from a node to where the reference has it, of the radius of the middle
  FreeBalloon reference;
};

/// At the volumes of the free curve. @param finer divides the edges of the mesh
std::vector<Filled> fill(const BalloonInfo& info, int finer) {
  InAir balloon(capsule_of(info), finer * rings, finer * around);
  std::vector<Filled> found;
  for (const FreePoint& point : info.free_curve) {
    balloon.fill(point.volume + point.pressure / fluid_stiffness);
    // at the volume that was reached, less than 0.1 % from the asked one
    FreeBalloon reference = free_balloon(capsule_of(info), {balloon.volume()}, elements).front();
    found.push_back({balloon.volume(), balloon.pressure(), balloon.diameter(), balloon.length(),
                     balloon.shape_error(reference), std::move(reference)});
  }
  return found;
}

void compare(Rows& rows, const BalloonInfo& info) {
  const std::vector<Filled> coarsest = fill(info, 1), coarse = fill(info, 2), fine = fill(info, 4);
  for (std::size_t k = 0; k < fine.size(); ++k) {
    const FreePoint& declared = info.free_curve[k];
    const FreeBalloon& exact = fine[k].reference;
    const std::string at = fmt::format("{}, {:g} mL, ", info.name, declared.volume / 1000);
    rows.compare(at + "pressure, psi", exact.pressure / psi, fine[k].pressure / psi, 0.01);
    rows.compare(at + "length, mm", exact.length, fine[k].length, 0.01);
    rows.bound(at + "largest miss of a node, of the radius", fine[k].shape_error, 0.01);
    rows.compare(at + "pressure against the catalog, psi", declared.pressure / psi, fine[k].pressure / psi, 0.01);
    rows.compare(at + "diameter against the catalog, mm", declared.diameter, fine[k].diameter, 0.01);
  }
  rows.compare(info.name + ", full, pressure at h/2 against h, psi", coarse.back().pressure / psi,
               fine.back().pressure / psi, 0.01);
  rows.compare(info.name + ", full, diameter at h/2 against h, mm", coarse.back().diameter, fine.back().diameter, 0.01);
  std::vector<double> errors;
  for (const auto* filled : {&coarsest, &coarse, &fine})
    errors.push_back(std::abs(filled->back().pressure / filled->back().reference.pressure - 1));
  rows.order(info.name + ", full, error of the pressure", errors, 1.8);
}

/// The reference itself: a ball, p = 2 m g (1 - l^-6) / (l R), g = 1 / (1 - (2 l^2 + l^-4 - 3)/Jm).
void check_reference(Rows& rows) {
  constexpr double lock = 5, stretch = 3;
  const auto excess = [](double l) { return 2 * l * l + std::pow(l, -4) - 3; };
  const Capsule ball{3, 3, 0.9, lock};
  const double exact =
      2 * ball.tension * (1 - std::pow(stretch, -6)) / (1 - excess(stretch) / excess(lock)) / (stretch * 1.5);
  const FreeBalloon found = free_balloon(ball, {ball.volume() * std::pow(stretch, 3)}, elements).front();
  rows.compare("reference: ball stretched to 3, closed form, MPa", exact, found.pressure, 1e-4);
}

/// The quoted data that the free curves are a model of.
void check_quoted(Rows& rows) {
  for (const FreePoint& point : find_balloon("ibt_15_3").free_curve)
    if (point.volume == 1000 || point.volume == 2000)
      rows.compare(fmt::format("catalog, ibt_15_3, {:g} mL, psi: quoted 30 to 60", point.volume / 1000), 45,
                   point.pressure / psi, 15.0 / 45);
  rows.compare("catalog, ibt_20_3, 6 mL, mm: 16 of a rival", 16, find_balloon("ibt_20_3").free_curve.back().diameter,
               0.1);
}

} // namespace

CaseInfo verify_balloon_in_air() {
  return {"balloon_in_air",
          "Devices",
          "balloons of the catalog in air, filled to their maximum volume; the free curves of the catalog",
          "one-dimensional solution of the same membrane along its meridian; free curve of the catalog",
          false,
          [](Rows& rows) {
            check_reference(rows);
            for (const BalloonInfo& info : balloon_catalog()) compare(rows, info);
            check_quoted(rows);
          }};
}

} // namespace kypho::verify

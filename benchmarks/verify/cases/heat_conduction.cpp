// Transient conduction of heat along a bar of linear tetrahedra, with the program's own assembly and SDIRK2 steps.
// NAFEMS T3: one end at 0, the other at 100 sin(pi t / 40) degC; target 36.60 degC at 0.08 m from the cold end, 32 s.
// Its series (Duhamel), y from the cold end, l_n = a (n pi / L)^2, w = pi / 40, a = k / (rho c):
//   T = 100 { y/L sin wt + sum_n c_n w [l_n cos wt + w sin wt - l_n exp(-l_n t)] / (l_n^2 + w^2) sin(n pi y / L) },
//   c_n = 2 (-1)^n / (n pi).
// Semi-infinite solid whose surface jumps by D (Carslaw & Jaeger 1959, sec. 2.5):
//   T = D erfc(x / sqrt(4 a t)),   heat taken up per area = 2 k D sqrt(t / (pi a)).
// An end is held at its temperature by a film so strong that the drop across it is below 1e-5 of the temperature.
#include "solvers/heat_conduction.hpp"
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/problem.hpp"
#include "core/cement/heat.hpp"

#include <cmath>
#include <numbers>

namespace kypho::verify {
namespace {

using std::numbers::pi;
constexpr double film = 1e10; // W/(m2 K)

/// Bar of n cubes along x. The mean temperature outside each end during a step is given per step.
struct Bar {
  TetMesh mesh;
  HeatSystem system;
  VectorX first, last; // film times area of the two ends, mW/K per node
  VectorX theta;

  /// @param conductivity mW/(mm K)  @param capacity mJ/(mm3 K)
  Bar(int n, double length, double conductivity, double capacity) {
    const double h = length / n;
    mesh = block(n, 1, 1, 1, [=](const Vec3& c) { return Vec3(length * c[0], h * c[1], h * c[2]); });
    const std::size_t count = mesh.tets.size();
    HeatProperties p{std::vector<double>(count), std::vector<double>(count, conductivity),
                     std::vector<double>(count, capacity), std::vector<double>(count, 0.0)};
    for (std::size_t e = 0; e < count; ++e) {
      const std::array<int, 4>& t = mesh.tets[e];
      p.volume[e] = tet_volume(mesh.nodes[t[0]], mesh.nodes[t[1]], mesh.nodes[t[2]], mesh.nodes[t[3]]);
    }
    const auto with_film = [&](double x) {
      std::vector<double> at(mesh.facets.size(), 0.0);
      for (std::size_t f = 0; f < at.size(); ++f) {
        bool there = true;
        for (const int node : mesh.facets[f].nodes) there = there && std::abs(mesh.nodes[node].x() - x) < 1e-9;
        if (there) at[f] = film;
      }
      return assemble_heat(mesh, mesh.nodes, p, at);
    };
    // What the film of one end adds to a row is also what its outside temperature pushes in.
    const VectorX ones = VectorX::Ones(static_cast<Eigen::Index>(mesh.nodes.size()));
    last = with_film(length).K * ones;
    system = with_film(0);
    first = system.K * ones;
    for (Eigen::Index i = 0; i < last.size(); ++i) system.K.coeffRef(i, i) += last[i];
    theta = VectorX::Zero(ones.size());
  }

  /// @param outside mean temperature at the first end between two times, that at the last end is 0
  void run(double duration, int steps, const std::function<double(double, double)>& outside) {
    const auto solver = make_linear_solver("eigen_ldlt");
    HeatConduction conduction(system, *solver);
    VectorX next;
    const double dt = duration / steps;
    for (int i = 0; i < steps; ++i) {
      conduction.step(theta, outside(i * dt, (i + 1) * dt) * first, dt, next);
      theta = next;
    }
  }

  /// Mean over the nodes of the cross-section at @p x.
  double at(double x) const {
    double sum = 0;
    int count = 0;
    for (std::size_t i = 0; i < mesh.nodes.size(); ++i)
      if (std::abs(mesh.nodes[i].x() - x) < 1e-9) sum += theta[static_cast<Eigen::Index>(i)], ++count;
    return sum / count;
  }
};

double nafems_t3_series(double y, double t, double length, double diffusivity) {
  const double w = pi / 40;
  double sum = y / length * std::sin(w * t);
  for (int n = 1; n <= 2000; ++n) { // terms fall with n^-3
    const double l = diffusivity * std::pow(n * pi / length, 2), c = (n % 2 ? -2.0 : 2.0) / (n * pi);
    sum += c * w * (l * std::cos(w * t) + w * std::sin(w * t) - l * std::exp(-l * t)) / (l * l + w * w) *
           std::sin(n * pi * y / length);
  }
  return 100 * sum;
}

void nafems_t3(Rows& rows) {
  constexpr double length = 100, k = 35, capacity = 7200 * 440.5 * 1e-6; // mm, mW/(mm K), mJ/(mm3 K)
  const double exact = nafems_t3_series(80, 32, length, k / capacity);
  std::vector<double> errors;
  double computed = 0;
  for (const int n : {10, 20, 40, 80}) {
    Bar bar(n, length, k, capacity);
    bar.run(32, 2 * n, [](double from, double to) {
      return 100 * 40 / pi * (std::cos(pi * from / 40) - std::cos(pi * to / 40)) / (to - from);
    });
    computed = bar.at(20);
    errors.push_back(std::abs(computed - exact));
  }
  rows.compare("NAFEMS T3, 80 elements, 160 steps, T at 0.08 m, 32 s, degC", 36.60, computed, 0.01);
  rows.order("NAFEMS T3 against its series, h and dt halved, K", errors, 1.8);
}

void jump(Rows& rows) {
  constexpr double length = 80, k = 0.43, capacity = 2, step = 12, time = 120; // bone with marrow
  const double spread = std::sqrt(4 * k / capacity * time);
  std::vector<double> errors;
  double taken = 0, area = 0;
  for (const int n : {40, 80, 160}) {
    Bar bar(n, length, k, capacity);
    bar.run(time, n, [](double, double) { return step; });
    double worst = 0;
    for (std::size_t i = 0; i < bar.mesh.nodes.size(); ++i) {
      const double exact = step * std::erfc(bar.mesh.nodes[i].x() / spread);
      worst = std::max(worst, std::abs(bar.theta[static_cast<Eigen::Index>(i)] - exact));
    }
    errors.push_back(worst / step);
    taken = bar.system.C.dot(bar.theta);
    area = std::pow(length / n, 2);
  }
  rows.bound("jump of the surface, 0.5 mm, 160 steps, worst node over the jump", errors.back(), 0.01);
  rows.order("jump of the surface, h and dt halved, worst node over the jump", errors, 1.8);
  rows.compare("jump of the surface, heat taken up, mJ/mm2", 2 * k * step * std::sqrt(time * capacity / (pi * k)),
               taken / area, 0.01);
}

} // namespace

CaseInfo verify_heat_conduction() {
  return {"heat_conduction",
          "Heat",
          "bar of tetrahedra: an end that follows a sine (NAFEMS T3), and a surface that jumps",
          "NAFEMS T3 (The Standard NAFEMS Benchmarks, 1990); Carslaw & Jaeger 1959, sec. 2.5",
          true,
          [](Rows& rows) {
            nafems_t3(rows);
            jump(rows);
          }};
}

} // namespace kypho::verify

// A bar of bone, 5 x 5 x 10 mm, crushed or torn between rough ends on meshes of h and h/2; an eighth is computed. Its
// middle 2.5 mm are 5 % less dense, so that the place of failure is given; each mesh has a border there. A mesh
// may change the peak load and the dissipated energy (work done less energy stored) by 5 %.
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/problem.hpp"

#include <algorithm>
#include <cmath>

namespace kypho::verify {
namespace {

constexpr double width = 2.5, height = 5; // of the eighth that is computed, mm
constexpr double band = 1.25;             // half of the weak middle, mm

struct Failed {
  double peak = 0, dissipated = 0; ///< N and mJ, of the eighth
};

/// @param n cells over the half width   @param moved by the end, mm, tension positive
Failed failed(int n, int order, double moved) {
  Problem p(block(n, n, 2 * n, order, [](const Vec3& c) { return Vec3(width * c[0], width * c[1], height * c[2]); }),
            law("trabecular_bone"));
  for (int e = 0; e < static_cast<int>(p.mesh.tets.size()); ++e) {
    double middle = 0;
    for (const int node : p.mesh.tets[e]) middle += 0.25 * p.mesh.nodes[node].z();
    PointData point;
    point.bmd = middle < band ? 95 : 100;
    for (int q = 0; q < p.bulk->points_per_tet(); ++q) p.bulk->set_point(e, point, q);
  }
  const auto end = [](const Vec3& X) { return X.z() > height - 1e-9; };
  for (int i = 0; i < 3; ++i) {
    p.hold([i](const Vec3& X) { return X[i] < 1e-9; }, i);
    p.hold(end, i, [i, moved](const Vec3&, double t) { return i == 2 ? moved * t : 0.0; });
  }
  Failed result;
  double work = 0, force = 0, at = 0;
  p.solve(moved < 0 ? 600 : 200, moved < 0 ? 1e-4 : 1e-6, {}, [&](double t) {
    const double now = p.reaction(end, 2) * (moved < 0 ? -1 : 1);
    work += 0.5 * (force + now) * std::abs(moved) * (t - at);
    force = now;
    at = t;
    result.peak = std::max(result.peak, now);
  });
  result.dissipated = work - p.bulk->stored(p.system.u);
  return result;
}

} // namespace

CaseInfo verify_softening() {
  return {"softening",
          "Benchmarks",
          "bar of bone with a weak middle, crushed by 10 % and torn by 4 %, on meshes of h and h/2",
          "the coarser mesh",
          false,
          [](Rows& rows) {
            for (const double moved : {-0.5, 0.2})
              for (const int order : {1, 2}) {
                const int n = order == 1 ? 4 : 2;
                const Failed h = failed(n, order, moved), half = failed(2 * n, order, moved);
                const std::string name =
                    std::string(moved < 0 ? "crushed, " : "torn, ") + (order == 1 ? "tet4" : "tet10");
                rows.compare(name + ", peak load at h/2 against h, N", h.peak, half.peak, 0.05);
                rows.compare(name + ", dissipated energy at h/2 against h, mJ", h.dissipated, half.dissipated, 0.05);
              }
          }};
}

} // namespace kypho::verify

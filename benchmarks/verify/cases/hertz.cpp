// Hertz: an elastic sphere pressed against a rigid plate. F = 4/3 E/(1 - nu^2) sqrt(R) d^(3/2), contact radius
// sqrt(R d)   (Johnson 1985, Contact Mechanics, sec. 4.2). The sphere is a ball sector large against the contact.
// And friction: a block dragged over a plate gives F_t = mu F_n once it slides.
#include "benchmarks/verify/hookean.hpp"
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/problem.hpp"
#include "core/contact/plate_term.hpp"

#include <cmath>

namespace kypho::verify {
namespace {

constexpr double R = 50, E = 1000, nu = 0.3;

/// Quarter of a cap of a paraboloid of radius R at its pole, @p size wide and deep, cells finest at the pole.
double force_at(double approach, int n) {
  const double size = 16;
  const auto grade = [](double c) { return c * (0.12 + 0.88 * c * c); };
  const auto map = [&](const Vec3& c) {
    const double x = size * grade(c[0]), y = size * grade(c[1]);
    const double bottom = (x * x + y * y) / (2 * R);
    return Vec3(x, y, bottom + (size - bottom) * grade(c[2]));
  };
  Problem p(block(n, n, n, 2, map), hookean(E, nu));
  p.hold([](const Vec3& X) { return X[0] < 1e-9; }, 0);
  p.hold([](const Vec3& X) { return X[1] < 1e-9; }, 1);
  // Far from the contact the half-space of the theory goes on: its displacement under a point force (Boussinesq, Johnson
  // sec. 3.2) is put on the far sides, with the force that is found, in a few rounds; the approach is counted from infinity.
  const double mu = E / (2 * (1 + nu));
  const auto far = [=](const Vec3& X, int i, double load) {
    const double r = X.norm(), side = X.head<2>().norm(), depth = X[2], scale = load / (4 * M_PI * mu);
    if (i == 2) return scale * (depth * depth / (r * r * r) + 2 * (1 - nu) / r) - approach;
    const double radial = scale * (depth * side / (r * r * r) - (1 - 2 * nu) * side / (r * (r + depth)));
    return side > 0 ? radial * X[i] / side : 0.0;
  };
  const auto outside = [size](const Vec3& X) { return X.maxCoeff() > size - 1e-9; };
  double load = 0;
  for (int i = 0; i < 3; ++i)
    p.hold(outside, i, [&load, far, i](const Vec3& X, double t) { return t * far(X, i, load); });
  const std::vector<int> bottom = p.facets([](const Vec3& X) {
    return std::abs(X[2] - X.head<2>().squaredNorm() / (2 * R)) < 1e-6 && X.head<2>().norm() < 8;
  });
  PlateTerm& plate = p.add<PlateTerm>(p.mesh, bottom, Vec3(0, 0, 0), Vec3(0, 0, 1), 4e4);
  for (int round = 0; round < 7; ++round) { // each leaves half of the error or less
    p.solve(2, 1e-9);
    VectorX f = VectorX::Zero(p.system.u.size());
    plate.add_forces(p.system.u, f);
    load = -4 * plate.reaction()[2];
  }
  return load;
}

std::pair<double, double> dragged(double mu) {
  Problem p(block(3, 3, 2, 2, [](const Vec3& c) { return Vec3(6 * c[0], 6 * c[1], 3 * c[2]); }), hookean(E, nu));
  PlateTerm& plate = p.add<PlateTerm>(p.mesh, p.facets([](const Vec3& X) { return X[2] < 1e-9; }), Vec3(0, 0, 0),
                                      Vec3(0, 0, 1), 1e4, mu);
  const auto top = [](const Vec3& X) { return X[2] > 3 - 1e-9; };
  p.hold(top, 0, [](const Vec3&, double t) { return 0.3 * std::max(0.0, t - 0.2); });
  p.hold(top, 1);
  p.hold(top, 2, [](const Vec3&, double t) { return -0.02 * std::min(1.0, t / 0.2); });
  p.solve(20, 1e-8);
  VectorX f = VectorX::Zero(p.system.u.size());
  plate.add_forces(p.system.u, f);
  return {-plate.reaction()[2], plate.reaction()[0]};
}

} // namespace

CaseInfo verify_hertz() {
  return {"hertz",
          "Contact",
          "elastic sphere on a rigid plate, and a block dragged over it",
          "Hertz; Coulomb",
          false,
          [](Rows& rows) {
            const double modulus = E / (1 - nu * nu);
            for (const double approach : {0.4})
              rows.compare("force at an approach of " + std::to_string(approach).substr(0, 3) + " mm, R 50 mm, N",
                           4.0 / 3 * modulus * std::sqrt(R) * std::pow(approach, 1.5), force_at(approach, 12), 0.01);
            const auto [normal, along] = dragged(0.3);
            rows.compare("friction 0.3: drag over normal force", 0.3, along / normal, 0.01);
          }};
}

} // namespace kypho::verify

// A smooth displacement is put in, the body force that it needs is worked out from the law, and the elements have to find it
// (Roache 2002, J Fluids Eng 124:4).
#include "benchmarks/verify/hookean.hpp"
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/problem.hpp"

#include <cmath>

namespace kypho::verify {
namespace {

Vec3 exact(const Vec3& X, double size) {
  return size * Vec3(std::sin(1.3 * X[0] + 0.7 * X[1]) * std::cos(0.9 * X[2]),
                     std::sin(1.1 * X[1] - 0.8 * X[2] + 0.4 * X[0]),
                     std::cos(1.2 * X[0] * X[1] + 0.5) * std::sin(X[2] + 0.3 * X[0]));
}

/// Derivative by a five-point difference: good to 1e-12 of smooth fields of size 1.
template <class Field>
auto derivative(const Field& field, const Vec3& X, int i) {
  constexpr double h = 2e-3;
  const Vec3 e = h * Vec3::Unit(i);
  return ((8 * (field(X + e) - field(X - e)) - (field(X + 2 * e) - field(X - 2 * e))) / (12 * h)).eval();
}

double error_of(const std::shared_ptr<const Material>& law, double size, int n, int order) {
  const auto u = [size](const Vec3& X) { return exact(X, size); };
  VectorX c(law->constants_size()), h(law->history_size()), trial(law->history_size());
  law->constants({}, c);
  law->initial_history(h);
  const auto stress = [&](const Vec3& X) -> Mat3 {
    Mat3 F = Mat3::Identity();
    for (int i = 0; i < 3; ++i) F.col(i) += derivative(u, X, i);
    return law->evaluate(F, c, h, trial).P;
  };
  const auto force = [&](const Vec3& X) -> Vec3 {
    Vec3 b = Vec3::Zero();
    for (int i = 0; i < 3; ++i) b -= derivative(stress, X, i).col(i);
    return b;
  };
  Problem p(block(n, n, n, order, [](const Vec3& c) { return c; }), law);
  for (int i = 0; i < 3; ++i)
    p.hold([](const Vec3& X) { return X.minCoeff() < 1e-9 || X.maxCoeff() > 1 - 1e-9; }, i,
           [&u, i](const Vec3& X, double t) { return t * u(X)[i]; });
  ForceTerm& load = p.add<ForceTerm>(body_load(p.mesh, force));
  p.solve(1, 1e-11, [&](double t) { load.factor = t; });
  return displacement_error(p, u);
}

void series(Rows& rows, const std::string& name, const std::shared_ptr<const Material>& law, double size) {
  for (const int order : {1, 2}) {
    std::vector<double> errors;
    for (const int n : {2, 4, 8}) errors.push_back(error_of(law, size, order == 1 ? 2 * n : n, order));
    rows.order(name + (order == 1 ? ", tet4" : ", tet10") + ", displacement in L2, order", errors,
               order == 1 ? 1.9 : 2.9);
  }
}

} // namespace

CaseInfo verify_manufactured() {
  return {"manufactured",
          "Elements",
          "convergence to a displacement field that was put in",
          "the field itself, over three meshes",
          true,
          [](Rows& rows) {
            series(rows, "linear elastic", hookean(1, 0.3), 0.01);
            series(rows, "neo-Hookean", law("mooney_rivlin", {{"c10", 0.5}, {"c01", 0}, {"bulk_modulus", 2}}), 0.1);
          }};
}

} // namespace kypho::verify

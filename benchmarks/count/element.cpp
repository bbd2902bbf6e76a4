#include "benchmarks/count/law_count.hpp"
#include "core/fem/bulk_kernels.hpp"
#include "core/fem/element_matrix.hpp"

namespace kypho::count {
namespace {

std::vector<Counted> inputs(int n) {
  std::vector<Counted> all;
  for (int k = 0; k < n; ++k) all.push_back(Counted::input(1 + 0.1 * k));
  return all;
}

/// F of BulkTerm::gradients for one element, all points.
template <class Shape>
void gradients(const std::vector<Counted>& u, const std::vector<Counted>& geometry, std::vector<Counted>& results) {
  static constexpr auto dN = gradients_at_points<Shape>();
  for (int q = 0; q < Shape::points; ++q) {
    Counted H[9];
    for (int a = 0; a < Shape::nodes; ++a)
      for (int i = 0; i < 3; ++i)
        for (int k = 0; k < 3; ++k) H[3 * i + k] += u[3 * a + i] * dN[q][a][k];
    for (int i = 0; i < 3; ++i)
      for (int J = 0; J < 3; ++J) {
        Counted F(i == J ? 1.0 : 0.0);
        for (int k = 0; k < 3; ++k) F += H[3 * i + k] * geometry[10 * q + 3 * k + J];
        results.push_back(F);
      }
  }
}

/// Of a whole block, a lane's share.
template <class Shape>
Operations forces() {
  start();
  std::vector<Counted> f(3 * Shape::nodes * bulk::lanes);
  for (int q = 0; q < Shape::points; ++q) {
    const std::vector<Counted> geometry = inputs(10 * bulk::lanes), P = inputs(9 * bulk::lanes);
    bulk::add_point_forces<Shape>(geometry.data(), q, P.data(), f.data());
  }
  Operations all = needed(f);
  all.additions = all.additions / bulk::lanes + 3 * Shape::nodes; // and their sums at the nodes
  all.multiplications /= bulk::lanes;
  return all;
}

template <class Shape>
ElementCount counted() {
  constexpr int N = Shape::nodes, Q = Shape::points;
  ElementCount count;
  start();
  std::vector<Counted> results;
  gradients<Shape>(inputs(3 * N), inputs(10 * Q), results);
  count.residual = needed(results);
  const Operations internal = forces<Shape>();
  count.residual.additions += internal.additions;
  count.residual.multiplications += internal.multiplications;

  start();
  const std::vector<Counted> geometry = inputs(10 * Q), A = inputs(81 * Q);
  std::vector<Counted> B(144 * Q), K(9 * N * N);
  for (int q = 0; q < Q; ++q) barycentric_matrix(geometry.data() + 10 * q, A.data() + 81 * q, B.data() + 144 * q);
  element_matrix<Shape>(B.data(), K.data());
  count.matrix = needed(K);
  count.matrix.additions += static_cast<long>(K.size());
  return count;
}

} // namespace

ElementCount element(int order) { return order == 1 ? counted<Tet4>() : counted<Tet10>(); }

} // namespace kypho::count

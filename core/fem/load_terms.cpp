#include "core/fem/load_terms.hpp"

#include "core/base/hat.hpp"
#include "core/fem/quadratic.hpp"
#include "core/fem/shapes.hpp"

#include <Eigen/Geometry>
#include <cmath>

namespace kypho {

PressureTerm::PressureTerm(const TetMesh& mesh, const std::vector<int>& facets) : reference_(mesh.nodes) {
  for (const int f : facets) {
    const std::vector<int> nodes = facet_nodes(mesh, mesh.facets[f]);
    per_ = static_cast<int>(nodes.size());
    nodes_.insert(nodes_.end(), nodes.begin(), nodes.end());
  }
}

/// Place and tangents of a facet at one of its points.
template <class Shape>
PressureTerm::SurfacePoint PressureTerm::surface_point(std::size_t first, int q, const VectorX& u) const {
  const auto N = Shape::values(Shape::point[q]);
  const auto dN = Shape::gradients(Shape::point[q]);
  SurfacePoint p{Vec3::Zero(), Vec3::Zero(), Vec3::Zero()};
  for (int n = 0; n < Shape::nodes; ++n) {
    const Vec3 at = reference_[nodes_[first + n]] + u.segment<3>(3 * nodes_[first + n]);
    p.x += N[n] * at;
    p.a += dN[n][0] * at;
    p.b += dN[n][1] * at;
  }
  return p;
}

template <class Shape>
double PressureTerm::volume_of(const VectorX& u) const {
  double sum = 0;
  for (std::size_t first = 0; first < nodes_.size(); first += Shape::nodes)
    for (int q = 0; q < Shape::points; ++q) {
      const auto [x, a, b] = surface_point<Shape>(first, q, u);
      sum -= Shape::weight[q] * x.dot(a.cross(b)) / 3;
    }
  return sum;
}

double PressureTerm::volume(const VectorX& u) const { return per_ == 3 ? volume_of<Tri3>(u) : volume_of<Tri6>(u); }

template <class Shape>
double PressureTerm::forces(const VectorX& u, double p, VectorX& f, std::vector<double>* matrices,
                            VectorX* volume_slope) const {
  constexpr int width = 3 * Shape::nodes;
  double sum = 0;
  for (std::size_t first = 0; first < nodes_.size(); first += Shape::nodes) {
    double* K = matrices ? matrices->data() + first / Shape::nodes * width * width : nullptr;
    for (int q = 0; q < Shape::points; ++q) {
      const auto N = Shape::values(Shape::point[q]);
      const auto dN = Shape::gradients(Shape::point[q]);
      const auto [x, a, b] = surface_point<Shape>(first, q, u);
      const Vec3 normal = a.cross(b);
      const double w = Shape::weight[q];
      sum += w * std::abs(p) * normal.lpNorm<1>();
      for (int n = 0; n < Shape::nodes; ++n) {
        const int node = nodes_[first + n];
        f.segment<3>(3 * node) -= w * p * N[n] * normal;
        if (volume_slope)
          volume_slope->segment<3>(3 * node) -= w / 3 * (N[n] * normal + dN[n][0] * b.cross(x) + dN[n][1] * x.cross(a));
        if (!K) continue;
        for (int m = 0; m < Shape::nodes; ++m) { // d(a x b) = -b x da + a x db
          const Mat3 turn = w * p * N[n] * (dN[m][1] * hat(a) - dN[m][0] * hat(b));
          for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 3; ++j) K[(3 * n + i) * width + 3 * m + j] += turn(i, j);
        }
      }
    }
  }
  return sum;
}

void PressureTerm::couple(Tangent& K) const { K.couple(this, per_, nodes_); }

double PressureTerm::linearize(const VectorX& u, VectorX& f, Tangent* K) const {
  const double p = pressure_at(u);
  std::vector<double> matrices(K ? nodes_.size() * 9 * per_ : 0);
  VectorX slope, unit;
  const bool coupled = K && stiffness > 0;
  if (coupled) slope = VectorX::Zero(u.size());
  const double sum = per_ == 3 ? forces<Tri3>(u, p, f, K ? &matrices : nullptr, coupled ? &slope : nullptr)
                               : forces<Tri6>(u, p, f, K ? &matrices : nullptr, coupled ? &slope : nullptr);
  if (K) K->add(this, 0, static_cast<int>(nodes_.size()) / per_, matrices.data());
  if (coupled) { // df = (df/dp) dp, dp = -k dV
    unit = VectorX::Zero(u.size());
    if (per_ == 3)
      forces<Tri3>(u, 1, unit, nullptr, nullptr);
    else
      forces<Tri6>(u, 1, unit, nullptr, nullptr);
    K->add_rank_one(stiffness * unit, slope);
  }
  return sum;
}

void PressureTerm::add_stiffness_rows(const VectorX& u, VectorX& rows) const {
  const double p = std::abs(pressure_at(u));
  double total = 0;
  VectorX area = VectorX::Zero(u.size());
  for (std::size_t first = 0; first < nodes_.size(); first += per_) {
    Vec3 x[3];
    for (int k = 0; k < 3; ++k) x[k] = reference_[nodes_[first + k]] + u.segment<3>(3 * nodes_[first + k]);
    const double a = 0.5 * (x[1] - x[0]).cross(x[2] - x[0]).norm();
    const double around = (x[1] - x[0]).norm() + (x[2] - x[1]).norm() + (x[0] - x[2]).norm();
    total += a;
    for (int k = 0; k < per_; ++k)
      for (int i = 0; i < 3; ++i) {
        area[3 * nodes_[first + k] + i] += a / 3;
        rows[3 * nodes_[first + k] + i] += p * around;
      }
  }
  rows += 2 * stiffness * total * area;
}

} // namespace kypho

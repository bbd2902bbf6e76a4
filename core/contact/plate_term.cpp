#include "core/contact/plate_term.hpp"

#include "core/base/dual.hpp"
#include "core/fem/quadratic.hpp"
#include "core/fem/shapes.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

namespace kypho {

PlateTerm::PlateTerm(const TetMesh& mesh, const std::vector<int>& facets, const Vec3& at, const Vec3& normal,
                     double stiffness, double friction)
    : point(at), reference_(mesh.nodes), normal_(normal.normalized()), stiffness_(stiffness), friction_(friction) {
  first_tangent_ = normal_.unitOrthogonal();
  second_tangent_ = normal_.cross(first_tangent_);
  const auto add = [&]<class Shape>(const Shape&, const std::vector<int>& nodes) {
    per_ = Shape::nodes;
    const int first = static_cast<int>(nodes_.size());
    nodes_.insert(nodes_.end(), nodes.begin(), nodes.end());
    for (int q = 0; q < Shape::points; ++q) {
      const auto N = Shape::values(Shape::point[q]);
      const auto dN = Shape::gradients(Shape::point[q]);
      Vec3 a = Vec3::Zero(), b = a;
      Contact c{first, {}, 0};
      for (int n = 0; n < Shape::nodes; ++n) {
        c.shape[n] = N[n];
        a += dN[n][0] * reference_[nodes[n]];
        b += dN[n][1] * reference_[nodes[n]];
      }
      c.area = Shape::weight[q] * a.cross(b).norm();
      contacts_.push_back(c);
    }
  };
  for (const int f : facets) {
    const std::vector<int> nodes = facet_nodes(mesh, mesh.facets[f]);
    if (nodes.size() == 3)
      add(Tri3{}, nodes);
    else
      add(Tri6{}, nodes);
  }
  const VectorX rest = VectorX::Zero(3 * static_cast<int>(reference_.size()));
  for (const Contact& c : contacts_) slip_.push_back(position(c, rest) - point);
}

Vec3 PlateTerm::position(const Contact& c, const VectorX& u) const {
  Vec3 x = Vec3::Zero();
  for (int n = 0; n < per_; ++n) {
    const int node = nodes_[c.first + n];
    x += c.shape[n] * (reference_[node] + u.segment<3>(3 * node));
  }
  return x;
}

/// Traction on the body at x, seen from the plate's point. @param slip where the stick is anchored
template <class T>
void PlateTerm::traction(const T* x, const Vec3& slip, T* t) const {
  const T gap = x[0] * normal_[0] + x[1] * normal_[1] + x[2] * normal_[2];
  const T pressure = larger(T(-stiffness_ * gap), T{});
  for (int i = 0; i < 3; ++i) t[i] = pressure * normal_[i];
  if (friction_ == 0) return;
  T along[2] = {T{}, T{}};
  for (int i = 0; i < 3; ++i) {
    const T moved = x[i] - slip[i];
    along[0] = along[0] - stiffness_ * moved * first_tangent_[i];
    along[1] = along[1] - stiffness_ * moved * second_tangent_[i];
  }
  const T size = root(T(along[0] * along[0] + along[1] * along[1])), most = friction_ * pressure;
  const T share = select(size > most, most / larger(size, filled<T>(1e-30)), filled<T>(1));
  for (int i = 0; i < 3; ++i) t[i] = t[i] + share * (along[0] * first_tangent_[i] + along[1] * second_tangent_[i]);
}

void PlateTerm::add_forces(const VectorX& u, VectorX& f) {
  reaction_.setZero();
  for (std::size_t k = 0; k < contacts_.size(); ++k) {
    const Contact& c = contacts_[k];
    const Vec3 x = position(c, u) - point;
    Vec3 t;
    traction(x.data(), slip_[k], t.data());
    for (int n = 0; n < per_; ++n) f.segment<3>(3 * nodes_[c.first + n]) += c.shape[n] * c.area * t;
    reaction_ -= c.area * t;
    if (friction_ == 0) continue;
    // The anchor follows what slides, and what has left the plate.
    const Vec3 stick = -(t - t.dot(normal_) * normal_) / stiffness_;
    const Vec3 tangential = x - x.dot(normal_) * normal_;
    slip_[k] = tangential - stick;
  }
}

void PlateTerm::add_stiffness_rows(const VectorX&, VectorX& rows) const {
  for (const Contact& c : contacts_)
    for (int n = 0; n < per_; ++n)
      for (int i = 0; i < 3; ++i)
        rows[3 * nodes_[c.first + n] + i] += 2 * stiffness_ * c.area * std::abs(c.shape[n]) * 2;
}

void PlateTerm::couple(Tangent& K) const { K.couple(this, per_, nodes_); }

double PlateTerm::linearize(const VectorX& u, VectorX& f, Tangent* K) const {
  using D = Dual<double, 3>;
  const int width = 3 * per_;
  std::vector<double> matrices(K ? nodes_.size() / per_ * width * width : 0, 0.0);
  double sum = 0;
  for (std::size_t k = 0; k < contacts_.size(); ++k) {
    const Contact& c = contacts_[k];
    const Vec3 at = position(c, u) - point;
    D x[3], t[3];
    for (int i = 0; i < 3; ++i) {
      x[i] = at[i];
      x[i].d[i] = 1;
    }
    traction(x, slip_[k], t);
    for (int n = 0; n < per_; ++n)
      for (int i = 0; i < 3; ++i) f[3 * nodes_[c.first + n] + i] += c.shape[n] * c.area * t[i].v;
    for (const D& each : t) sum += c.area * std::abs(each.v);
    if (!K) continue;
    double* out = matrices.data() + c.first / per_ * width * width;
    for (int n = 0; n < per_; ++n)
      for (int m = 0; m < per_; ++m)
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j)
            out[(3 * n + i) * width + 3 * m + j] -= c.shape[n] * c.shape[m] * c.area * t[i].d[j];
  }
  if (K) K->add(this, 0, static_cast<int>(nodes_.size()) / per_, matrices.data());
  return sum;
}

} // namespace kypho

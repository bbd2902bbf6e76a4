#include "core/fem/hinge_term.hpp"

#include "core/base/dual.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace kypho {

HingeTerm::HingeTerm(const TetMesh& mesh, const std::vector<ShellBending>& plates) : reference_(mesh.nodes) {
  std::map<std::pair<int, int>, int> open; // directed edge -> facet
  for (int f = 0; f < static_cast<int>(mesh.facets.size()); ++f) {
    if (plates[f].stiffness <= 0) continue;
    const auto& n = mesh.facets[f].nodes;
    for (int k = 0; k < 3; ++k) open[{n[k], n[(k + 1) % 3]}] = f;
  }
  const auto tip = [&](int facet, int a, int b) {
    for (int n : mesh.facets[facet].nodes)
      if (n != a && n != b) return n;
    return -1;
  };
  for (const auto& [edge, f] : open) {
    const auto [a, b] = edge;
    const auto other = open.find({b, a});
    if (a > b || other == open.end()) continue;
    const int g = other->second, c = tip(f, a, b), d = tip(g, a, b);
    const Vec3 e = mesh.nodes[b] - mesh.nodes[a];
    const double area =
        0.5 * (e.cross(mesh.nodes[c] - mesh.nodes[a]).norm() + e.cross(mesh.nodes[d] - mesh.nodes[a]).norm());
    const auto mean = [&](double ShellBending::*of) { return 0.5 * (plates[f].*of + plates[g].*of); };
    hinges_.push_back({{a, b, c, d},
                       {f, g},
                       mean(&ShellBending::stiffness) * e.squaredNorm() / area,
                       2.0 / 3.0 * mean(&ShellBending::plastic_moment) * e.norm(),
                       mean(&ShellBending::break_angle),
                       mean(&ShellBending::residual)});
  }
  const VectorX rest = VectorX::Zero(3 * static_cast<int>(mesh.nodes.size()));
  std::vector<std::pair<int, int>> entries;
  for (int h = 0; h < size(); ++h) {
    unbent_.push_back(bend(hinges_[h], rest).angle);
    for (int a = 0; a < 4; ++a) entries.emplace_back(hinges_[h].nodes[a], 12 * h + 3 * a);
  }
  rest_ = unbent_;
  broken_.assign(hinges_.size(), 0.0);
  force_.assign(12 * hinges_.size(), 0.0);
  gather_ = gather_of(static_cast<int>(mesh.nodes.size()), entries, 1);
}

namespace {

double angle_of(double sine, double cosine) { return std::atan2(sine, cosine); }
Pack angle_of(Pack sine, Pack cosine) {
  Pack r{};
  for (int l = 0; l < pack_width; ++l) r[l] = std::atan2(sine[l], cosine[l]);
  return r;
}
template <int N>
Dual<double, N> angle_of(const Dual<double, N>& sine, const Dual<double, N>& cosine) {
  Dual<double, N> r;
  r.v = std::atan2(sine.v, cosine.v);
  each<N>([&](int k) { r.d[k] = cosine.v * sine.d[k] - sine.v * cosine.d[k]; });
  return r;
}

/// Angle between the facets of a hinge, -pi to pi, and its gradient per node (Bridson, Marino, Fedkiw 2003, SCA, eq. 2).
/// @param x positions [4][3]
template <class T>
T angle_and_gradient(const T x[4][3], T gradient[4][3]) {
  T e[3], p[3], q[3];
  for (int i = 0; i < 3; ++i) {
    e[i] = x[1][i] - x[0][i];
    p[i] = x[2][i] - x[0][i];
    q[i] = x[3][i] - x[0][i];
  }
  const auto cross = [](const T* a, const T* b, T* c) {
    c[0] = a[1] * b[2] - a[2] * b[1];
    c[1] = a[2] * b[0] - a[0] * b[2];
    c[2] = a[0] * b[1] - a[1] * b[0];
  };
  const auto dot = [](const T* a, const T* b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; };
  T n1[3], n2[3], turn[3];
  cross(e, p, n1);
  cross(q, e, n2);
  const T length = root(dot(e, e)), N1 = root(dot(n1, n1)), N2 = root(dot(n2, n2));
  for (int i = 0; i < 3; ++i) {
    n1[i] = n1[i] / N1;
    n2[i] = n2[i] / N2;
  }
  cross(n1, n2, turn);
  const T s2 = dot(p, e) / length, s3 = dot(q, e) / length;
  for (int i = 0; i < 3; ++i) {
    const T g1 = n1[i] / N1, g2 = n2[i] / N2;
    gradient[2][i] = -1.0 * length * g1;
    gradient[3][i] = -1.0 * length * g2;
    gradient[0][i] = (length - s2) * g1 + (length - s3) * g2;
    gradient[1][i] = s2 * g1 + s3 * g2;
  }
  return angle_of(T(dot(turn, e) / length), dot(n1, n2));
}

/// The same angle between -pi and pi: facets that pass through each other bend on.
template <class T>
T unwound(const T& angle) {
  const T half = filled<T>(M_PI), turn = filled<T>(2 * M_PI), none{};
  return angle - select(angle > half, turn, none) + select(angle < -half, turn, none);
}

/// Largest moment.
template <class T>
T limit_of(T unbroken, T break_angle, T residual, T broken) {
  return unbroken * (residual + (1.0 - residual) / (1.0 + broken / break_angle));
}

} // namespace

HingeTerm::Bend HingeTerm::bend(const Hinge& hinge, const VectorX& u) const {
  double x[4][3], gradient[4][3];
  for (int a = 0; a < 4; ++a)
    for (int i = 0; i < 3; ++i) x[a][i] = reference_[hinge.nodes[a]][i] + u[3 * hinge.nodes[a] + i];
  Bend b;
  b.angle = angle_and_gradient(x, gradient);
  for (int a = 0; a < 4; ++a) b.gradient[a] = Vec3(gradient[a][0], gradient[a][1], gradient[a][2]);
  return b;
}

double HingeTerm::limit(int h) const {
  const Hinge& hinge = hinges_[h];
  return limit_of(strength * hinge.limit, hinge.break_angle, hinge.residual, broken_[h]);
}

/// A pack of hinges at once.
void HingeTerm::add_forces(const VectorX& u, VectorX& f) {
#pragma omp parallel for schedule(static)
  for (int first = 0; first < size(); first += pack_width) {
    const int some = std::min(pack_width, size() - first);
    alignas(64) double at[12][pack_width], given[6][pack_width], force[12][pack_width];
    for (int l = 0; l < pack_width; ++l) {
      const int h = first + std::min(l, some - 1); // the last one again fills up
      const Hinge& hinge = hinges_[h];
      for (int a = 0; a < 4; ++a)
        for (int i = 0; i < 3; ++i) at[3 * a + i][l] = reference_[hinge.nodes[a]][i] + u[3 * hinge.nodes[a] + i];
      const double numbers[6] = {hinge.stiffness, strength * hinge.limit, hinge.break_angle, hinge.residual, rest_[h], broken_[h]};
      for (int k = 0; k < 6; ++k) given[k][l] = numbers[k];
    }
    Pack x[4][3], gradient[4][3];
    for (int k = 0; k < 12; ++k) x[k / 3][k % 3] = load_lanes<Pack>(at[k]);
    const Pack stiffness = load_lanes<Pack>(given[0]), rest = load_lanes<Pack>(given[4]),
               broken = load_lanes<Pack>(given[5]);
    const Pack most =
        limit_of(load_lanes<Pack>(given[1]), load_lanes<Pack>(given[2]), load_lanes<Pack>(given[3]), broken);
    const Pack bent = unwound(angle_and_gradient(x, gradient) - rest);
    const Pack trial = stiffness * bent, moment = smaller(larger(trial, -most), most);
    const auto yields = moment != trial;
    for (int k = 0; k < 12; ++k) store_lanes(force[k], -moment * gradient[k / 3][k % 3]);
    for (int l = 0; l < some; ++l)
      for (int k = 0; k < 12; ++k) force_[12 * (first + l) + k] = force[k][l];
    if (!any(yields)) continue;
    const Pack flow = select(yields, bent - moment / stiffness, Pack{});
    store_lanes(given[4], unwound(rest + flow));
    store_lanes(given[5], broken + larger(flow, -flow));
    for (int l = 0; l < some; ++l) {
      rest_[first + l] = given[4][l];
      broken_[first + l] = given[5][l];
    }
  }
  gather_.add(force_, f);
}

void HingeTerm::add_stiffness_rows(const VectorX& u, VectorX& rows) const {
  std::vector<double> buffer(force_.size());
#pragma omp parallel for schedule(static)
  for (int h = 0; h < size(); ++h) {
    const Bend b = bend(hinges_[h], u);
    double norm[4], sum = 0;
    for (int a = 0; a < 4; ++a) sum += norm[a] = b.gradient[a].norm();
    // The moment turns with the facets: second derivatives of the angle are of the size of its gradient squared.
    const double k = hinges_[h].stiffness + strength * hinges_[h].limit;
    for (int a = 0; a < 4; ++a)
      for (int i = 0; i < 3; ++i) buffer[12 * h + 3 * a + i] = k * norm[a] * sum;
  }
  gather_.add(buffer, rows);
}

void HingeTerm::add_stiffness_bound(const VectorX& u, Tangent& K, VectorX&) const {
  std::vector<double> matrices(hinges_.size() * 144);
#pragma omp parallel for schedule(static)
  for (int h = 0; h < size(); ++h) {
    const Bend b = bend(hinges_[h], u);
    const double k = hinges_[h].stiffness + strength * hinges_[h].limit;
    for (int r = 0; r < 12; ++r)
      for (int c = 0; c < 12; ++c)
        matrices[144 * h + 12 * r + c] = k * b.gradient[r / 3][r % 3] * b.gradient[c / 3][c % 3];
  }
  K.add(this, 0, size(), matrices.data());
}

void HingeTerm::couple(Tangent& K) const {
  std::vector<int> nodes;
  for (const Hinge& h : hinges_) nodes.insert(nodes.end(), h.nodes.begin(), h.nodes.end());
  K.couple(this, 4, std::move(nodes));
}

double HingeTerm::linearize(const VectorX& u, VectorX& f, Tangent* K) const {
  using D = Dual<double, 12>;
  std::vector<double> forces(force_.size()), matrices(K ? hinges_.size() * 144 : 0);
#pragma omp parallel for schedule(static)
  for (int h = 0; h < size(); ++h) {
    const Hinge& hinge = hinges_[h];
    const double most = limit(h);
    double* force = forces.data() + 12 * h;
    if (!K) {
      const Bend b = bend(hinge, u);
      const double moment = std::clamp(hinge.stiffness * unwound(b.angle - rest_[h]), -most, most);
      for (int a = 0; a < 4; ++a)
        for (int i = 0; i < 3; ++i) force[3 * a + i] = -moment * b.gradient[a][i];
      continue;
    }
    D x[4][3], gradient[4][3];
    for (int a = 0; a < 4; ++a)
      for (int i = 0; i < 3; ++i) {
        x[a][i] = reference_[hinge.nodes[a]][i] + u[3 * hinge.nodes[a] + i];
        x[a][i].d[3 * a + i] = 1;
      }
    const D bent = unwound(angle_and_gradient(x, gradient) - rest_[h]);
    const D moment = smaller(larger(hinge.stiffness * bent, D(-most)), D(most));
    for (int r = 0; r < 12; ++r) {
      const D each = moment * gradient[r / 3][r % 3];
      force[r] = -each.v;
      for (int c = 0; c < 12; ++c) matrices[144 * h + 12 * r + c] = each.d[c];
    }
  }
  if (K) K->add(this, 0, size(), matrices.data());
  gather_.add(forces, f);
  return magnitude(forces);
}

double HingeTerm::stored(const VectorX& u) const {
  std::vector<double> each(hinges_.size());
#pragma omp parallel for schedule(static)
  for (int h = 0; h < size(); ++h) {
    const double most = limit(h), k = hinges_[h].stiffness, moment = std::clamp(k * elastic(h, u), -most, most);
    each[h] = 0.5 * moment * moment / k;
  }
  return std::accumulate(each.begin(), each.end(), 0.0);
}

double HingeTerm::elastic(int hinge, const VectorX& u) const {
  return unwound(bend(hinges_[hinge], u).angle - rest_[hinge]);
}

void HingeTerm::visit(Archive& archive) { KYPHO_VISIT(archive, rest_, broken_); }

} // namespace kypho

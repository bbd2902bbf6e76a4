#include "core/fem/hinge_term.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <map>

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
    unbent_.push_back(bend(hinges_[h], rest).phi);
    for (int a = 0; a < 4; ++a) entries.emplace_back(hinges_[h].nodes[a], 12 * h + 3 * a);
  }
  rest_ = unbent_;
  broken_.assign(hinges_.size(), 0.0);
  force_.assign(12 * hinges_.size(), 0.0);
  gather_ = gather_of(static_cast<int>(mesh.nodes.size()), entries, 1);
}

// Gradient of the angle: Bridson, Marino, Fedkiw 2003 (SCA), eq. 2; times d phi / d theta = 1 + phi^2 / 4.
HingeTerm::Bend HingeTerm::bend(const Hinge& hinge, const VectorX& u) const {
  Vec3 x[4];
  for (int a = 0; a < 4; ++a) x[a] = reference_[hinge.nodes[a]] + u.segment<3>(3 * hinge.nodes[a]);
  const Vec3 e = x[1] - x[0];
  Vec3 n1 = e.cross(x[2] - x[0]), n2 = (x[3] - x[0]).cross(e);
  const double length = e.norm(), N1 = n1.norm(), N2 = n2.norm();
  n1 /= N1;
  n2 /= N2;
  constexpr double least = 1e-3; // 1 + cos: two facets folded flat onto each other
  const double opening = std::max(least, 1 + n1.dot(n2));
  Bend b;
  b.phi = 2 * n1.cross(n2).dot(e) / (length * opening);
  const double slope = 1 + 0.25 * b.phi * b.phi;
  const Vec3 g1 = slope / N1 * n1, g2 = slope / N2 * n2;
  const double s2 = (x[2] - x[0]).dot(e) / length, s3 = (x[3] - x[0]).dot(e) / length;
  b.gradient[2] = -length * g1;
  b.gradient[3] = -length * g2;
  b.gradient[0] = (length - s2) * g1 + (length - s3) * g2;
  b.gradient[1] = s2 * g1 + s3 * g2;
  return b;
}

void HingeTerm::add_forces(const VectorX& u, VectorX& f) {
#pragma omp parallel for schedule(static)
  for (int h = 0; h < size(); ++h) {
    const Hinge& hinge = hinges_[h];
    const Bend b = bend(hinge, u);
    const double trial = hinge.stiffness * (b.phi - rest_[h]);
    const double limit = hinge.limit * (hinge.residual + (1 - hinge.residual) / (1 + broken_[h] / hinge.break_angle));
    const double moment = std::clamp(trial, -limit, limit);
    if (moment != trial) {
      const double rest = b.phi - moment / hinge.stiffness;
      broken_[h] += std::abs(rest - rest_[h]);
      rest_[h] = rest;
    }
    for (int a = 0; a < 4; ++a)
      for (int i = 0; i < 3; ++i) force_[12 * h + 3 * a + i] = -moment * b.gradient[a][i];
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
    // The moment turns with the facets: second derivatives of phi are of the size of the gradient squared.
    const double k = hinges_[h].stiffness + hinges_[h].limit;
    for (int a = 0; a < 4; ++a)
      for (int i = 0; i < 3; ++i) buffer[12 * h + 3 * a + i] = k * norm[a] * sum;
  }
  gather_.add(buffer, rows);
}

double HingeTerm::elastic(int hinge, const VectorX& u) const { return bend(hinges_[hinge], u).phi - rest_[hinge]; }

void HingeTerm::visit(Archive& archive) { KYPHO_VISIT(archive, rest_, broken_); }

} // namespace kypho

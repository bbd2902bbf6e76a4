#include "benchmarks/bench/body.hpp"

#include "core/fem/quadratic.hpp"
#include "core/fem/shapes.hpp"
#include "core/fem/tangent.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <random>

namespace kypho::bench {
namespace {

constexpr double width = 45, depth = 32, height = 27; // mm
constexpr double shell = 0.5, disc = 5;               // mm

/// Cells along one side, each about @p h long.
int cells(double side, double h) { return std::max(2, static_cast<int>(std::lround(side / h))); }

/// From the cube [-1, 1]^3, z of the body without its discs.
Vec3 place(const Vec3& q, double total) {
  const double z = 0.5 * total * q[2], waist = 1 - 0.1 * (1 - std::min(1.0, std::pow(2 * z / height, 2)));
  return {0.5 * depth * waist * q[1] * std::sqrt(1 - 0.3 * q[0] * q[0]),
          0.5 * width * waist * q[0] * std::sqrt(1 - 0.3 * q[1] * q[1]), z};
}

/// Share of a tetrahedron that lies in the shell, from 35 points in it.
double share_in_shell(const std::array<Vec3, 4>& corners, double total) {
  int inside = 0;
  for (int a = 0; a <= 4; ++a)
    for (int b = 0; a + b <= 4; ++b)
      for (int c = 0; a + b + c <= 4; ++c) {
        const Vec3 q = (corners[0] * (a + 0.25) + corners[1] * (b + 0.25) + corners[2] * (c + 0.25) +
                        corners[3] * (4.25 - a - b - c)) /
                       5;
        const double to_end = 0.5 * height - std::abs(0.5 * total * q[2]);
        const double to_side = std::min(0.5 * width * (1 - std::abs(q[0])), 0.5 * depth * (1 - std::abs(q[1])));
        inside += std::min(to_end, to_side) < shell;
      }
  return inside / 35.0;
}

} // namespace

double cell_edge(int unknowns, int order, const Vec3& sides) {
  double low = 0.05, high = 20;
  for (int k = 0; k < 60; ++k) {
    const double h = std::sqrt(low * high);
    double nodes = 1;
    for (const double side : sides) nodes *= order * side / h + 1;
    (3 * nodes > unknowns ? low : high) = h;
  }
  return low;
}

Body vertebral_body(int unknowns, int order, bool discs) {
  const double total = height + (discs ? 2 * disc : 0), h = cell_edge(unknowns, order, {width, depth, total});
  const int nx = cells(width, h), ny = cells(depth, h), nb = cells(height, h), nd = discs ? cells(disc, h) : 0;
  const int nz = nb + 2 * nd;
  std::mt19937 random(1);
  const auto draw = [&] { return static_cast<double>(random()) / 4294967296.0; };
  std::vector<Vec3> cube;
  TetMesh mesh;
  for (int k = 0; k <= nz; ++k)
    for (int j = 0; j <= ny; ++j)
      for (int i = 0; i <= nx; ++i) {
        double z = -0.5 * total + k * (discs ? disc / nd : height / nb);
        if (discs && k > nd) z = -0.5 * height + (k - nd) * height / nb;
        if (discs && k > nd + nb) z = 0.5 * height + (k - nd - nb) * disc / nd;
        Vec3 q{2.0 * i / nx - 1, 2.0 * j / ny - 1, 2 * z / total};
        const bool border = i == 0 || j == 0 || i == nx || j == ny || k <= nd || k >= nd + nb;
        const Vec3 shift{(draw() - 0.5) / nx, (draw() - 0.5) / ny, (draw() - 0.5) * h / total};
        if (!border) q += 0.5 * shift;
        cube.push_back(q);
        mesh.nodes.push_back(place(q, total));
      }
  const int ways[6][3] = {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {2, 1, 0}, {1, 0, 2}};
  Body body;
  for (int cell = 0; cell < nx * ny * nz; ++cell)
    for (const auto& way : ways) {
      std::array<int, 3> at{cell % nx, cell / nx % ny, cell / (nx * ny)};
      const auto id = [&] { return at[0] + (nx + 1) * (at[1] + (ny + 1) * at[2]); };
      std::array<int, 4> tet{id()};
      for (int s = 0; s < 3; ++s) {
        ++at[way[s]];
        tet[s + 1] = id();
      }
      const auto& x = mesh.nodes;
      if (tet_volume(x[tet[0]], x[tet[1]], x[tet[2]], x[tet[3]]) < 0) std::swap(tet[2], tet[3]);
      mesh.tets.push_back(tet);
      mesh.region.push_back(Region::body);
      mesh.bmd.push_back(0);
      const std::array<Vec3, 4> corners{cube[tet[0]], cube[tet[1]], cube[tet[2]], cube[tet[3]]};
      const Vec3 centre = 0.25 * (corners[0] + corners[1] + corners[2] + corners[3]);
      const double spongy = 50 + 350 * draw();
      if (std::abs(0.5 * total * centre[2]) > 0.5 * height) {
        const bool nucleus = std::hypot(centre[0], centre[1]) < 0.65;
        body.young.push_back(1);
        body.poisson.push_back(nucleus ? 0.499 : 0.49);
        body.nearly_incompressible.push_back(order == 2);
      } else {
        const double f = share_in_shell(corners, total);
        body.young.push_back((1 - f) * spongy + f * 12000);
        body.poisson.push_back(0.3);
        body.nearly_incompressible.push_back(0);
      }
    }
  if (order == 2) mesh = quadratic(std::move(mesh));
  body.fixed.assign(3 * mesh.nodes.size(), 0);
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
    if (std::abs(mesh.nodes[n][2]) > 0.5 * total - 1e-9)
      body.fixed[3 * n] = body.fixed[3 * n + 1] = body.fixed[3 * n + 2] = 1;
  body.mesh = std::move(mesh);
  return body;
}

namespace {

/// K = sum_q w B^T D B with the volume strain of the point, or its mean over the element.
template <class Shape>
void element_matrix(const Body& body, std::size_t t, const int* nodes, double* out) {
  constexpr int n = 3 * Shape::nodes;
  const auto& x = body.mesh.nodes;
  Mat3 J;
  for (int k = 0; k < 3; ++k) J.col(k) = x[nodes[k + 1]] - x[nodes[0]];
  const Mat3 inverse = J.inverse();
  const double E = body.young[t], nu = body.poisson[t], mu = E / (2 * (1 + nu)), bulk = E / (3 * (1 - 2 * nu));
  Eigen::Matrix<double, n, n> K = Eigen::Matrix<double, n, n>::Zero();
  Eigen::Matrix<double, n, 1> mean = Eigen::Matrix<double, n, 1>::Zero();
  double volume = 0;
  static constexpr auto reference = gradients_at_points<Shape>();
  for (int q = 0; q < Shape::points; ++q) {
    const double w = Shape::weight[q] * J.determinant();
    Eigen::Matrix<double, 6, n> B = Eigen::Matrix<double, 6, n>::Zero();
    Eigen::Matrix<double, n, 1> div;
    for (int a = 0; a < Shape::nodes; ++a) {
      const Vec3 g = inverse.transpose() * Vec3(reference[q][a][0], reference[q][a][1], reference[q][a][2]);
      const double r = std::sqrt(0.5);
      B.template block<3, 3>(0, 3 * a) = g.asDiagonal();
      B.template block<3, 3>(3, 3 * a) << r * g[1], r * g[0], 0, 0, r * g[2], r * g[1], r * g[2], 0, r * g[0];
      div.template segment<3>(3 * a) = g;
    }
    B.template topRows<3>().rowwise() -= (div / 3).transpose();
    K += 2 * mu * w * B.transpose() * B;
    if (!body.nearly_incompressible[t]) K += bulk * w * div * div.transpose();
    mean += w * div;
    volume += w;
  }
  if (body.nearly_incompressible[t]) K += bulk / volume * mean * mean.transpose();
  Eigen::Map<Eigen::Matrix<double, n, n, Eigen::RowMajor>> to(out);
  to = K;
  for (int a = 0; a < Shape::nodes; ++a)
    for (int i = 0; i < 3; ++i)
      if (body.fixed[3 * nodes[a] + i]) to.row(3 * a + i).setZero(), to.col(3 * a + i).setZero();
}

template <class Shape>
void assemble(const Body& body, Tangent& K) {
  const int count = static_cast<int>(body.mesh.tets.size()), per = Shape::nodes;
  std::vector<int> nodes;
  for (int t = 0; t < count; ++t) {
    nodes.insert(nodes.end(), body.mesh.tets[t].begin(), body.mesh.tets[t].end());
    if (per == 10) nodes.insert(nodes.end(), body.mesh.mids[t].begin(), body.mesh.mids[t].end());
  }
  K.couple(&body, per, nodes);
  K.finish();
  constexpr int chunk = 4096;
  constexpr std::size_t size = 9 * Shape::nodes * Shape::nodes;
  std::vector<double> matrices(chunk * size);
  for (int first = 0; first < count; first += chunk) {
    const int some = std::min(chunk, count - first);
#pragma omp parallel for
    for (int k = 0; k < some; ++k)
      element_matrix<Shape>(body, first + k, nodes.data() + static_cast<std::size_t>(first + k) * per,
                            matrices.data() + k * size);
    K.add(&body, first, some, matrices.data());
  }
}

} // namespace

SparseMatrix stiffness(const Body& body) {
  Tangent K(body.unknowns());
  if (body.mesh.mids.empty())
    assemble<Tet4>(body, K);
  else
    assemble<Tet10>(body, K);
  for (int i = 0; i < body.unknowns(); ++i)
    if (body.fixed[i]) K.matrix().coeffRef(i, i) = 1;
  return std::move(K.matrix());
}

VectorX load(const Body& body) {
  VectorX b = VectorX::Zero(body.unknowns());
  for (int i = 0; i < body.unknowns(); ++i)
    if (!body.fixed[i]) b[i] = std::array{0.3, 0.2, -1.0}[i % 3];
  return b;
}

} // namespace kypho::bench

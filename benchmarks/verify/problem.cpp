#include "benchmarks/verify/problem.hpp"

#include "core/fem/quadratic.hpp"
#include "core/fem/shapes.hpp"
#include "core/materials/catalog.hpp"
#include "solvers/implicit.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <map>

namespace kypho::verify {

namespace {

/// Nodes and tetrahedra of a block in [0, 1]^3, no facets yet.
TetMesh unit_block(int nx, int ny, int nz) {
  TetMesh mesh;
  const auto id = [&](int i, int j, int k) { return i + (nx + 1) * (j + (ny + 1) * k); };
  for (int k = 0; k <= nz; ++k)
    for (int j = 0; j <= ny; ++j)
      for (int i = 0; i <= nx; ++i)
        mesh.nodes.emplace_back(static_cast<double>(i) / nx, static_cast<double>(j) / ny, static_cast<double>(k) / nz);
  // Kuhn's six tetrahedra along the diagonal of the cell, mirrored from cell to cell so that neighbours fit.
  static constexpr int order_of_axes[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (int k = 0; k < nz; ++k)
    for (int j = 0; j < ny; ++j)
      for (int i = 0; i < nx; ++i) {
        const int cell[3] = {i, j, k};
        for (const auto& axes : order_of_axes) {
          std::array<int, 4> tet{};
          int at[3] = {0, 0, 0};
          for (int corner = 0; corner < 4; ++corner) {
            int index[3];
            for (int d = 0; d < 3; ++d) index[d] = cell[d] + (cell[d] % 2 == 0 ? at[d] : 1 - at[d]);
            tet[corner] = id(index[0], index[1], index[2]);
            if (corner < 3) at[axes[corner]] = 1;
          }
          mesh.tets.push_back(tet);
        }
      }
  return mesh;
}

/// Corners mapped and welded to those there are; every middle mapped from the middle of its edge in the block.
void append(TetMesh& mesh, const TetMesh& unit, int order, const std::function<Vec3(const Vec3&)>& map,
            std::map<std::array<long, 3>, int>& welded) {
  const auto place = [&](const Vec3& coordinate) {
    const Vec3 x = map(coordinate);
    const std::array<long, 3> key{std::lround(x[0] * 1e7), std::lround(x[1] * 1e7), std::lround(x[2] * 1e7)};
    const auto [found, fresh] = welded.try_emplace(key, static_cast<int>(mesh.nodes.size()));
    if (fresh) mesh.nodes.push_back(x);
    return found->second;
  };
  for (const auto& in_unit : unit.tets) {
    std::array<int, 4> tet = in_unit, out{};
    Vec3 x[4];
    for (int a = 0; a < 4; ++a) x[a] = map(unit.nodes[tet[a]]);
    if (tet_volume(x[0], x[1], x[2], x[3]) < 0) std::swap(tet[2], tet[3]);
    for (int a = 0; a < 4; ++a) out[a] = place(unit.nodes[tet[a]]);
    mesh.tets.push_back(out);
    if (order == 1) continue;
    std::array<int, 6> mids{};
    for (int e = 0; e < 6; ++e)
      mids[e] = place(0.5 * (unit.nodes[tet[Tet10::edge[e][0]]] + unit.nodes[tet[Tet10::edge[e][1]]]));
    mesh.mids.push_back(mids);
  }
}

TetMesh finished(TetMesh mesh) {
  std::map<std::array<int, 3>, std::pair<std::array<int, 3>, int>> open;
  for (int t = 0; t < static_cast<int>(mesh.tets.size()); ++t) {
    static constexpr int face[4][3] = {{0, 2, 1}, {0, 1, 3}, {1, 2, 3}, {0, 3, 2}};
    for (const auto& f : face) {
      const std::array<int, 3> nodes{mesh.tets[t][f[0]], mesh.tets[t][f[1]], mesh.tets[t][f[2]]};
      std::array<int, 3> key = nodes;
      std::sort(key.begin(), key.end());
      if (!open.erase(key)) open[key] = {nodes, t};
    }
  }
  for (const auto& [key, value] : open) mesh.facets.push_back({value.first, Surface::cortex, value.second});
  mesh.region.assign(mesh.tets.size(), Region::body);
  mesh.bmd.assign(mesh.tets.size(), 100);
  mesh.intact = mesh.nodes;
  return mesh;
}

} // namespace

TetMesh block(int nx, int ny, int nz, int order, const std::function<Vec3(const Vec3&)>& map) {
  TetMesh mesh;
  std::map<std::array<long, 3>, int> welded;
  append(mesh, unit_block(nx, ny, nz), order, map, welded);
  return finished(std::move(mesh));
}

TetMesh sphere_octant(int radial, int around, int order, const std::function<double(double)>& radius) {
  TetMesh mesh;
  std::map<std::array<long, 3>, int> welded;
  const TetMesh unit = unit_block(radial, around, around);
  for (int turn = 0; turn < 3; ++turn) // three pyramids about the axes, cyclic
    append(
        mesh, unit, order,
        [&](const Vec3& c) {
          const double a = std::tan(c[1] * M_PI / 4), b = std::tan(c[2] * M_PI / 4);
          Vec3 x;
          x[turn] = 1;
          x[(turn + 1) % 3] = a;
          x[(turn + 2) % 3] = b;
          return Vec3(radius(c[0]) * x.normalized());
        },
        welded);
  return finished(std::move(mesh));
}

TetMesh cylinder_quarter(int radial, int around, int axial, int order, double inner, double outer, double height) {
  return block(radial, around, axial, order, [=](const Vec3& c) {
    const double r = inner * std::pow(outer / inner, c[0]), angle = c[1] * M_PI / 2;
    return Vec3(r * std::cos(angle), r * std::sin(angle), height * c[2]);
  });
}

std::shared_ptr<const Material> law(std::string_view name, const std::vector<std::pair<std::string, double>>& keys) {
  Params params(find_law(name).specs);
  for (const auto& [key, value] : keys) params.set(key, value);
  return find_law(name).make(params);
}

Problem::Problem(TetMesh given, std::shared_ptr<const Material> law, bool mean_dilatation, PointData point)
    : mesh(std::move(given)) {
  bulk = std::make_unique<BulkTerm>(
      mesh, std::vector<std::shared_ptr<const Material>>{std::move(law)}, std::vector<int>(mesh.tets.size(), 0),
      std::vector<PointData>(mesh.tets.size(), point), std::vector<char>{mean_dilatation});
  system.u.setZero(3 * mesh.nodes.size());
  system.v = system.u;
  system.fixed.assign(system.u.size(), 0);
  system.terms = {bulk.get()};
  system.nodes = mesh.nodes;
}

void Problem::hold_node(int node, int i, std::function<double(const Vec3&, double)> value) {
  system.fixed[3 * node + i] = 1;
  held_.push_back({3 * node + i, mesh.nodes[node], std::move(value)});
}

void Problem::hold(const Where& where, int i, std::function<double(const Vec3&, double)> value) {
  for (int n = 0; n < static_cast<int>(mesh.nodes.size()); ++n)
    if (where(mesh.nodes[n])) hold_node(n, i, value);
}

std::vector<int> Problem::facets(const Where& where) const {
  std::vector<int> found;
  for (int f = 0; f < static_cast<int>(mesh.facets.size()); ++f) {
    const std::vector<int> nodes = facet_nodes(mesh, mesh.facets[f]);
    if (std::all_of(nodes.begin(), nodes.end(), [&](int n) { return where(mesh.nodes[n]); })) found.push_back(f);
  }
  return found;
}

std::vector<double> Problem::solve(int increments, double balance, const std::function<void(double)>& load,
                                   const std::function<void(double)>& observe) {
  Params params(solver_specs());
  params.set("balance", balance);
  params.set("increments", increments);
  params.set("newton_iterations", 25);
  params.set("implicit_solver", linear_solver);
  ImplicitEngine engine(params);
  Phase phase;
  phase.name = "verification";
  phase.observations = increments;
  phase.observe = observe;
  phase.load = [&](double t) {
    for (const Held& h : held_) system.u[h.unknown] = h.value ? h.value(h.X, t) : 0.0;
    if (load) load(t);
  };
  engine.run(system, phase);
  newton_iterations += engine.effort().newton_iterations;
  return engine.tail();
}

double Problem::reaction(const Where& where, int i) const {
  VectorX f = VectorX::Zero(system.u.size());
  for (const Term* term : system.terms) term->linearize(system.u, f, nullptr);
  double sum = 0;
  for (int n = 0; n < static_cast<int>(mesh.nodes.size()); ++n)
    if (where(mesh.nodes[n])) sum -= f[3 * n + i];
  return sum;
}

int Problem::node_at(const Vec3& X) const {
  int nearest = 0;
  for (int n = 1; n < static_cast<int>(mesh.nodes.size()); ++n)
    if ((mesh.nodes[n] - X).squaredNorm() < (mesh.nodes[nearest] - X).squaredNorm()) nearest = n;
  return nearest;
}

Vec3 Problem::displacement(const Vec3& X) const { return system.u.segment<3>(3 * node_at(X)); }

Mat3 Problem::gradient_at_corner(int node) const {
  static constexpr std::array<std::array<double, 3>, 4> corner{{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  Mat3 sum = Mat3::Zero();
  int count = 0;
  for (std::size_t t = 0; t < mesh.tets.size(); ++t)
    for (int c = 0; c < 4; ++c) {
      if (mesh.tets[t][c] != node) continue;
      Mat3 jacobian = Mat3::Zero(), slope = Mat3::Zero();
      const auto add = [&](int n, const std::array<double, 3>& dN) {
        for (int k = 0; k < 3; ++k) {
          jacobian.col(k) += dN[k] * mesh.nodes[n];
          slope.col(k) += dN[k] * system.u.segment<3>(3 * n);
        }
      };
      if (mesh.mids.empty()) {
        const auto dN = Tet4::gradients(corner[c]);
        for (int a = 0; a < 4; ++a) add(mesh.tets[t][a], dN[a]);
      } else {
        const auto dN = Tet10::gradients(corner[c]);
        for (int a = 0; a < 10; ++a) add(a < 4 ? mesh.tets[t][a] : mesh.mids[t][a - 4], dN[a]);
      }
      sum += Mat3::Identity() + slope * jacobian.inverse();
      ++count;
    }
  return sum / count;
}

namespace {

/// Gauss points of a tetrahedron from those of a cube (Stroud's conical product): exact to degree 7.
struct TetPoints {
  std::vector<std::array<double, 3>> at;
  std::vector<double> weight;
  TetPoints() {
    static constexpr double x[4] = {0.0694318442029737, 0.3300094782075719, 0.6699905217924281, 0.9305681557970263};
    static constexpr double w[4] = {0.1739274225687269, 0.3260725774312731, 0.3260725774312731, 0.1739274225687269};
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 4; ++j)
        for (int k = 0; k < 4; ++k) {
          at.push_back({x[i], x[j] * (1 - x[i]), x[k] * (1 - x[i]) * (1 - x[j])});
          weight.push_back(w[i] * w[j] * w[k] * (1 - x[i]) * (1 - x[i]) * (1 - x[j]));
        }
  }
};

/// Calls visit(nodes, shape values, position, weight) at every point.
template <class Shape, class Visit>
void for_each_point(const TetMesh& mesh, const Visit& visit) {
  static const TetPoints points;
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    std::array<int, Shape::nodes> nodes;
    for (int a = 0; a < Shape::nodes; ++a) nodes[a] = a < 4 ? mesh.tets[t][a] : mesh.mids[t][a - 4];
    for (std::size_t q = 0; q < points.at.size(); ++q) {
      const auto N = Shape::values(points.at[q]);
      const auto dN = Shape::gradients(points.at[q]);
      Vec3 X = Vec3::Zero();
      Mat3 jacobian = Mat3::Zero();
      for (int a = 0; a < Shape::nodes; ++a) {
        X += N[a] * mesh.nodes[nodes[a]];
        for (int k = 0; k < 3; ++k) jacobian.col(k) += dN[a][k] * mesh.nodes[nodes[a]];
      }
      visit(nodes, N, X, points.weight[q] * jacobian.determinant());
    }
  }
}

} // namespace

double displacement_error(const Problem& p, const std::function<Vec3(const Vec3&)>& exact) {
  double sum = 0;
  const auto visit = [&](const auto& nodes, const auto& N, const Vec3& X, double weight) {
    Vec3 u = -exact(X);
    for (std::size_t a = 0; a < nodes.size(); ++a) u += N[a] * p.system.u.segment<3>(3 * nodes[a]);
    sum += weight * u.squaredNorm();
  };
  if (p.mesh.mids.empty())
    for_each_point<Tet4>(p.mesh, visit);
  else
    for_each_point<Tet10>(p.mesh, visit);
  return std::sqrt(sum);
}

VectorX body_load(const TetMesh& mesh, const std::function<Vec3(const Vec3&)>& force) {
  VectorX f = VectorX::Zero(3 * mesh.nodes.size());
  const auto visit = [&](const auto& nodes, const auto& N, const Vec3& X, double weight) {
    const Vec3 b = weight * force(X);
    for (std::size_t a = 0; a < nodes.size(); ++a) f.segment<3>(3 * nodes[a]) += N[a] * b;
  };
  if (mesh.mids.empty())
    for_each_point<Tet4>(mesh, visit);
  else
    for_each_point<Tet10>(mesh, visit);
  return f;
}

} // namespace kypho::verify

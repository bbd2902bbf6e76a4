// A uniform deformation by a full matrix is reproduced by every element and law on a distorted mesh, whatever mixture of
// displacements and tractions the sides carry (Irons & Razzaque 1972).
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/problem.hpp"

#include "core/devices/balloon_wall.hpp"
#include "core/fem/quadratic.hpp"
#include "core/fem/shell_term.hpp"
#include "core/materials/catalog.hpp"

#include <Eigen/Geometry>
#include <cmath>

namespace kypho::verify {
namespace {

const Mat3 full = (Mat3() << 0.7, -0.4, 0.3, 0.2, 0.5, -0.6, -0.1, 0.4, -0.9).finished();

TetMesh distorted(int order) {
  TetMesh mesh = block(3, 3, 3, 1, [](const Vec3& c) {
    const bool inside = c.minCoeff() > 1e-9 && c.maxCoeff() < 1 - 1e-9;
    const double phase = 17 * c[0] + 41 * c[1] + 97 * c[2]; // the same push whenever a node is asked for
    const Vec3 push = 0.3 * Vec3(std::sin(phase), std::sin(2.3 * phase + 1), std::sin(3.1 * phase + 2));
    return Vec3(6 * c + (inside ? push : Vec3(Vec3::Zero())));
  });
  return order == 2 ? quadratic(std::move(mesh)) : mesh;
}

/// Consistent loads of the traction P N on the three far sides.
VectorX tractions(const TetMesh& mesh, const Mat3& P) {
  VectorX f = VectorX::Zero(3 * mesh.nodes.size());
  for (const Facet& facet : mesh.facets)
    for (int side = 0; side < 3; ++side) {
      bool on = true;
      for (const int n : facet.nodes) on = on && mesh.nodes[n][side] > 6 - 1e-9;
      if (!on) continue;
      const auto& n = facet.nodes;
      const Vec3 area = 0.5 * (mesh.nodes[n[1]] - mesh.nodes[n[0]]).cross(mesh.nodes[n[2]] - mesh.nodes[n[0]]);
      const std::vector<int> nodes = facet_nodes(mesh, facet);
      for (std::size_t k = nodes.size() - 3; k < nodes.size(); ++k) // corners, or the middles alone
        f.segment<3>(3 * nodes[k]) += P * area / 3;
    }
  return f;
}

double patch_error(const std::shared_ptr<const Material>& law, int order, bool mean, double strain, bool mixed) {
  PointData point;
  point.conversion = 0.9;
  point.axis = Vec3(0.1, -0.2, 1).normalized();
  Problem p(distorted(order), law, mean, point);
  const auto F_at = [&](double t) { return Mat3(Mat3::Identity() + strain * t * full); };
  const auto value = [&](int i) {
    return [=](const Vec3& X, double t) { return ((F_at(t) - Mat3::Identity()) * X)[i]; };
  };
  for (int i = 0; i < 3; ++i)
    p.hold([&](const Vec3& X) { return X.minCoeff() < 1e-9 || (!mixed && X.maxCoeff() > 6 - 1e-9); }, i, value(i));
  ForceTerm* load = nullptr;
  if (mixed) { // one small increment from rest: the stress of the virgin law
    VectorX c(law->constants_size()), h(law->history_size()), trial(law->history_size());
    law->constants(p.bulk->point(0), c);
    law->initial_history(h);
    load = &p.add<ForceTerm>(tractions(p.mesh, law->evaluate(F_at(1), c, h, trial).P));
  }
  p.solve(mixed ? 1 : 8, 1e-11, [&](double t) {
    if (load) load->factor = t;
  });
  double worst = 0;
  for (int t = 0; t < static_cast<int>(p.mesh.tets.size()); ++t)
    for (int q = 0; q < p.bulk->points_per_tet(); ++q)
      worst = std::max(worst, (p.bulk->deformation(t, p.system.u, q) - F_at(1)).cwiseAbs().maxCoeff());
  return worst;
}

/// A membrane on the top of the block, its nodes free in their plane inside the rim, the edges of 6-node triangles curved.
double membrane_error(const std::shared_ptr<const ShellLaw>& shell_law, int order, double strain) {
  TetMesh mesh = block(3, 3, 3, 1, [](const Vec3& c) {
    const bool inside = c.head<2>().minCoeff() > 1e-9 && c.head<2>().maxCoeff() < 1 - 1e-9;
    return Vec3(6 * c +
                (inside ? Vec3(0.4 * std::sin(9 * c[0] + 4 * c[1]), 0.4 * std::cos(7 * c[1]), 0) : Vec3(0, 0, 0)));
  });
  if (order == 2)
    mesh = quadratic(std::move(mesh), [](const Vec3& x, int, int) {
      const bool inside = x.head<2>().minCoeff() > 1e-9 && x.head<2>().maxCoeff() < 6 - 1e-9;
      return Vec3(
          x + (inside ? Vec3(0.2 * std::sin(5 * x[0] + 3 * x[1]), 0.2 * std::cos(4 * x[0] - x[1]), 0) : Vec3(0, 0, 0)));
    });
  Problem p(std::move(mesh), law("compact_solid"));
  p.system.terms.clear(); // the block only holds the membrane up
  const auto top = [](const Vec3& X) { return X[2] > 6 - 1e-9; };
  std::vector<int> law_of_facet(p.mesh.facets.size(), -1);
  for (const int f : p.facets(top)) law_of_facet[f] = 0;
  const ShellTerm& shell =
      p.add<ShellTerm>(p.mesh, std::vector<std::shared_ptr<const ShellLaw>>{shell_law}, law_of_facet);
  for (int i = 0; i < 3; ++i)
    p.hold(
        [=](const Vec3& X) {
          return i == 2 || !top(X) || X.head<2>().minCoeff() < 1e-9 || X.head<2>().maxCoeff() > 6 - 1e-9;
        },
        i, [=](const Vec3& X, double t) { return strain * t * (full * X)[i]; });
  p.solve(8, 1e-12);
  double worst = 0;
  for (int f = 0; f < static_cast<int>(law_of_facet.size()); ++f)
    for (int q = 0; law_of_facet[f] == 0 && q < shell.points(f); ++q) {
      const Mat3 F = Mat3::Identity() + strain * full;
      worst = std::max(worst, (shell.deformation(f, p.system.u, q) - F * shell.basis(f, q)).cwiseAbs().maxCoeff());
    }
  return worst;
}

/// A law that softens by the size of its element is not uniform on a mesh that is not.
bool regularised(const Material& law) {
  PointData small, large;
  large.size = 2;
  VectorX a(law.constants_size()), b(law.constants_size());
  law.constants(small, a);
  law.constants(large, b);
  return a != b;
}

} // namespace

CaseInfo verify_patch() {
  return {"patch",
          "Elements",
          "a uniform deformation by a full matrix on a distorted mesh",
          "exact: F is the same everywhere",
          true,
          [](Rows& rows) {
            for (const LawInfo& info : law_catalog()) {
              if (!info.make) continue;
              const auto law = std::shared_ptr<const Material>(info.make(Params(info.specs)));
              for (const auto& [name, order, mean] : {std::tuple{"tet4", 1, false}, std::tuple{"tet10", 2, false},
                                                      std::tuple{"tet10, mean dilatation", 2, true}}) {
                rows.bound(info.name + ", " + name + ", mixed sides", patch_error(law, order, mean, 1e-4, true), 1e-10);
                const bool elastic = regularised(*law);
                rows.bound(info.name + ", " + name + (elastic ? ", 0.2 % on all sides" : ", 3 % on all sides"),
                           patch_error(law, order, mean, elastic ? 0.002 : 0.03, false), 1e-10);
              }
            }
            for (const LawInfo& info : law_catalog()) {
              if (!info.make_shell) continue;
              const std::shared_ptr<const ShellLaw> law = info.make_shell(Params(info.specs));
              rows.bound(info.name + ", tri3, 0.2 % at the rim", membrane_error(law, 1, 0.002), 1e-10);
              rows.bound(info.name + ", tri6 with curved edges, 0.2 % at the rim", membrane_error(law, 2, 0.002),
                         1e-10);
            }
            const std::shared_ptr<const ShellLaw> wall = make_balloon_wall(0.9, 5);
            rows.bound("balloon wall, tri6 with curved edges, 10 % at the rim", membrane_error(wall, 2, 0.1), 1e-10);
          }};
}

} // namespace kypho::verify

// A second code on the same mesh: compression of a vertebra between its endplates with CalculiX. Bone is one solid here,
// without shells, so that both programs solve exactly the same problem.
#include "mesh/calculix.hpp"
#include "benchmarks/verify/hookean.hpp"
#include "benchmarks/verify/ladder.hpp"
#include "benchmarks/verify/pressed_model.hpp"
#include "benchmarks/verify/problem.hpp"
#include "core/fem/quadratic.hpp"
#include "mesh/anatomy.hpp"
#include "mesh/mesher.hpp"

#include <filesystem>
#include <set>
#include <unistd.h>

namespace kypho::verify {
namespace {

TetMesh vertebra(int order) {
  Params anatomy(anatomy_specs()), mesh(mesh_specs());
  mesh.set("edge_length", order == 1 ? 2.5 : 4.0);
  mesh.set("posterior_edge_length", order == 1 ? 3.5 : 5.0);
  TetMesh made = mesh_anatomy(*make_anatomy(anatomy), mesh);
  return order == 2 ? quadratic(std::move(made)) : made;
}

std::vector<int> nodes_on(const TetMesh& mesh, Surface surface) {
  std::set<int> nodes;
  for (const Facet& f : mesh.facets)
    if (f.surface == surface)
      for (const int n : facet_nodes(mesh, f)) nodes.insert(n);
  return {nodes.begin(), nodes.end()};
}

struct Study {
  std::string name;
  FeMaterial material;
  std::shared_ptr<const Material> law;
  double descent; ///< mm
  bool nonlinear;
  int increments;
  double tolerance;
};

void compare(Rows& rows, const Study& study, int order) {
  const TetMesh mesh = vertebra(order);
  const std::vector<int> lower = nodes_on(mesh, Surface::lower_endplate),
                         upper = nodes_on(mesh, Surface::upper_endplate);
  const FeModel model =
      pressed_model(mesh, lower, upper, study.material, study.descent, study.nonlinear, study.increments);
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("kyphosim_calculix_" + std::to_string(getpid()));
  const CalculixResult other = run_calculix(model, folder, 1);
  std::filesystem::remove_all(folder);

  Problem p(mesh, study.law);
  std::vector<char> is_lower(mesh.nodes.size(), 0), is_upper(mesh.nodes.size(), 0);
  for (const int n : lower) is_lower[n] = 1;
  for (const int n : upper) is_upper[n] = 1;
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n)
    for (int i = 0; i < 3; ++i)
      if (is_lower[n] || is_upper[n]) {
        const double down = is_upper[n] && i == 2 ? -study.descent : 0;
        p.hold_node(static_cast<int>(n), i, [down](const Vec3&, double t) { return down * t; });
      }
  p.solve(study.increments, 1e-10);

  double difference = 0, largest = 0, force = 0, other_force = 0;
  VectorX f = VectorX::Zero(p.system.u.size());
  p.bulk->linearize(p.system.u, f, nullptr);
  for (std::size_t n = 0; n < mesh.nodes.size(); ++n) {
    difference = std::max(difference, (p.system.u.segment<3>(3 * n) - other.displacement[n]).norm());
    largest = std::max(largest, other.displacement[n].norm());
    if (is_upper[n]) {
      force += f[3 * n + 2];
      other_force -= other.force[n][2];
    }
  }
  const std::string name =
      study.name + (order == 1 ? ", tet4, " : ", tet10, ") + std::to_string(3 * mesh.nodes.size()) + " unknowns";
  rows.bound(name + ", largest difference of displacement", difference / largest, study.tolerance);
  rows.compare(name + ", reaction, N", other_force, force, study.tolerance);
}

} // namespace

CaseInfo verify_calculix() {
  return {"calculix",
          "Second code",
          "compression of an L1 vertebra on identical meshes, tet4 and tet10",
          "CalculiX (program ccx), C3D4 and C3D10",
          false,
          [](Rows& rows) {
            if (!calculix_available()) {
              rows.skip("ccx is not installed (package calculix-ccx): nothing was compared");
              return;
            }
            const double E = 300, nu = 0.3;
            // C10 = mu/2, D1 = 2/K
            const double c10 = E / (4 * (1 + nu)), bulk = E / (3 * (1 - 2 * nu));
            const std::vector<Study> studies = {
                {"linear elastic, 0.5 mm", {"bone", ElasticLaw{E, nu}, {}}, hookean(E, nu), 0.5, false, 1, 1e-3},
                {"neo-Hookean, large strain, 2 mm",
                 {"bone", NeoHookeLaw{c10, 2 / bulk}, {}},
                 law("mooney_rivlin", {{"c10", c10}, {"c01", 0}, {"bulk_modulus", bulk}}),
                 2,
                 true,
                 4,
                 1e-3},
                // The elastic laws of the two programs differ at the second order of the elastic strain: it is kept
                // below 1 %.
                {"plastic (von Mises, hardening), 0.75 mm",
                 {"bone", ElasticLaw{10 * E, nu}, {{15, 0}, {115, 1}}},
                 law("compact_solid", {{"modulus", 10 * E}, {"poisson_ratio", nu}, {"yield", 15}, {"hardening", 100}}),
                 0.75,
                 true,
                 20,
                 1e-2},
            };
            for (const Study& study : studies)
              for (const int order : {1, 2}) compare(rows, study, order);
          }};
}

} // namespace kypho::verify

// Row 20: the permeability that goes in, and the shape of the plume that comes out.
#include "benchmarks/validate/case_run.hpp"
#include "benchmarks/validate/rows.hpp"
#include "core/cement/permeation.hpp"
#include "mesh/anatomy.hpp"

#include <cmath>

namespace kypho::validate {
namespace {

constexpr double per_square_metre = 1e-6; // m2 per mm2
constexpr double plume_volume = 2000;     // mm3

/// Root mean square extent of the filled pores along each axis, mm.
Vec3 extent(const TetMesh& mesh, const std::vector<double>& share, const Vec3& centre) {
  Vec3 squares = Vec3::Zero();
  double weight = 0;
  for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
    if (share[t] <= 0) continue;
    const auto& n = mesh.tets[t];
    const Vec3 &a = mesh.nodes[n[0]], &b = mesh.nodes[n[1]], &c = mesh.nodes[n[2]], &d = mesh.nodes[n[3]];
    const double w = tet_volume(a, b, c, d) * share[t];
    squares += w * ((a + b + c + d) / 4 - centre).cwiseAbs2();
    weight += w;
  }
  return (squares / weight).cwiseSqrt();
}

void run(Outcome& out) {
  Params p(permeation_specs());
  const PermeationParams bone = make_permeation_params(p);
  out.judge("K across over K along the body axis, input", "", bone.transverse_ratio, 0.77, 0.79);
  out.judge("K along the body axis, input", "1e-8 m2", bone.permeability * per_square_metre * 1e8, 3.4, 4.5);

  Scenario scenario = Case("L3", 75).stage("load").scenario();
  scenario.anatomy.set("density_pattern", std::string("uniform"));
  scenario.mesh.set("edge_length", 1.5);
  const TetMesh mesh = intact_mesh(scenario);
  const Landmarks marks = make_anatomy(scenario.anatomy)->landmarks();
  CementSource source;
  source.name = "needle";
  source.volume = plume_volume;
  source.point = (marks.upper.centre + marks.lower.centre) / 2;
  const auto shape = [&](double ratio) {
    PermeationParams q = bone;
    q.transverse_ratio = ratio;
    const Vec3 e = extent(mesh, permeate(mesh, mesh.nodes, {source}, {}, q).fill, source.point);
    return e[0] / e[2];
  };
  const double expected = std::sqrt(bone.transverse_ratio);
  out.judge("plume, antero-posterior over axial extent", "", shape(bone.transverse_ratio), 0.9 * expected,
            1.1 * expected);
  out.tell("the same of a plume in isotropic bone (1 but for the mesh)", "", shape(1));
}

} // namespace

RowInfo row_permeability() {
  return {.number = 20,
          .name = "permeability",
          .target = "Permeability of lumbar cancellous bone and its anisotropy",
          .source = "Baroud 2004, J Biomech 37:189",
          .band = "K_AP/K_SI 0.78; 3.4-4.5e-8 m2; plume: sqrt(0.78) = 0.88, ours +-10 %",
          .compared =
              "defaults of the stage inject; 2 mL into the middle of a uniform L3, mesh of 1.5 mm, root mean square "
              "extent about the needle",
          .use = Use::calibrated,
          .quick = true,
          .missing = {},
          .run = run};
}

} // namespace kypho::validate

// Row 21: thicker cement leaks less.
#include "benchmarks/validate/case_run.hpp"
#include "benchmarks/validate/rows.hpp"
#include "core/cement/permeation.hpp"
#include "mesh/anatomy.hpp"

#include <fmt/format.h>

namespace kypho::validate {
namespace {

constexpr double injected = 5000;     // mm3
constexpr double behind_the_wall = 8; // mm, of the needle's tip

void run(Outcome& out) {
  const Scenario scenario = Case("L1", 75).stage("load").scenario();
  const TetMesh mesh = intact_mesh(scenario);
  const Landmarks marks = make_anatomy(scenario.anatomy)->landmarks();
  const PermeationParams bone = make_permeation_params(Params(permeation_specs()));
  const Cement cement = make_cement(Params(find_cement("low_viscosity_pmma").specs));
  CementSource source;
  source.name = "needle";
  source.volume = injected;
  const Vec3 wall = (marks.upper.anterior + marks.lower.anterior) / 2;
  source.point = wall - Vec3(behind_the_wall, 0, 0);
  const LeakPath path = leak_path_at("defect", mesh, mesh.nodes, wall, 3, 5);
  const double grams = permeate(mesh, mesh.nodes, {source}, {path}, bone).leaked * cement.density * 1e-6;
  out.tell("leaked mass through a defect of 3 mm, any viscosity", "g", grams);
  for (const double ratio : {0.65, 0.38, 0.23})
    out.judge(fmt::format("leak over that of the thinnest cement, measured {:.2f}", ratio), "", 1, ratio - 0.2,
              ratio + 0.2);
  out.remarks.push_back(
      "The flow divides between bone and opening as between two resistances, both proportional to the "
      "viscosity: it cancels, so all four cements leak alike. Needed: shear thinning in the opening, the "
      "rise of the viscosity on the way, and the marrow that gives way (fingers).");
}

} // namespace

RowInfo row_leak_viscosity() {
  return {.number = 21,
          .name = "leak_viscosity",
          .target = "The leak falls with viscosity and age: 4.0, 2.6, 1.5, 0.92 g",
          .source = "Habib 2010, IJSS 4:26 (bench)",
          .band = "ratios 1 : 0.65 : 0.38 : 0.23, scatter 0.6-1.2 g; ours: +-0.2",
          .compared =
              "5 mL into an intact L1, 8 mm behind a hole of 3 mm in the anterior wall, at four viscosities; the "
              "bench's volume and channel are not known, ratios are judged",
          .use = Use::check,
          .quick = true,
          .missing = {},
          .run = run};
}

} // namespace kypho::validate

#include "core/cement/leaks.hpp"
#include "core/base/errors.hpp"

namespace kypho {
namespace {

struct Site {
  const char* choice;
  const char* path;
  Surface surface;
  Vec3 direction;
};

const std::vector<Site>& defect_sites() {
  static const std::vector<Site> sites{{"anterior", "anterior_defect", Surface::cortex, Vec3::UnitX()},
                                       {"left", "left_defect", Surface::cortex, Vec3::UnitY()},
                                       {"right", "right_defect", Surface::cortex, -Vec3::UnitY()},
                                       {"upper_endplate", "upper_disc", Surface::upper_endplate, Vec3::UnitZ()},
                                       {"lower_endplate", "lower_disc", Surface::lower_endplate, -Vec3::UnitZ()}};
  return sites;
}

Vec3 body_centre(const TetMesh& mesh, const std::vector<Vec3>& positions) {
  Vec3 sum = Vec3::Zero();
  double volume = 0;
  for (std::size_t e = 0; e < mesh.tets.size(); ++e) {
    if (mesh.region[e] == Region::posterior) continue;
    const auto& t = mesh.tets[e];
    const double v = tet_volume(positions[t[0]], positions[t[1]], positions[t[2]], positions[t[3]]);
    sum += v * (positions[t[0]] + positions[t[1]] + positions[t[2]] + positions[t[3]]) / 4;
    volume += v;
  }
  return sum / volume;
}

} // namespace

ParamSpecs leak_specs() {
  std::vector<std::string> choices{"none"};
  for (const Site& site : defect_sites()) choices.push_back(site.choice);
  return {
      flag("basivertebral_exit", false, "cement may leave through the basivertebral vein, mid posterior wall"),
      quantity("basivertebral_diameter", "mm", "3 mm", 0.2, 10, "bore of the basivertebral vein at its exit",
               "assumption"),
      choice("cortical_defect", "none", choices, "a hole in the wall of the body"),
      quantity("defect_diameter", "mm", "3 mm", 0.2, 15, "bore of that hole", "assumption"),
      quantity("leak_length", "mm", "5 mm", 0.1, 100, "length of the channel behind an opening", "assumption"),
  };
}

Vec3 wall_point(const TetMesh& mesh, const std::vector<Vec3>& positions, Surface surface, const Vec3& direction) {
  const Vec3 centre = body_centre(mesh, positions);
  double best = -2;
  Vec3 point = Vec3::Zero();
  for (const Facet& facet : mesh.facets) {
    if (facet.surface != surface) continue;
    const Vec3 at = (positions[facet.nodes[0]] + positions[facet.nodes[1]] + positions[facet.nodes[2]]) / 3;
    const double aim = (at - centre).normalized().dot(direction);
    if (aim > best) {
      best = aim;
      point = at;
    }
  }
  if (best < -1.5)
    throw InputError("a leak needs facets of kind " + std::string(name_of(surface)) + "; the mesh has none");
  return point;
}

std::vector<LeakPath> make_leak_paths(const Params& params, const TetMesh& mesh, const std::vector<Vec3>& positions) {
  std::vector<LeakPath> paths;
  const double length = params.number("leak_length");
  if (params.flag("basivertebral_exit"))
    paths.push_back(leak_path_at("basivertebral", mesh, positions,
                                 wall_point(mesh, positions, Surface::cortex, -Vec3::UnitX()),
                                 params.number("basivertebral_diameter"), length));
  for (const Site& site : defect_sites())
    if (params.text("cortical_defect") == site.choice)
      paths.push_back(leak_path_at(site.path, mesh, positions,
                                   wall_point(mesh, positions, site.surface, site.direction),
                                   params.number("defect_diameter"), length));
  return paths;
}

} // namespace kypho

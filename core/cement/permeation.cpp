#include "core/cement/permeation.hpp"
#include "core/base/errors.hpp"
#include "core/cement/pore_graph.hpp"
#include <algorithm>
#include <cmath>
#include <numbers>

namespace kypho {
namespace {

constexpr double pi = std::numbers::pi;
constexpr const char* backflow = "cannula_backflow";

double sphere_radius(double volume) { return std::cbrt(3 * volume / (4 * pi)); }
double sphere_volume(double radius) { return 4.0 / 3 * pi * radius * radius * radius; }

/// One portion on its way: what is left, and how the flow divides.
class Portion {
public:
  Portion(PoreGraph& graph, const CementSource& source, const std::vector<LeakPath>& paths,
          const PermeationParams& params, PermeationResult& result)
      : graph_(graph), source_(source), paths_(paths), params_(params), result_(result), left_(source.volume),
        open_(paths.size(), 0) {}

  void run(const std::vector<std::vector<int>>& paths_of_tet) {
    while (left_ > 0 && graph_.advance()) {
      const int tet = graph_.front_tet();
      for (const int path : paths_of_tet[tet])
        if (open_[path] == 0) open_[path] = 1 / leak_resistance(paths_[path], graph_.permeability(tet));
      fill(tet);
    }
    if (left_ > 0) leave();
  }

private:
  static double leak_resistance(const LeakPath& path, double K) {
    return 1 / (2 * K * path.diameter) + 128 * path.length / (pi * std::pow(path.diameter, 4));
  }

  // Leaked volume per volume that goes into bone.
  double leak_ratio() const {
    double conductance = 0;
    for (const double c : open_) conductance += c;
    if (conductance == 0 || bulk_ == 0) return 0;
    const double front = sphere_radius(sphere_volume(source_.radius) + bulk_);
    const double K = permeable_ / bulk_;
    return conductance * (1 / source_.radius - 1 / front) / (4 * pi * K);
  }

  void fill(int tet) {
    const double pores = graph_.pore_volume(tet);
    const double room = std::max(0.0, params_.displaced_marrow - result_.fill[tet]) * pores;
    bulk_ += graph_.volume(tet);
    permeable_ += graph_.volume(tet) * graph_.permeability(tet);
    const double ratio = leak_ratio();
    const double taken = std::min(room, left_ / (1 + ratio));
    if (taken <= 0) return;
    result_.fill[tet] += taken / pores;
    result_.permeated += taken;
    left_ = taken < room ? 0 : std::max(0.0, left_ - taken);
    leak(taken * ratio);
    if (result_.fill[tet] > params_.displaced_marrow / 2) result_.reach = std::max(result_.reach, graph_.distance(tet));
  }

  void leak(double volume) {
    double conductance = 0;
    for (const double c : open_) conductance += c;
    if (volume <= 0 || conductance == 0) return;
    for (std::size_t p = 0; p < paths_.size(); ++p) {
      if (open_[p] == 0) continue;
      const double part = volume * open_[p] / conductance;
      result_.leaks[paths_[p].name] += part;
      result_.leaked += part;
    }
    left_ = std::max(0.0, left_ - volume);
  }

  // All pores that can be reached are full.
  void leave() {
    const bool any = std::any_of(open_.begin(), open_.end(), [](double c) { return c > 0; });
    if (any) return leak(left_);
    result_.leaks[backflow] += left_;
    result_.leaked += left_;
  }

  PoreGraph& graph_;
  const CementSource& source_;
  const std::vector<LeakPath>& paths_;
  const PermeationParams& params_;
  PermeationResult& result_;
  double left_;                     // mm3
  double bulk_ = 0, permeable_ = 0; // bone behind the front: volume mm3, volume x permeability
  std::vector<double> open_;        // conductance of each opened leak, mm3
};

void check(const CementSource& source) {
  if (!(source.volume >= 0) || !std::isfinite(source.volume))
    throw InputError("cement source '" + source.name + "': the volume is negative");
  if (!(source.radius > 0)) throw InputError("cement source '" + source.name + "': the radius must be positive");
}

} // namespace

ParamSpecs permeation_specs() {
  return {
      quantity("permeability", "mm2", "0.0445 mm2", 1e-6, 10, "cranio-caudal permeability of trabecular bone",
               "4.45e-8 m2, lumbar, silicone oil: Baroud 2004, J Biomech 37:189; Nauman 1999 has 2.7e-11 to 2.0e-8 m2"),
      quantity("transverse_ratio", "", "0.78", 0.05, 2, "permeability across against along the body axis",
               "3.44 / 4.45: Baroud 2004; 0.49 in Nauman 1999"),
      quantity("reference_porosity", "%", "90 %", 30, 99, "porosity at which the permeability holds",
               "assumption: elderly lumbar bone, BV/TV 0.07-0.12 commonly quoted"),
      quantity("porosity_exponent", "", "3", 0, 6, "exponent of the porosity (3: Kozeny-Carman)",
               "form assumed; porosity governs permeability: Baroud 2004, Widmer & Ferguson 2013"),
      quantity("displaced_marrow", "%", "90 %", 10, 100, "share of the pores that cement can take", "assumption"),
      quantity("tissue_mineral", "mg/cm3", "1100 mg/cm3", 800, 1400, "mineral density of bone without pores",
               "0.60 x 1.8-2.0 g/cm3 (Schileo 2008 and common tissue density), commonly quoted, unverified"),
      quantity("injection_time", "min", "2 min", 0.1, 15, "from the first to the last drop, per side",
               "1-3 mL/min, commonly quoted, unverified"),
      quantity("cannula_length", "mm", "150 mm", 20, 400, "length of the cannula or bone filler",
               "usual set, unverified"),
      quantity("cannula_diameter", "mm", "2.5 mm", 0.5, 6, "inner diameter of the cannula or bone filler",
               "usual set, unverified"),
  };
}

PermeationParams make_permeation_params(const Params& params) {
  PermeationParams p;
  p.permeability = params.number("permeability");
  p.transverse_ratio = params.number("transverse_ratio");
  p.reference_porosity = params.number("reference_porosity");
  p.porosity_exponent = params.number("porosity_exponent");
  p.displaced_marrow = params.number("displaced_marrow");
  p.tissue_mineral = params.number("tissue_mineral");
  p.injection_time = params.number("injection_time");
  p.cannula_length = params.number("cannula_length");
  p.cannula_diameter = params.number("cannula_diameter");
  return p;
}

std::vector<double> pore_fractions(const TetMesh& mesh, const std::vector<Vec3>& positions,
                                   const PermeationParams& params) {
  std::vector<double> pores(mesh.tets.size());
  for (std::size_t e = 0; e < pores.size(); ++e) {
    const auto& t = mesh.tets[e];
    const double J = tet_volume(positions[t[0]], positions[t[1]], positions[t[2]], positions[t[3]]) /
                     tet_volume(mesh.nodes[t[0]], mesh.nodes[t[1]], mesh.nodes[t[2]], mesh.nodes[t[3]]);
    if (!(J > 0)) throw NonPhysical("permeation: tetrahedron " + std::to_string(e) + " is inverted");
    pores[e] = std::clamp(1 - mesh.bmd[e] / (J * params.tissue_mineral), 0.05, 0.99);
  }
  return pores;
}

PermeationResult permeate(const TetMesh& mesh, const std::vector<Vec3>& positions,
                          const std::vector<CementSource>& sources, const std::vector<LeakPath>& leak_paths,
                          const PermeationParams& params) {
  PermeationResult result;
  result.fill.assign(mesh.tets.size(), 0);
  std::vector<std::vector<int>> paths_of_tet(mesh.tets.size());
  for (std::size_t p = 0; p < leak_paths.size(); ++p) {
    result.leaks[leak_paths[p].name] += 0;
    for (const int facet : leak_paths[p].facets) paths_of_tet[mesh.facets[facet].tet].push_back(static_cast<int>(p));
  }
  PoreGraph graph(mesh, positions, pore_fractions(mesh, positions, params), params);
  for (const CementSource& source : sources) {
    check(source);
    if (source.volume == 0) continue;
    graph.start(source);
    Portion(graph, source, leak_paths, params, result).run(paths_of_tet);
  }
  return result;
}

LeakPath leak_path_at(std::string name, const TetMesh& mesh, const std::vector<Vec3>& positions, const Vec3& point,
                      double diameter, double length) {
  LeakPath path{std::move(name), {}, diameter, length};
  double least = 1e300;
  int nearest = -1;
  for (std::size_t f = 0; f < mesh.facets.size(); ++f) {
    const Facet& facet = mesh.facets[f];
    if (facet.surface != Surface::cortex && facet.surface != Surface::upper_endplate &&
        facet.surface != Surface::lower_endplate)
      continue;
    const Vec3 centre = (positions[facet.nodes[0]] + positions[facet.nodes[1]] + positions[facet.nodes[2]]) / 3;
    const double distance = (centre - point).norm();
    if (distance <= diameter / 2) path.facets.push_back(static_cast<int>(f));
    if (distance < least) {
      least = distance;
      nearest = static_cast<int>(f);
    }
  }
  if (nearest < 0) throw InputError("leak '" + path.name + "': the mesh has no cortex or endplate");
  if (path.facets.empty()) path.facets.push_back(nearest);
  return path;
}

// Tube, power-law fluid of consistency m and index n (Bird, Stewart, Lightfoot 2002, sec. 8.3):
//   dp = 2 m L / R ((3n + 1) / n  Q / (pi R^3))^n
// Bone: dp = eta Q / (4 pi K) (1/r1 - 1/r2), eta the apparent viscosity at 1 /s, as it was found in bone (Baroud 2004).
InjectionPressure injection_pressure(const Cement& cement, const PermeationParams& params, double flow, double age,
                                     double source_radius, double front_radius) {
  constexpr double megapascal = 1e-6;
  const double m = viscosity_at(cement, age, 1), n = cement.flow_index, R = params.cannula_diameter / 2;
  const double K = params.permeability * std::cbrt(params.transverse_ratio * params.transverse_ratio);
  InjectionPressure pressure;
  pressure.cannula =
      megapascal * 2 * m * params.cannula_length / R * std::pow((3 * n + 1) / n * flow / (pi * R * R * R), n);
  pressure.bone = megapascal * m * flow / (4 * pi * K) * std::max(0.0, 1 / source_radius - 1 / front_radius);
  return pressure;
}

} // namespace kypho

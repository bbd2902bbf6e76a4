// Inject: cement fills the cavity first; what finds no room there permeates the pores around it. The cavity is meshed in
// the shape that it has now, so that the cement is born in it.
#include "core/base/errors.hpp"
#include "core/cement/cement.hpp"
#include "core/cement/heat.hpp"
#include "core/cement/leaks.hpp"
#include "scenarios/stages/catalog.hpp"
#include "scenarios/stages/loading.hpp"

#include <algorithm>
#include <cmath>

namespace kypho {
namespace {

constexpr double extra_per_side = 500; // mm3 beyond the cavity when no volume is asked: +0.5 mL, usual practice
constexpr double through_weave = 100;  // mm3 that pass the weave of a container: assumption

class Inject final : public Stage {
public:
  explicit Inject(const Params& p) : permeation_(make_permeation_params(p)), params_(p) {
    if (p.has("volume")) volume_ = p.number("volume");
  }

  void run(StageContext& context) override {
    hold_loads(*context.model);
    const Model& old = *context.model;
    Remeshed fresh = remesh(old.mesh(), old.positions(), {}, true, context.scenario.mesh);
    TetMesh& mesh = fresh.mesh;
    std::vector<CementSource> sources = cavities(context, mesh);
    double cavity = 0;
    for (const CementSource& s : sources) cavity += s.volume;
    const bool contained =
        std::any_of(old.balloons.begin(), old.balloons.end(), [](const Balloon& b) { return b.stays_full; });
    const double extra = (contained ? through_weave : extra_per_side) * static_cast<double>(sources.size());
    const double injected = volume_ > 0 ? volume_ : cavity + extra;
    if (injected < cavity)
      throw InputError("inject: volume " + format_quantity(injected, "mL") + " does not fill the cavity of " +
                       format_quantity(cavity, "mL"));
    for (CementSource& s : sources) {
      s.radius = std::cbrt(3 * s.volume / (4 * M_PI)); // the ball of the cavity's volume
      s.volume = (injected - cavity) / static_cast<double>(sources.size());
    }

    const PermeationResult flow =
        permeate(mesh, mesh.nodes, sources, make_leak_paths(params_, mesh, mesh.nodes), permeation_);
    const std::vector<double> pores = pore_fractions(mesh, mesh.nodes, permeation_);
    context.fill = flow.fill;
    context.cement_fraction = cement_fractions(mesh, flow.fill, pores);
    const Cement cement = make_cement(context.scenario.cement_params);
    std::vector<double> factor(mesh.tets.size(), 1.0);
    for (std::size_t t = 0; t < factor.size(); ++t) {
      if (mesh.region[t] != Region::body || flow.fill[t] <= 0.5) continue;
      mesh.region[t] = Region::composite;
      factor[t] = composite_modulus_at(cement, 1.0, context.cement_fraction[t]) / cement.modulus;
    }
    const std::vector<char> caged = within_devices(context, mesh);
    context.replace_model(transfer(old, std::move(mesh), fresh.point_source, fresh.facet_source, factor),
                          fresh.mass_error);
    stiffen(*context.model, caged);
    report(context, cement, flow, injected, cavity);
    find_balance(context);
    context.write_frame(1, true);
  }

private:
  /// One source per drilled side, with its share of the cement tetrahedra and their volume.
  static std::vector<CementSource> cavities(const StageContext& context, const TetMesh& mesh) {
    std::vector<CementSource> sources;
    for (const Access& access : context.accesses) {
      sources.emplace_back();
      sources.back().name = access.side;
    }
    for (std::size_t t = 0; t < mesh.tets.size(); ++t) {
      if (mesh.region[t] != Region::cement) continue;
      const auto& n = mesh.tets[t];
      const Vec3 centre = (mesh.nodes[n[0]] + mesh.nodes[n[1]] + mesh.nodes[n[2]] + mesh.nodes[n[3]]) / 4;
      const std::size_t best = nearest_access(context, centre);
      sources[best].tets.push_back(static_cast<int>(t));
      sources[best].volume += tet_volume(mesh.nodes[n[0]], mesh.nodes[n[1]], mesh.nodes[n[2]], mesh.nodes[n[3]]);
    }
    std::erase_if(sources, [](const CementSource& s) { return s.tets.empty(); });
    if (sources.empty()) throw InputError("inject: there is no cavity in the body to fill");
    return sources;
  }

  /// Cement tetrahedra inside devices that stay: these keep the shape of what they enclose while it sets.
  static std::vector<char> within_devices(const StageContext& context, const TetMesh& mesh) {
    const Model& model = *context.model;
    std::vector<char> caged(mesh.tets.size(), 0);
    const std::vector<Vec3> x = model.positions();
    std::vector<double> rear; // end of each balloon that stays, along its axis
    for (const Balloon& b : model.balloons) {
      double last = 1e300;
      for (const int f : b.fluid->facets())
        for (const int n : model.mesh().facets[f].nodes)
          last = std::min(last, axis_of(access_of(context, b.side)).dot(x[n]));
      rear.push_back(last);
    }
    for (std::size_t t = 0; t < caged.size(); ++t) {
      if (mesh.region[t] != Region::cement) continue;
      const auto& n = mesh.tets[t];
      const Vec3 centre = (mesh.nodes[n[0]] + mesh.nodes[n[1]] + mesh.nodes[n[2]] + mesh.nodes[n[3]]) / 4;
      for (const Expander& e : model.expanders) caged[t] |= e.term->holds(centre, model.system.u);
      for (std::size_t k = 0; k < model.balloons.size(); ++k) {
        const Access& access = access_of(context, model.balloons[k].side);
        if (&access == &context.accesses[nearest_access(context, centre)] && axis_of(access).dot(centre) > rear[k])
          caged[t] = 1;
      }
    }
    return caged;
  }

  static Vec3 axis_of(const Access& access) { return (access.channel.tip - access.channel.entry).normalized(); }

  static const Access& access_of(const StageContext& context, const std::string& side) {
    for (const Access& access : context.accesses)
      if (access.side == side) return access;
    throw std::logic_error("a device without its channel");
  }

  /// The channel whose axis is nearest to a point.
  static std::size_t nearest_access(const StageContext& context, const Vec3& p) {
    std::size_t best = 0;
    double nearest = 1e300;
    for (std::size_t s = 0; s < context.accesses.size(); ++s) {
      const Vec3 axis = axis_of(context.accesses[s]), from = p - context.accesses[s].channel.tip;
      const double d = (from - from.dot(axis) * axis).norm();
      if (d < nearest) {
        nearest = d;
        best = s;
      }
    }
    return best;
  }

  static void stiffen(Model& model, const std::vector<char>& caged) {
    for (int t = 0; t < static_cast<int>(caged.size()); ++t)
      for (int q = 0; caged[t] && q < model.bulk->points_per_tet(); ++q) {
        PointData point = model.bulk->point(t, q);
        point.conversion = 1;
        model.bulk->set_point(t, point, q);
      }
  }

  void report(StageContext& context, const Cement& cement, const PermeationResult& flow, double injected,
              double cavity) const {
    CementMeasure m;
    m.injected_ml = injected / 1000;
    m.in_cavity_ml = cavity / 1000;
    m.permeated_ml = flow.permeated / 1000;
    m.leaked_ml = flow.leaked / 1000;
    for (const auto& [path, volume] : flow.leaks) m.leaks[path] = volume / 1000;
    context.measures.cement = m;
    const double sides = static_cast<double>(std::max<std::size_t>(1, context.accesses.size()));
    const double cavity_radius = std::cbrt(3 * cavity / sides / (4 * M_PI));
    const InjectionPressure p = injection_pressure(cement, permeation_, injected / sides / permeation_.injection_time,
                                                   cement.viscosity_age, cavity_radius, cavity_radius + flow.reach);
    context.measures.cement->injection_pressure_mpa = {{"cannula", p.cannula}, {"bone", p.bone}};
  }

  PermeationParams permeation_;
  Params params_; ///< the openings, made when the mesh is known
  double volume_ = 0;
};

} // namespace

StageInfo inject_stage() {
  ParamSpec volume =
      quantity("volume", "mL", "", 0.1, 20, "cement of all sides together; absent: cavity plus 0.5 mL a side",
               "2.4 mL a side: FREE, SBPR2012-005");
  volume.optional = true;
  ParamSpecs specs{volume};
  for (ParamSpec& spec : permeation_specs()) specs.push_back(std::move(spec));
  for (ParamSpec& spec : leak_specs()) specs.push_back(std::move(spec));
  return {"inject", "fills the cavity with cement and drives the rest into the pores around it", specs,
          [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<Inject>(p); }};
}

} // namespace kypho

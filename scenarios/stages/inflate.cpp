// Inflate: balloons of the catalog at the ends of the channels, filled by volume, stopped by volume or pressure.
#include "core/base/errors.hpp"
#include "core/devices/device.hpp"
#include "scenarios/stages/catalog.hpp"
#include "scenarios/stages/context.hpp"

#include <algorithm>

namespace kypho {
namespace {

constexpr double fluid_stiffness = 0.02; // MPa/mm3: contrast medium, tubing and syringe give 0.05 mL at 1 MPa
constexpr double shaft_stiffness = 50;   // N/mm: inner shaft of the catheter, 2 mm2 of 500 MPa over 20 mm
constexpr int samples = 20;              // of pressure and volume
constexpr double sample_balance = 1e-4;  // imbalance at a sample: pressure within about 1 %
constexpr double nose = 1.5;             // mm of balloon before and behind its working length

std::vector<std::string> device_names() {
  std::vector<std::string> names;
  for (const BalloonInfo& info : balloon_catalog()) names.push_back(info.name);
  return names;
}

class Inflate final : public Stage {
public:
  explicit Inflate(const Params& p)
      : device_(find_balloon(p.text("device"))), volume_(p.number("volume")), limit_(p.number("pressure_limit")),
        effort_(p.number("effort")) {
    if (volume_ > device_.max_volume)
      throw InputError("inflate: volume " + format_quantity(volume_, "mL") + " is above the " +
                       format_quantity(device_.max_volume, "mL") + " that " + device_.name + " holds");
    if (limit_ > device_.max_pressure * (1 + 1e-9))
      throw InputError("inflate: pressure_limit " + format_quantity(limit_, "psi") + " is above the " +
                       format_quantity(device_.max_pressure, "psi") + " at which " + device_.name + " may burst");
  }

  void run(StageContext& context) override {
    Model& model = *context.model;
    if (context.before_inflation.empty()) {
      context.before_inflation = context.last_station;
      context.lift_base = context.measures.stations.at(context.last_station);
    }
    for (const Access& access : context.accesses) model.balloons.push_back(place(model, access));
    model.connect();
    Phase phase;
    phase.name = "inflate";
    phase.effort = effort_;
    phase.observations = samples;
    phase.rest = std::max(
        sample_balance,
        context.engine->balance()); // pressure and volume at rest, as a surgeon reads them who waits after each step
    phase.settle = true;
    phase.load = [&](double t) {
      for (Balloon& b : model.balloons)
        if (b.stopped_by.empty()) b.fluid->fluid = b.start + (volume_ - b.start) * t;
    };
    phase.reached = [&](double) { return stop_at_pressure(model); };
    int sample = 0;
    phase.observe = [&](double t) {
      for (const Balloon& b : model.balloons)
        context.measures.pressure_volume.push_back(
            {b.side, b.fluid->volume(model.system.u) / 1000, b.fluid->pressure()});
      if (++sample % 4 == 0 && t < 1) context.write_frame(t, false);
    };
    context.ramp(phase, 0, 1, false);
    for (Balloon& b : model.balloons) {
      if (b.stopped_by.empty()) b.stopped_by = "volume";
      const double volume = b.fluid->volume(model.system.u) / 1000;
      context.measures.balloons.push_back({b.device, b.side, volume, b.fluid->pressure(), b.stopped_by});
      context.measures.pressure_volume.push_back({b.side, volume, b.fluid->pressure()});
    }
    context.note_station("inflated");
    context.write_frame(1, true);
  }

private:
  /// A balloon stops taking fluid at its pressure limit. True when all have stopped.
  bool stop_at_pressure(Model& model) const {
    bool all = true;
    for (Balloon& b : model.balloons) {
      if (b.stopped_by.empty() && b.fluid->pressure() >= limit_) b.stopped_by = "pressure";
      all = all && !b.stopped_by.empty();
    }
    return all;
  }

  Balloon place(const Model& model, const Access& access) const {
    const Vec3 axis = (access.channel.tip - access.channel.entry).normalized();
    const double reach = device_.length + 2 * nose;
    const std::vector<Vec3> x = model.positions();
    std::vector<int> facets, cannula;
    const TetMesh& mesh = model.mesh();
    for (int f = 0; f < static_cast<int>(mesh.facets.size()); ++f) {
      if (mesh.facets[f].surface != access.channel.wall) continue;
      const auto& n = mesh.facets[f].nodes;
      const Vec3 centre = (x[n[0]] + x[n[1]] + x[n[2]]) / 3;
      if ((access.channel.tip - centre).dot(axis) > reach) {
        cannula.insert(cannula.end(), n.begin(), n.end());
        continue;
      }
      facets.push_back(f);
    }
    std::sort(cannula.begin(), cannula.end());
    cannula.erase(std::unique(cannula.begin(), cannula.end()), cannula.end());
    std::erase_if(cannula, [&](int n) { return (access.channel.tip - x[n]).dot(axis) < reach + 2; });
    Balloon b;
    b.device = device_.name;
    b.side = access.side;
    b.max_pressure = limit_;
    b.fluid = std::make_unique<BalloonTerm>(mesh, facets, fluid_stiffness, shaft_stiffness, axis, cannula);
    b.wall_tension = device_.wall_tension;
    b.locking_stretch = device_.max_diameter / (2 * access.channel.radius);
    b.put_on_wall(mesh);
    b.start = b.fluid->volume(model.system.u);
    b.fluid->fluid = b.start;
    if (volume_ <= b.start)
      throw InputError("inflate: volume " + format_quantity(volume_, "mL") + " is below the " +
                       format_quantity(b.start, "mL") + " of the channel itself");
    return b;
  }

  const BalloonInfo& device_;
  double volume_, limit_, effort_;
};

} // namespace

StageInfo inflate_stage() {
  return {"inflate",
          "fills a balloon in each channel, all at once, by volume; stops at the volume or at the pressure limit",
          {
              choice("device", "ibt_15_3", device_names(), "balloon of the catalog"),
              quantity("volume", "mL", "2.4 mL", 0.1, 8, "contrast medium per balloon",
                       "2.4 mL per side: FREE, SBPR2012-005"),
              quantity("pressure_limit", "psi", "400 psi", 10, 800, "pressure at which a balloon takes no more",
                       "industry's figure, 510(k) K132620, K192449"),
              quantity("effort", "", "1", 0.1, 50, "explicit steps of the inflation, in full ramps"),
          },
          [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<Inflate>(p); }};
}

} // namespace kypho

// Inflate: balloons of the catalog at the ends of the channels, filled step by step as a surgeon does who looks at the
// gauge and the images after each step, and stopped by what such a surgeon stops at.
#include "core/base/errors.hpp"
#include "core/devices/implant.hpp"
#include "scenarios/stages/catalog.hpp"
#include "scenarios/stages/context.hpp"
#include "scenarios/stages/fill_plan.hpp"
#include "scenarios/stages/loading.hpp"
#include "scenarios/stages/opening.hpp"
#include "scenarios/stages/stop_rules.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace kypho {
namespace {

constexpr double fluid_stiffness = 0.02; // MPa/mm3: contrast medium, tubing and syringe give 0.05 mL at 1 MPa
constexpr double shaft_stiffness = 50;   // N/mm: inner shaft of the catheter, 2 mm2 of 500 MPa over 20 mm
constexpr double reading_balance = 1e-4; // imbalance at a reading: pressure within about 1 %
constexpr double nose = 1.5;             // mm of balloon before and behind its working length
constexpr double usual_volume = 2200;    // mm3 that a full ramp fills
constexpr double seat = 0.345;           // MPa, 50 psi: the balloon holds itself in the bone

std::string pressure_in_words(double pressure) { return fmt::format("{:.0f} psi", pressure / find_unit("psi").factor); }

/// Extent of a set of facets along a direction, mm.
double extent(const Model& model, const std::vector<int>& facets, const Vec3& along) {
  const std::vector<Vec3> x = model.positions();
  double low = 1e300, high = -1e300;
  for (const int f : facets)
    for (const int n : model.mesh().facets[f].nodes) {
      low = std::min(low, x[n].dot(along));
      high = std::max(high, x[n].dot(along));
    }
  return high - low;
}

/// Force of @p pressure on the area of the facets that is seen from above, N.
double push_up(const Model& model, const std::vector<int>& facets, double pressure) {
  const std::vector<Vec3> x = model.positions();
  double area = 0;
  for (const int f : facets) {
    const auto& n = model.mesh().facets[f].nodes; // outward from the bone is into the cavity
    area += std::max(0.0, -0.5 * (x[n[1]] - x[n[0]]).cross(x[n[2]] - x[n[0]]).z());
  }
  return pressure * area;
}

class Inflate final : public Stage {
public:
  explicit Inflate(const Params& p)
      : filled_(find_filled_device(p.text("device"))), device_(filled_.balloon),
        limit_(p.has("pressure_limit") ? p.number("pressure_limit") : device_.max_pressure),
        habits_{p.number("step"), p.number("fill_time"), p.number("wait"), p.text("order") == "alternating"},
        effort_(p.number("effort")), rules_(p) {
    volume_ = {{"left", p.number("volume")}, {"right", p.number("volume")}};
    for (auto& [side, volume] : volume_)
      if (p.has("volume_" + side)) volume = p.number("volume_" + side);
    for (const auto& [side, volume] : volume_)
      if (volume > device_.max_volume)
        throw InputError("inflate: volume " + format_quantity(volume, "mL") + " is above the " +
                         format_quantity(device_.max_volume, "mL") + " that " + device_.name + " holds");
    if (limit_ > device_.max_pressure * (1 + 1e-9))
      throw InputError("inflate: pressure_limit " + pressure_in_words(limit_) + " is above the " +
                       pressure_in_words(device_.max_pressure) + " at which " + device_.name + " may burst");
  }

  void run(StageContext& context) override {
    Model& model = *context.model;
    note_lift_base(context);
    const WallWatch watch(model);
    std::vector<Filling> fillings;
    for (const Access& access : context.accesses) {
      model.balloons.push_back(place(model, access));
      fillings.push_back({volume_.at(access.side), access.channel});
      fillings.back().bone_before = watch.bone_left(model, model.balloons.back().fluid->facets());
    }
    model.connect();
    const double rise = model.upper ? model.system.u[model.upper_unknown()] : 0;
    fill(context, watch, fillings);
    InflationMeasure measure;
    measure.lifted_mj = model.upper ? -model.upper->load * (model.system.u[model.upper_unknown()] - rise) : 0;
    note(context, watch, fillings, measure);
    context.note_station("inflated");
    context.write_frame(1, true);
  }

private:
  /// What one balloon is to take, and has.
  struct Filling {
    double volume = 0; ///< asked for, mm3
    Channel channel;
    std::map<std::string, double> bone_before{};
    std::string detail{};
    std::optional<double> seated{};
    double last_volume = -1, last_pressure = 0, work = 0; ///< for int p dV
    double peak = 0, highest = 0;                         ///< MPa, since the last reading, and of all
    int reading = -1;                                     ///< place of the last reading
    double read_fluid = 0;                                ///< fluid that the balloon held then, mm3
  };

  void fill(StageContext& context, const WallWatch& watch, std::vector<Filling>& fillings) const {
    Model& model = *context.model;
    std::vector<double> start, asked;
    double most = 0;
    for (std::size_t k = 0; k < fillings.size(); ++k) {
      start.push_back(model.balloons[k].start);
      asked.push_back(fillings[k].volume);
      most = std::max(most, asked[k] - start[k]);
    }
    FillPlan plan(habits_, start, asked);
    Phase phase;
    phase.name = "inflate";
    phase.effort = effort_ * plan.length() * std::max(1.0, most / usual_volume); // no faster per mL than usual
    phase.observations = plan.turns();
    phase.rest = std::max(reading_balance, context.engine->balance());
    phase.settle = true;
    phase.load = [&](double t) {
      resist(model, plan, t);
      for (std::size_t k = 0; k < fillings.size(); ++k) {
        Balloon& b = model.balloons[k];
        if (!b.stopped_by.empty()) continue;
        fillings[k].peak = std::max(fillings[k].peak, b.fluid->pressure());
        if (b.fluid->pressure() >= limit_) plan.pause(k, t);
        b.fluid->fluid = plan.volume(k, t);
      }
    };
    phase.reached = [&](double t) {
      bool stopped = true, full = true;
      for (std::size_t k = 0; k < fillings.size(); ++k) {
        const Balloon& b = model.balloons[k];
        follow(model, b, fillings[k]);
        stopped = stopped && !b.stopped_by.empty();
        full = full && (!b.stopped_by.empty() || plan.volume(k, t) >= fillings[k].volume * (1 - 1e-9));
      }
      return stopped || (full && plan.waited(t) > 0.999);
    };
    int reading = 0;
    const int every = std::max(1, phase.observations / 5);
    phase.observe = [&](double t) {
      for (std::size_t k = 0; k < fillings.size(); ++k)
        if (model.balloons[k].stopped_by.empty()) read(context, model.balloons[k], fillings[k]);
      look(context, watch, fillings);
      for (std::size_t k = 0; k < fillings.size(); ++k) {
        Balloon& b = model.balloons[k];
        if (plan.gives_up(k, t) && b.stopped_by.empty()) stop(b, fillings[k], "pressure", pressure_in_words(limit_));
        if (!b.stopped_by.empty()) plan.stop(k, t);
      }
      if (++reading % every == 0 && t < 1) context.write_frame(std::min(0.99, t / plan.usual_end()), false);
    };
    context.ramp(phase, 0, 1 / plan.usual_end(), false);
  }

  /// What bone and wall bear while a step is poured in, and less the longer it is waited on.
  void resist(Model& model, const FillPlan& plan, double t) const {
    const double waited = plan.waited(t), rest = relaxed_rate(habits_.wait, model.rate_exponent());
    const double fast = std::max(plan.pouring_rate(t), rest);
    model.strain_at(fast * std::pow(rest / fast, waited));
    // Of the wall's tension only what the step has added is fresh.
    const double over = device_.relaxation / (1 - device_.relaxation);
    for (std::size_t k = 0; k < model.balloons.size(); ++k)
      model.balloons[k].wall->scale = 1 + (1 - waited) * over * plan.fresh(k, t);
  }

  /// The gauge at rest after a step; once more where nothing was poured since.
  static void read(StageContext& context, const Balloon& b, Filling& filling) {
    const double pressure = b.fluid->pressure(), volume = b.fluid->volume(context.model->system.u) / 1000;
    std::vector<PressureVolumePoint>& all = context.measures.pressure_volume;
    if (filling.reading >= 0 && b.fluid->fluid == filling.read_fluid) {
      all[filling.reading].volume_ml = volume;
      all[filling.reading].pressure_mpa = pressure;
      return;
    }
    filling.reading = static_cast<int>(all.size());
    filling.read_fluid = b.fluid->fluid;
    filling.peak = std::max(filling.peak, pressure);
    filling.highest = std::max(filling.highest, filling.peak);
    all.push_back({b.side, volume, pressure, std::exchange(filling.peak, 0.0)});
  }

  /// Between readings: the work of the fluid, the seat.
  static void follow(const Model& model, const Balloon& b, Filling& filling) {
    const double volume = b.fluid->volume(model.system.u), pressure = b.fluid->pressure();
    if (filling.last_volume >= 0)
      filling.work += 0.5 * (pressure + filling.last_pressure) * (volume - filling.last_volume);
    filling.last_volume = volume;
    filling.last_pressure = pressure;
    if (!filling.seated && pressure >= seat) filling.seated = volume / 1000;
  }

  static void stop(Balloon& b, Filling& filling, std::string why, std::string detail) {
    b.stopped_by = std::move(why);
    filling.detail = std::move(detail);
  }

  /// The images after a step.
  void look(StageContext& context, const WallWatch& watch, std::vector<Filling>& fillings) const {
    for (std::size_t k = 0; k < fillings.size(); ++k) {
      Balloon& b = context.model->balloons[k];
      if (!b.stopped_by.empty()) continue;
      if (auto found = rules_.look(context, watch, b.fluid->facets(), fillings[k].bone_before))
        stop(b, fillings[k], std::move(found->why), std::move(found->detail));
    }
  }

  void note(StageContext& context, const WallWatch& watch, std::vector<Filling>& fillings,
            InflationMeasure measure) const {
    Model& model = *context.model;
    std::vector<int> all;
    for (std::size_t k = 0; k < fillings.size(); ++k) {
      Balloon& b = model.balloons[k];
      const std::vector<int>& facets = b.fluid->facets();
      all.insert(all.end(), facets.begin(), facets.end());
      if (b.stopped_by.empty()) {
        constexpr double full = 0.98; // pauses have left out more than that
        if (b.fluid->fluid < full * fillings[k].volume)
          stop(b, fillings[k], "pressure", pressure_in_words(limit_));
        else
          b.stopped_by = "volume";
      }
      read(context, b, fillings[k]);
      const double volume = b.fluid->volume(model.system.u) / 1000, pressure = b.fluid->pressure();
      const Channel& c = fillings[k].channel;
      const Vec3 axis = (c.tip - c.entry).normalized(), across = Vec3::UnitZ().cross(axis).normalized();
      context.measures.balloons.push_back({b.device, b.side, volume, pressure, fillings[k].highest, b.stopped_by,
                                           fillings[k].detail, fillings[k].seated, push_up(model, facets, pressure),
                                           extent(model, facets, axis), extent(model, facets, across),
                                           extent(model, facets, axis.cross(across)), watch.bone_left(model, facets)});
      measure.fluid_mj += fillings[k].work;
      measure.membrane_mj += b.wall->stored(model.system.u);
    }
    note_opening(context, watch, all, std::move(measure));
  }

  Balloon place(const Model& model, const Access& access) const {
    const Vec3 axis = (access.channel.tip - access.channel.entry).normalized();
    const TetMesh& mesh = model.mesh();
    const DeviceSeat bed = seat_of(model, access.channel, device_.length + 2 * nose, 2);
    Balloon b;
    b.device = device_.name;
    b.side = access.side;
    b.max_pressure = limit_;
    b.fluid = std::make_unique<BalloonTerm>(mesh, bed.facets, fluid_stiffness, shaft_stiffness, axis, bed.shaft);
    b.wall_tension = device_.wall_tension;
    b.locking_stretch = device_.max_diameter / (2 * access.channel.radius);
    b.stent_tension = filled_.stent_tension;
    b.stent_stiffness = filled_.stent_stiffness;
    b.stays_full = filled_.stays_full;
    b.put_on_wall(mesh);
    b.start = b.fluid->volume(model.system.u);
    b.fluid->fluid = b.start;
    const double asked = volume_.at(access.side);
    if (asked <= b.start)
      throw InputError("inflate: volume " + format_quantity(asked, "mL") + " is below the " +
                       format_quantity(b.start, "mL") + " of the channel itself");
    return b;
  }

  FilledDevice filled_;
  const BalloonInfo& device_;            ///< its balloon
  std::map<std::string, double> volume_; ///< by side, mm3
  double limit_;
  FillHabits habits_;
  double effort_;
  StopRules rules_;
};

} // namespace

StageInfo inflate_stage() {
  ParamSpecs specs{
      choice("device", "ibt_15_3", filled_device_names(), "balloon, stent or mesh container of the catalog"),
      quantity("volume", "mL", "2.4 mL", 0.1, 8, "contrast medium per balloon", "2.4 mL per side: FREE, SBPR2012-005"),
      optional_quantity("volume_left", "mL", 0.1, 8, "of the left balloon, instead of volume"),
      optional_quantity("volume_right", "mL", 0.1, 8, "of the right balloon, instead of volume"),
      quantity("step", "mL", "0.25 mL", 0.02, 2,
               "volume per step at most; after each the body comes to rest and the gauge is read",
               "0.25 to 0.5 mL, usual practice"),
      quantity("fill_time", "s", "3 s", 0.1, 600, "in which a step is poured in, against bone that resists the rate",
               "assumption: a turn of the handle"),
      quantity("wait", "s", "20 s", 1, 3600, "after each step; bone and wall relax, and the gauge is read",
               "decay in 10-30 s, commonly quoted"),
      choice("order", "simultaneous", {"simultaneous", "alternating"},
             "two balloons together, or a step at a time in turn"),
      optional_quantity(
          "pressure_limit", "psi", 10, 800,
          "pressure at which a balloon takes no more in this step, and none at all once a step brings less than a "
          "tenth; absent: what the device bears",
          "400 psi: industry's figure, 510(k) K132620, K192449"),
      quantity("effort", "", "1", 0.1, 50, "explicit steps of the inflation, in full ramps"),
  };
  for (ParamSpec& spec : stop_specs()) specs.push_back(std::move(spec));
  return {
      "inflate",
      "fills a balloon in each channel step by step, until the volume, the pressure limit, the height, a wall of the "
      "body or a breach stops it",
      specs, [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<Inflate>(p); }};
}

} // namespace kypho

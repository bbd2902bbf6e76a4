// Expand: jacks and bone expanders open in their channels, a step at a time, against the force that they can bear.
#include "core/base/errors.hpp"
#include "core/devices/expander.hpp"
#include "scenarios/stages/catalog.hpp"
#include "scenarios/stages/loading.hpp"
#include "scenarios/stages/opening.hpp"
#include "scenarios/stages/stop_rules.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace kypho {
namespace {

constexpr double stiffness = 30;         // MPa/mm: gives 0.05 mm where the device presses with 1.5 MPa
constexpr double reading_balance = 1e-4; // imbalance at a reading, as of a balloon
constexpr double behind_tip = 0.5;       // mm between the device and the end of its channel

std::vector<std::string> device_names() {
  std::vector<std::string> names;
  for (const ExpanderInfo& info : expander_catalog()) names.push_back(info.name);
  return names;
}

class Expand final : public Stage {
public:
  explicit Expand(const Params& p)
      : device_(find_expander(p.text("device"))), most_force_(device_.max_force), step_(p.number("step")),
        effort_(p.number("effort")), rules_(p) {
    if (p.has("force_limit")) most_force_ = p.number("force_limit");
    if (most_force_ > device_.max_force)
      throw InputError("expand: force_limit " + format_quantity(most_force_, "N") + " is above the " +
                       format_quantity(device_.max_force, "N") + " of " + device_.name);
    const double closed = device_.closed.height(), open = device_.open.height();
    if (p.has("height")) {
      const double height = p.number("height");
      if (height <= closed || height > open)
        throw InputError("expand: height " + format_quantity(height, "mm") + " is not what " + device_.name +
                         " opens to: more than " + format_quantity(closed, "mm") + ", up to " +
                         format_quantity(open, "mm"));
      share_ = (height - closed) / (open - closed);
    }
  }

  void run(StageContext& context) override {
    Model& model = *context.model;
    note_lift_base(context);
    const WallWatch watch(model);
    std::vector<Opening> openings;
    for (const Access& access : context.accesses) {
      model.expanders.push_back(place(model, access));
      openings.push_back({access.channel, watch.bone_left(model, model.expanders.back().term->facets()), ""});
    }
    model.connect();
    const double travel = share_ * (device_.open.height() - device_.closed.height());
    Phase phase;
    phase.name = "expand";
    phase.effort = effort_;
    phase.observations = std::max(1, static_cast<int>(std::ceil(travel / step_ - 1e-9)));
    phase.rest = std::max(reading_balance, context.engine->balance());
    phase.settle = true;
    model.strain_at(reference_strain_rate); // opened within a minute, as fast as bone is tested
    phase.load = [&](double t) {
      for (Expander& e : model.expanders)
        if (e.stopped_by.empty()) {
          e.opened = share_ * t;
          e.term->shape = device_.shape(e.opened);
        }
    };
    phase.reached = [&](double) {
      bool all = true;
      for (std::size_t k = 0; k < openings.size(); ++k) {
        Expander& e = model.expanders[k];
        if (e.stopped_by.empty() && force(e) >= most_force_) {
          e.stopped_by = "force";
          openings[k].detail = format_quantity(most_force_, "N");
        }
        all = all && !e.stopped_by.empty();
      }
      return all;
    };
    phase.observe = [&](double t) {
      for (std::size_t k = 0; k < openings.size(); ++k) {
        Expander& e = model.expanders[k];
        context.measures.force_opening.push_back({e.side, e.term->shape.height(), force(e)});
        if (!e.stopped_by.empty()) continue;
        if (const auto found = rules_.look(context, watch, e.term->facets(), openings[k].bone_before)) {
          e.stopped_by = found->why;
          openings[k].detail = found->detail;
        }
      }
      if (t < 1) context.write_frame(t, false);
    };
    const double rise = model.upper ? model.system.u[model.upper_unknown()] : 0;
    context.ramp(phase, 0, 1, false);
    relax(context);
    InflationMeasure measure;
    measure.lifted_mj = model.upper ? -model.upper->load * (model.system.u[model.upper_unknown()] - rise) : 0;
    note(context, watch, openings, measure);
    context.note_station("inflated");
    context.write_frame(1, true);
  }

private:
  struct Opening {
    Channel channel;
    std::map<std::string, double> bone_before;
    std::string detail;
  };

  /// Then it is left, and bone gives way.
  static void relax(StageContext& context) {
    Model& model = *context.model;
    const double rest = held_rate(model);
    Phase phase;
    phase.name = "expand";
    phase.effort = 0.05;
    phase.observations = 1;
    phase.settle = true;
    phase.load = [&](double t) { model.strain_at(reference_strain_rate * std::pow(rest / reference_strain_rate, t)); };
    context.ramp(phase, 1, 1, false);
  }

  static double force(const Expander& e) { return std::max(e.term->push_up(), e.term->push_down()); }

  void note(StageContext& context, const WallWatch& watch, const std::vector<Opening>& openings,
            const InflationMeasure& measure) const {
    Model& model = *context.model;
    std::vector<int> all;
    for (std::size_t k = 0; k < openings.size(); ++k) {
      Expander& e = model.expanders[k];
      if (e.stopped_by.empty()) e.stopped_by = "opening";
      all.insert(all.end(), e.term->facets().begin(), e.term->facets().end());
      context.measures.expanders.push_back({e.device, e.side, e.term->shape.height(), force(e), e.stopped_by,
                                            openings[k].detail, watch.bone_left(model, e.term->facets())});
    }
    note_opening(context, watch, all, measure);
  }

  Expander place(const Model& model, const Access& access) const {
    const Channel& channel = access.channel;
    const Vec3 axis = (channel.tip - channel.entry).normalized();
    const double length = device_.closed.length();
    DeviceSeat seat = seat_of(model, channel, length + behind_tip + 1, 2);
    const Vec3 across = Vec3::UnitZ().cross(axis).normalized();
    Expander e;
    e.device = device_.name;
    e.side = access.side;
    e.term = std::make_unique<ExpanderTerm>(model.mesh(), std::move(seat.facets), std::move(seat.shaft),
                                            channel.tip - (behind_tip + 0.5 * length) * axis, axis, axis.cross(across),
                                            stiffness);
    e.term->shape = device_.shape(0);
    return e;
  }

  const ExpanderInfo& device_;
  double share_ = 1, most_force_, step_, effort_;
  StopRules rules_;
};

} // namespace

StageInfo expand_stage() {
  ParamSpecs specs{
      choice("device", "jack_50", device_names(), "jack or expander of the catalog"),
      optional_quantity("height", "mm", 3, 25, "that it is opened to, towards the endplates; absent: all that it can"),
      optional_quantity("force_limit", "N", 10, 2000,
                        "towards an endplate at which it stops; absent: what it can bear"),
      quantity("step", "mm", "1 mm", 0.1, 5, "opening per step at most; after each the body comes to rest"),
      quantity("effort", "", "1", 0.1, 50, "explicit steps of the opening, in full ramps"),
  };
  for (ParamSpec& spec : stop_specs()) specs.push_back(std::move(spec));
  return {
      "expand",
      "opens a jack or an expander in each channel step by step, until the opening, the force, the height, a wall of "
      "the body or a breach stops it",
      specs, [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<Expand>(p); }};
}

} // namespace kypho

// Deflate: the pressure is let out and the balloons are withdrawn, expanders close and are taken out; the cavity recoils under
// the preload that is held. What is made to stay, stays.
#include "core/devices/expander.hpp"
#include "scenarios/stages/catalog.hpp"
#include "scenarios/stages/context.hpp"
#include "scenarios/stages/loading.hpp"

#include <algorithm>

namespace kypho {
namespace {

class Deflate final : public Stage {
public:
  explicit Deflate(const Params& p) : effort_(p.number("effort")) {}

  void run(StageContext& context) override {
    Model& model = *context.model;
    hold_loads(model);
    std::vector<Balloon*> balloons; // that are let down
    std::vector<double> start;
    for (Balloon& b : model.balloons)
      if (!b.stays_full) {
        balloons.push_back(&b);
        start.push_back(b.fluid->pressure());
      }
    const auto leaves = [](const Expander& e) { return !find_expander(e.device).stays; };
    Phase phase;
    phase.name = "deflate";
    phase.effort = effort_;
    phase.observations = 6;
    phase.settle = true;
    phase.load = [&](double t) {
      for (std::size_t k = 0; k < start.size(); ++k) {
        balloons[k]->fluid->held_pressure = start[k] * (1 - t);
        balloons[k]->wall->scale = 1 - t; // wall and shaft let go with the pressure
        balloons[k]->fluid->shaft = 1 - t;
      }
      for (Expander& e : model.expanders)
        if (leaves(e)) e.term->shape = find_expander(e.device).shape(e.opened * (1 - t));
    };
    if (!start.empty() || std::any_of(model.expanders.begin(), model.expanders.end(), leaves))
      context.ramp(phase, 0, 1);
    for (Balloon* b : balloons) b->emptied = true;
    std::erase_if(model.balloons, [](const Balloon& b) { return !b.stays(); });
    std::erase_if(model.expanders, leaves);
    model.connect();
    context.note_station("deflated");
    context.measures.restoration = restoration(context.measures.stations, context.before_inflation, context.lift_base);
    context.write_frame(1, true);
  }

private:
  double effort_;
};

} // namespace

StageInfo deflate_stage() {
  return {"deflate",
          "lets the pressure out, withdraws balloons and closing expanders; the cavity recoils under the preload held",
          {quantity("effort", "", "0.5", 0.1, 50, "explicit steps of the deflation, in full ramps")},
          [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<Deflate>(p); }};
}

} // namespace kypho

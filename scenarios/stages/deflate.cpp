// Deflate: the pressure is let out and the balloons are withdrawn; the cavity recoils under the preload that is held.
#include "scenarios/stages/catalog.hpp"
#include "scenarios/stages/context.hpp"

namespace kypho {
namespace {

class Deflate final : public Stage {
public:
  explicit Deflate(const Params& p) : effort_(p.number("effort")) {}

  void run(StageContext& context) override {
    Model& model = *context.model;
    std::vector<double> start;
    for (const Balloon& b : model.balloons) start.push_back(b.fluid->pressure());
    Phase phase;
    phase.name = "deflate";
    phase.effort = effort_;
    phase.observations = 6;
    phase.settle = true;
    phase.load = [&](double t) {
      for (std::size_t k = 0; k < start.size(); ++k) {
        model.balloons[k].fluid->held_pressure = start[k] * (1 - t);
        model.balloons[k].wall->scale = 1 - t; // wall and shaft let go with the pressure
        model.balloons[k].fluid->shaft = 1 - t;
      }
    };
    context.ramp(phase, 0, 1);
    model.balloons.clear();
    model.connect();
    context.note_station("deflated");
    context.measures.restoration =
        restoration(context.measures.stations, context.before_inflation, context.lift_base);
    context.write_frame(1, true);
  }

private:
  double effort_;
};

} // namespace

StageInfo deflate_stage() {
  return {"deflate",
          "lets the pressure out and withdraws the balloons; the cavity recoils under the preload held",
          {quantity("effort", "", "1", 0.1, 50, "explicit steps of the deflation, in full ramps")},
          [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<Deflate>(p); }};
}

} // namespace kypho

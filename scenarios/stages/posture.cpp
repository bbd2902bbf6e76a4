// Posture: the patient lies; the body carries its preload through discs and may tilt.
#include "scenarios/stages/catalog.hpp"
#include "scenarios/stages/loading.hpp"

namespace kypho {
namespace {

class Posture final : public Stage {
public:
  explicit Posture(const Params& p)
      : position_(p.text("position")), preload_(p.number("preload")), disc_(p.number("disc_stiffness")),
        shear_(p.number("disc_shear_stiffness")), offset_(p.number("preload_offset")) {}

  void run(StageContext& context) override {
    Model& model = *context.model;
    hold_loads(model);
    if (model.upper && (model.upper->normal_stiffness() != disc_ || model.upper->shear_stiffness() != shear_)) {
      release_upper_platen(context, 0, 0.25, 0, 0); // turned over: the old discs are unloaded first
      model.take_off_platens();
    }
    if (!model.upper) model.put_on_platens(disc_, shear_);
    model.hold_upper_platen(false);
    const double before = model.upper->load;
    const Eigen::Vector2d moments = model.upper->moment_load;
    Phase phase;
    phase.name = "posture";
    phase.effort = 0.5;
    phase.observations = 4;
    phase.settle = true;
    phase.load = [&](double t) {
      model.upper->load = before + (-preload_ - before) * t;
      // A load in front of the centre bends the body forward: moment about +Y.
      model.upper->moment_load = moments * (1 - t) + Eigen::Vector2d(0, offset_ * preload_) * t;
    };
    context.ramp(phase, 0, 1);
    context.note_station(position_);
    context.write_frame(1, true);
  }

private:
  std::string position_;
  double preload_, disc_, shear_, offset_;
};

} // namespace

StageInfo posture_stage() {
  return {
      "posture",
      "the patient is placed: preload through discs that let the endplates bulge and the body tilt",
      {
          choice("position", "prone", {"prone", "supine", "standing"}, "name of the station in the figures"),
          quantity("preload", "N", "110 N", 0, 5000, "compressive force held from here on",
                   "0.66 p A = 119 N at 0.10 MPa prone (Wilke 1999); cadaver studies hold 100-110 N"),
          quantity("disc_stiffness", "MPa/mm", "0.7 MPa/mm", 0.01, 1000,
                   "elastic layer that stands for the disc: modulus over height",
                   "about 0.8 kN/mm for the whole disc; lumbar segments 1-2.5 kN/mm at 500-1000 N, commonly quoted"),
          quantity("disc_shear_stiffness", "MPa/mm", "0.15 MPa/mm", 0.001, 1000, "the same in shear", "assumption"),
          quantity("preload_offset", "mm", "0 mm", -30, 30,
                   "distance of the preload in front of the endplate's centre"),
      },
      [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<Posture>(p); }};
}

} // namespace kypho

// Fracture: the body is crushed between potted ends past its peak and unloaded; the crush that leaves the asked loss of
// height is searched. What comes back on unloading is a result.
#include "core/base/errors.hpp"
#include "core/base/log.hpp"
#include "scenarios/stages/catalog.hpp"
#include "scenarios/stages/loading.hpp"

#include <cmath>

namespace kypho {
namespace {

class Fracture final : public Stage {
public:
  explicit Fracture(const Params& p)
      : pattern_(p.text("pattern")), target_(p.number("residual_loss")), tolerance_(p.number("tolerance")),
        max_crush_(p.number("max_crush")), share_(pattern_ == "wedge" ? p.number("posterior_share") : 1.0),
        potting_(p.number("potting_stiffness")) {}

  void run(StageContext& context) override {
    Model& model = *context.model;
    model.put_on_platens(potting_, potting_ * potting_shear_ratio, pattern_ == "biconcave");
    const Station intact = model.station();
    const double height = tracked_height(intact);
    struct Checkpoint {
      double crush;
      std::vector<double> state;
    };
    std::vector<Checkpoint> checkpoints{{0, model.save()}};
    double crush = std::min(max_crush_, target_ + 0.05);
    double low = 0, low_loss = 0, high = max_crush_, residual = 0;
    bool bracketed = false;
    for (int attempt = 0; attempt < 8; ++attempt) {
      while (checkpoints.back().crush > crush) checkpoints.pop_back();
      model.restore(checkpoints.back().state);
      const double from = checkpoints.back().crush;
      crush_to(context, from, crush, height);
      checkpoints.push_back({crush, model.save()});
      release_upper_platen(context, 0, 0.5, 0.7, 1, false);
      residual = 1 - tracked_height(model.station()) / height;
      log(LogLevel::info, "fracture: crush " + percent(crush) + " leaves a loss of " + percent(residual));
      if (std::abs(residual - target_) <= tolerance_) break;
      // The loss that stays grows with the crush: secant from the last point below, halving inside the bracket.
      double next;
      if (residual < target_) {
        const double slope = crush > low ? std::max(0.3, (residual - low_loss) / (crush - low)) : 1.0;
        next = crush + (target_ - residual) / slope;
        low = crush;
        low_loss = residual;
      } else {
        high = crush;
        bracketed = true;
        next = low + (crush - low) * std::clamp((target_ - low_loss) / (residual - low_loss), 0.1, 0.9);
      }
      if (bracketed) next = std::min(next, 0.5 * (low + high) + 0.4 * (high - low));
      if (next > max_crush_) {
        if (crush >= max_crush_)
          throw NotConverged("fracture: a crush of " + percent(max_crush_) + " leaves only " + percent(residual) +
                             " of the height; raise max_crush");
        next = max_crush_;
      }
      crush = next;
    }
    if (std::abs(residual - target_) > tolerance_)
      context.warn("fracture: the residual loss is " + percent(residual) + ", asked were " + percent(target_));
    model.restore(checkpoints.back().state);
    release_upper_platen(context, 0, 0.5, 0.7, 1, true); // the accepted unloading once more, with its frames
    model.take_off_platens();
    context.fractured = true;
    const Station after = model.station();
    context.measures.fracture = FractureMeasure{crush, 1 - after.anterior_height_mm / intact.anterior_height_mm};
    context.note_station("fractured");
    context.write_frame(1, true);
  }

private:
  double tracked_height(const Station& s) const {
    return pattern_ == "biconcave" ? s.middle_height_mm : s.anterior_height_mm;
  }
  static std::string percent(double x) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %%", 100 * x);
    return text;
  }

  void crush_to(StageContext& context, double from, double to, double height) const {
    Model& model = *context.model;
    model.hold_upper_platen(true);
    Phase phase;
    phase.name = "fracture";
    phase.effort = std::max(0.05, (to - from) / 0.25);
    phase.observations = std::max(2, static_cast<int>(std::lround((to - from) / 0.02)));
    phase.settle = true; // at rest before the next move, so that nothing crushes on by its own momentum
    phase.load = [&](double t) {
      const double down = -(from + (to - from) * t) * height;
      pose_upper_platen(model, down, down * share_);
    };
    context.ramp(phase, 0.7 * from / max_crush_, 0.7 * to / max_crush_);
  }

  std::string pattern_;
  double target_, tolerance_, max_crush_, share_, potting_;
};

} // namespace

StageInfo fracture_stage() {
  return {"fracture",
          "crushes the body between potted ends past its peak and unloads it; searches the crush that leaves the asked "
          "loss of height",
          {
              choice("pattern", "wedge", {"wedge", "biconcave", "crush"},
                     "wedge: the platen tilts forward; biconcave: it presses the centre of the endplates; crush: level"),
              quantity("residual_loss", "%", "17.5 %", 3, 45,
                       "loss of anterior (biconcave: middle) height that stays after unloading"),
              quantity("tolerance", "%", "0.7 %", 0.1, 5, "accepted miss of residual_loss"),
              quantity("max_crush", "%", "50 %", 5, 70, "largest compression that the search may apply"),
              quantity("posterior_share", "%", "25 %", 0, 100,
                       "wedge: descent of the posterior rim over that of the anterior rim", "assumption"),
              quantity("potting_stiffness", "MPa/mm", "20 MPa/mm", 0.1, 1000,
                       "elastic layer between platen and endplate", "assumption: embedding resin and its machine"),
          },
          [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<Fracture>(p); }};
}

} // namespace kypho

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
    model.strain_at(reference_strain_rate);
    model.put_on_platens(potting_, potting_ * potting_shear_ratio, pattern_ == "biconcave");
    const Station intact = model.station();
    height_ = tracked_height(intact);
    checkpoints_ = {{0, model.save()}};
    double crush = std::min(max_crush_, target_ + usual_recoil), residual = 0;
    double low = 0, low_loss = 0, high = max_crush_;
    std::vector<Moment> unloading; // of the last attempt
    State unloaded;
    for (int attempt = 0; attempt < 8; ++attempt) {
      crush_to(context, crush);
      unloading.clear();
      release_upper_platen(context, 0, unloading_effort, 0.7, 1, [&](double t) {
        unloading.push_back({0.7 + 0.3 * t, model.save()});
      });
      unloaded = model.save();
      with_platens_off(context, [&] { residual = 1 - tracked_height(model.station()) / height_; });
      log(LogLevel::info, "fracture: crush " + percent(crush) + " leaves a loss of " + percent(residual));
      if (std::abs(residual - target_) <= tolerance_) break;
      // The loss that stays grows with the crush: secant inside what is known to be too little and too much.
      double next;
      if (residual < target_) {
        if (crush >= max_crush_)
          throw NotConverged("fracture: a crush of " + percent(max_crush_) + " leaves only " + percent(residual) +
                             " of the height; raise max_crush");
        const double slope = attempt == 0 ? usual_slope : std::clamp((residual - low_loss) / (crush - low), 0.5, 2.0);
        low = crush;
        low_loss = residual;
        next = std::min({crush + (target_ - residual) / slope, max_crush_, 0.5 * (low + high) + 0.4 * (high - low)});
      } else {
        high = crush;
        next = low + (crush - low) * std::clamp((target_ - low_loss) / (residual - low_loss), 0.1, 0.95);
      }
      crush = next;
    }
    if (std::abs(residual - target_) > tolerance_)
      context.warn("fracture: the residual loss is " + percent(residual) + ", asked were " + percent(target_));
    model.restore(checkpoints_.back().state);
    const Station crushed = model.station();
    for (const Moment& moment : unloading) { // the accepted one has its frames
      model.restore(moment.state);
      if (moment.pseudo_time < 1 - 1e-9) context.write_frame(moment.pseudo_time, false);
      context.note_force(moment.pseudo_time);
    }
    model.restore(unloaded);
    model.take_off_platens();
    find_balance(context);
    checkpoints_.clear();
    context.fractured = true;
    const Station after = model.station();
    const auto loss = [&](const Station& now, double Station::*height) { return 1 - now.*height / intact.*height; };
    // Read from the bone: of the platen's way the potting takes a part.
    context.measures.fracture =
        FractureMeasure{loss(crushed, &Station::anterior_height_mm), loss(after, &Station::anterior_height_mm),
                        loss(crushed, &Station::middle_height_mm), loss(after, &Station::middle_height_mm)};
    context.note_station("fractured");
    context.write_frame(1, true);
  }

private:
  static constexpr double usual_recoil = 0.075;    // first guess: share of the height that comes back
  static constexpr double usual_slope = 0.8;       // loss that stays of a further crush
  static constexpr double unloading_effort = 0.25; // full ramps
  static constexpr double stride = 0.02;           // crush between two states that the search can go back to

  struct Checkpoint {
    double crush;
    State state;
  };
  struct Moment {
    double pseudo_time;
    State state;
  };
  std::vector<Checkpoint> checkpoints_;
  double height_ = 0;

  double tracked_height(const Station& s) const {
    return pattern_ == "biconcave" ? s.middle_height_mm : s.anterior_height_mm;
  }
  static std::string percent(double x) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %%", 100 * x);
    return text;
  }

  /// Crushes on from the last state below @p crush, and rests there, so that nothing goes on by its own momentum.
  void crush_to(StageContext& context, double crush) {
    Model& model = *context.model;
    while (checkpoints_.back().crush > crush) checkpoints_.pop_back();
    model.restore(checkpoints_.back().state);
    model.hold_upper_platen(true);
    for (double from = checkpoints_.back().crush; from < crush;) {
      const double to = crush - from < 1.5 * stride ? crush : from + stride;
      Phase phase;
      phase.name = "fracture";
      phase.effort = (to - from) / 0.25;
      phase.observations = 1;
      phase.settle = to == crush;
      phase.load = [&](double t) {
        const double down = -(from + (to - from) * t) * height_;
        pose_upper_platen(model, down, down * share_);
      };
      context.ramp(phase, 0.7 * from / max_crush_, 0.7 * to / max_crush_, false);
      context.write_frame(0.7 * to / max_crush_, false);
      context.note_force(0.7 * to / max_crush_);
      checkpoints_.push_back({to, model.save()});
      from = to;
    }
  }

  std::string pattern_;
  double target_, tolerance_, max_crush_, share_, potting_;
};

} // namespace

StageInfo fracture_stage() {
  return {
      "fracture",
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
          quantity("potting_stiffness", "MPa/mm", "20 MPa/mm", 0.1, 1000, "elastic layer between platen and endplate",
                   "assumption: embedding resin and its machine"),
      },
      [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<Fracture>(p); }};
}

} // namespace kypho

// Load: the compression test, the same for the intact, the fractured and the treated body: both ends potted in the shape
// they have, level platen, axial compression under displacement control. A twin of the body is tested, so that the
// procedure goes on with the untested one.
#include "scenarios/stages/catalog.hpp"
#include "scenarios/stages/loading.hpp"

#include <algorithm>

namespace kypho {
namespace {

constexpr double yield_offset = 0.002; // of the height

class Load final : public Stage {
public:
  explicit Load(const Params& p)
      : compression_(p.number("max_compression")), potting_(p.number("potting_stiffness")),
        effort_(p.number("effort")) {}

  void run(StageContext& context) override {
    Model& model = *context.model;
    // The twin is unloaded before it is potted.
    const State before = model.save();
    model.strain_at(reference_strain_rate);
    if (model.upper) release_upper_platen(context, 0, 0.25, 0, 0.1);
    auto lower = std::move(model.lower), upper = std::move(model.upper);
    model.put_on_platens(potting_, potting_ * potting_shear_ratio);
    const double height = model.station().middle_height_mm;
    std::vector<std::pair<double, double>> curve{{0, 0}};
    Phase phase;
    phase.name = "load";
    phase.effort = effort_;
    phase.observations = 60;
    phase.load = [&](double t) {
      const double down = -eased(t) * compression_ * height;
      pose_upper_platen(model, down, down);
    };
    phase.observe = [&](double t) {
      // The mean of both ends: what the moving mass takes from one it gives to the other.
      curve.emplace_back(eased(t) * compression_ * height, 0.5 * (model.upper->reaction() - model.lower->reaction()));
      context.note_force(0.1 + 0.9 * t);
      if (curve.size() % 20 == 1) context.write_frame(0.1 + 0.9 * t, false);
    };
    context.ramp(phase, 0.1, 1, false);
    context.write_frame(1, true);
    const char* state = context.treated ? "treated" : context.fractured ? "fractured" : "intact";
    context.measures.strength[state] = evaluate(curve, yield_offset * height);
    model.lower = std::move(lower);
    model.upper = std::move(upper);
    model.connect();
    model.restore(before);
  }

private:
  using Curve = std::vector<std::pair<double, double>>; // mm, N

  /// Mean of three samples, so that the ringing of the moving mass does not pass for a maximum.
  static Curve smoothed(const Curve& curve) {
    Curve out = curve;
    for (std::size_t k = 1; k + 1 < curve.size(); ++k)
      out[k].second = (curve[k - 1].second + curve[k].second + curve[k + 1].second) / 3;
    return out;
  }

  /// @param offset of the yield load, mm
  static Strength evaluate(const Curve& raw, double offset) {
    const Curve curve = smoothed(raw);
    const std::size_t span = std::max<std::size_t>(1, curve.size() / 20);
    Strength s;
    std::size_t foot = 0;
    for (std::size_t k = span; k < curve.size(); ++k) {
      const double chord = (curve[k].second - curve[k - span].second) / (curve[k].first - curve[k - span].first);
      if (chord <= s.stiffness_n_per_mm) continue;
      s.stiffness_n_per_mm = chord;
      foot = k - span;
    }
    const double start = curve[foot].first - curve[foot].second / s.stiffness_n_per_mm; // where the line leaves zero
    bool yielded = false;
    for (const auto& [down, force] : curve) {
      s.failure_load_n = std::max(s.failure_load_n, force);
      if (!yielded) s.yield_load_n = s.failure_load_n;
      yielded = yielded || force < s.stiffness_n_per_mm * (down - start - offset);
    }
    return s;
  }

  double compression_, potting_, effort_;
};

} // namespace

StageInfo load_stage() {
  return {"load",
          "compression test of a twin of the body: both ends potted, level platen, displacement control",
          {
              quantity("max_compression", "%", "8 %", 1, 40, "compression of the middle height at the end of the test"),
              quantity("potting_stiffness", "MPa/mm", "20 MPa/mm", 0.1, 1000,
                       "elastic layer between platen and endplate", "assumption: embedding resin and its machine"),
              quantity("effort", "", "1", 0.05, 50, "explicit steps of the test, in full ramps"),
          },
          [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<Load>(p); }};
}

} // namespace kypho

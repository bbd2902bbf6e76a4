// Access: channels are drilled through the pedicles in the shape that the fracture has left; the bone is meshed anew
// around them and takes its state along.
#include "core/base/errors.hpp"
#include "scenarios/stages/aim.hpp"
#include "scenarios/stages/catalog.hpp"
#include "scenarios/stages/loading.hpp"

namespace kypho {
namespace {

class AccessStage final : public Stage {
public:
  explicit AccessStage(const Params& p) : pedicles_(p.text("pedicles")) {
    aim_.tip_to_cortex = p.number("tip_to_cortex");
    aim_.radius = 0.5 * p.number("channel_diameter");
    if (p.has("axial_angle")) aim_.axial_angle = p.number("axial_angle");
    if (p.has("sagittal_angle")) aim_.sagittal_angle = p.number("sagittal_angle");
    aim_.cross_midline = pedicles_ != "both";
  }

  void run(StageContext& context) override {
    const Model& old = *context.model;
    if (!old.landmarks().has_pedicles)
      throw InputError("access: this anatomy has no pedicles to go through (a body without its arch)");
    std::vector<Channel> channels;
    for (const int side : {+1, -1}) {
      const std::string name = side > 0 ? "left" : "right";
      if (pedicles_ != "both" && pedicles_ != name) continue;
      channels.push_back(aim_through_pedicle(old, side, aim_));
      context.accesses.push_back({name, channels.back()});
      for (const std::string& text : breach_warnings(old, side, channels.back())) context.warn(text);
    }
    Remeshed fresh = remesh(old.mesh(), old.positions(), channels, false, context.scenario.mesh);
    context.model = transfer(old, std::move(fresh.mesh), fresh.point_source, fresh.facet_source, {});
    find_balance(context);
    context.write_frame(1, true);
  }

private:
  std::string pedicles_;
  Aim aim_;
};

ParamSpec optional_angle(std::string name, std::string meaning) {
  ParamSpec spec = quantity(std::move(name), "deg", "", -45, 60, std::move(meaning));
  spec.optional = true;
  return spec;
}

} // namespace

StageInfo access_stage() {
  return {
      "access",
      "drills channels through one or both pedicles",
      {
          choice("pedicles", "both", {"both", "left", "right"}, "sides; one side alone aims at the midline"),
          quantity("tip_to_cortex", "mm", "6 mm", 1, 25,
                   "bone left between the tip of the channel and the cortex ahead"),
          quantity("channel_diameter", "mm", "3.8 mm", 2, 6, "bore of the channel in the bone"),
          optional_angle("axial_angle",
                         "angle to the sagittal plane, medial positive; absent: towards the body's middle"),
          optional_angle("sagittal_angle", "angle to the horizontal plane, caudal positive; absent: as axial_angle"),
      },
      [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<AccessStage>(p); }};
}

} // namespace kypho

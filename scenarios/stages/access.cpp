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
  explicit AccessStage(const Params& p) : params_(p) { make_aim(p); }

  void run(StageContext& context) override {
    hold_loads(*context.model);
    const Model& old = *context.model;
    std::vector<Channel> channels;
    for (const Access& access :
         plan_access(old, params_, context.accesses, [&](const std::string& text) { context.warn(text); })) {
      channels.push_back(access.channel);
      context.accesses.push_back(access);
    }
    Remeshed fresh = remesh(old.mesh(), old.positions(), channels, false, context.scenario.mesh);
    context.replace_model(transfer(old, std::move(fresh.mesh), fresh.point_source, fresh.facet_source, {}),
                          fresh.mass_error);
    find_balance(context);
    context.write_frame(1, true);
  }

private:
  Params params_;
};

} // namespace

StageInfo access_stage() {
  ParamSpecs specs{
      choice("pedicles", "both", {"both", "left", "right"}, "sides; one side alone aims at the midline"),
      quantity("channel_diameter", "mm", "3.8 mm", 2, 6, "bore of the channel in the bone"),
      choice("on_breach", "warn", {"warn", "refuse"},
             "what a bore that opens a wall of the pedicle, the canal, an endplate or the front does; a way outside "
             "the bone "
             "is always refused"),
  };
  for (ParamSpec& spec : aim_specs()) specs.push_back(std::move(spec));
  return {"access", "drills channels through or beside one or both pedicles", specs,
          [](const Params& p) -> std::unique_ptr<Stage> { return std::make_unique<AccessStage>(p); }};
}

} // namespace kypho

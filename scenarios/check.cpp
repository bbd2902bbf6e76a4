#include "scenarios/check.hpp"
#include "core/base/errors.hpp"
#include "core/cement/cement.hpp"
#include "core/devices/device.hpp"
#include "scenarios/stages/stage.hpp"
#include <algorithm>
#include <cmath>
#include <set>

namespace kypho {
namespace {

/// What the stages so far have left in the vertebra.
struct Situation {
  bool channel = false, balloon = false, fresh_cement = false, set_cement = false, preload = false;
};

/// What stands against @p kind, or "".
std::string objection(const std::string& kind, const Situation& now) {
  if (kind == "fracture") {
    if (now.channel) return "must come before access";
    if (now.preload) return "must come before posture, whose preload it would take off";
  } else if (kind == "access") {
    if (now.fresh_cement || now.set_cement) return "must come before inject";
    if (now.balloon) return "must come before inflate or after deflate";
  } else if (kind == "inflate") {
    if (!now.channel) return "needs an earlier access: there is no channel for the balloon";
    if (now.fresh_cement || now.set_cement) return "must come before inject";
    if (now.balloon) return "needs a deflate first: the channel holds a balloon already";
  } else if (kind == "deflate") {
    if (!now.balloon) return "needs an earlier inflate: there is no balloon to deflate";
  } else if (kind == "inject") {
    if (!now.channel) return "needs an earlier access: there is no channel for the cement";
    if (now.balloon) return "needs an earlier deflate: the balloon is still in the cavity";
    if (now.fresh_cement || now.set_cement) return "is done once; its volume is that of all sides";
  } else if (kind == "cure") {
    if (!now.fresh_cement) return "needs an earlier inject: there is no fresh cement";
  } else if (kind == "load") {
    if (now.balloon) return "needs an earlier deflate: the balloon is still in the cavity";
    if (now.fresh_cement) return "needs an earlier cure: the cement is still fluid";
  }
  return "";
}

void follow(const std::string& kind, Situation& now) {
  if (kind == "access") now.channel = true;
  if (kind == "posture") now.preload = true;
  if (kind == "inflate") now.balloon = true;
  if (kind == "deflate") now.balloon = false;
  if (kind == "inject") now.fresh_cement = true;
  if (kind == "cure") {
    now.fresh_cement = false;
    now.set_cement = true;
  }
}

} // namespace

void check_order(const Scenario& scenario) {
  std::string order;
  for (const StageSpec& stage : scenario.stages) order += (order.empty() ? "" : ", ") + stage.kind;
  Situation now;
  std::set<std::string> drilled;
  for (const StageSpec& stage : scenario.stages) {
    const std::string what = objection(stage.kind, now);
    if (!what.empty())
      throw InputError(stage.place + ": stage." + stage.kind + ": " + what + "; the order is " + order);
    if (stage.kind == "access") {
      const std::string& asked = stage.params.text("pedicles");
      for (const std::string side : {"left", "right"}) {
        if (asked != "both" && asked != side) continue;
        if (!drilled.insert(side).second)
          throw InputError(stage.place + ": stage.access: the " + side + " pedicle is drilled already; the order is " +
                           order);
      }
    }
    follow(stage.kind, now);
  }
}

void check_fit(const Scenario& scenario, const Landmarks& landmarks) {
  double ahead = 0;
  for (const StageSpec& stage : scenario.stages) {
    if (stage.kind == "access") {
      ahead = stage.params.number("tip_to_cortex");
      if (!landmarks.has_pedicles)
        throw InputError(stage.place +
                         ": stage.access: this anatomy has no pedicles to go through (a body without its arch)");
      const double bore = stage.params.number("channel_diameter");
      const double width = std::min(landmarks.left.width, landmarks.right.width);
      if (bore >= width)
        throw InputError(stage.place + ": stage.access.channel_diameter: " + format_quantity(bore, "mm") +
                         " does not pass through a pedicle " + format_quantity(std::round(10 * width) / 10, "mm") +
                         " wide");
    }
    if (stage.kind != "inflate") continue;
    const BalloonInfo& device = find_balloon(stage.params.text("device"));
    if (device.length + ahead > landmarks.depth)
      throw InputError(stage.place + ": stage.inflate.device: the working length of " + device.name + ", " +
                       format_quantity(device.length, "mm") + ", and " + format_quantity(ahead, "mm") +
                       " to the cortex do not fit a body " +
                       format_quantity(std::round(10 * landmarks.depth) / 10, "mm") + " deep");
  }
}

void check_case(const Scenario& scenario) {
  check_order(scenario);
  try {
    make_cement(scenario.cement_params);
  } catch (const InputError& error) {
    throw InputError(scenario.file.string() + ": " + error.what());
  }
  for (const StageSpec& stage : scenario.stages) {
    try {
      find_stage(stage.kind).make(stage.params);
    } catch (const InputError& error) {
      throw InputError(stage.place + ": stage." + error.what());
    }
  }
}

} // namespace kypho

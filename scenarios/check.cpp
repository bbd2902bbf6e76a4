#include "scenarios/check.hpp"
#include "core/base/errors.hpp"
#include "core/cement/cement.hpp"
#include "core/devices/curette.hpp"
#include "core/devices/expander.hpp"
#include "core/devices/implant.hpp"
#include "scenarios/stages/stage.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numbers>
#include <set>

namespace kypho {
namespace {

/// What the stages so far have left in the vertebra.
struct Situation {
  bool channel = false, device = false, implant = false, fresh_cement = false, set_cement = false, preload = false;
};

/// What stands against @p kind, or "".
std::string objection(const std::string& kind, const Situation& now) {
  if (kind == "fracture") {
    if (now.channel) return "must come before access";
    if (now.preload) return "must come before posture, whose preload it would take off";
  } else if (kind == "access") {
    if (now.fresh_cement || now.set_cement) return "must come before inject";
    if (now.device) return "must come before inflate or expand, or after deflate";
  } else if (kind == "curette") {
    if (!now.channel) return "needs an earlier access: there is no channel for the curette";
    if (now.implant) return "must come before a device that stays: the channel holds it";
    if (now.fresh_cement || now.set_cement) return "must come before inject";
    if (now.device) return "must come before inflate or expand, or after deflate";
  } else if (kind == "inflate" || kind == "expand") {
    if (!now.channel) return "needs an earlier access: there is no channel for the device";
    if (now.fresh_cement || now.set_cement) return "must come before inject";
    if (now.device) return "needs a deflate first: the channel holds a device already";
  } else if (kind == "deflate") {
    if (!now.device) return "needs an earlier inflate or expand: there is nothing to take out";
  } else if (kind == "inject") {
    if (!now.channel) return "needs an earlier access: there is no channel for the cement";
    if (now.device) return "needs an earlier deflate: the device is still in the cavity";
    if (now.fresh_cement || now.set_cement) return "is done once; its volume is that of all sides";
  } else if (kind == "cure") {
    if (!now.fresh_cement) return "needs an earlier inject: there is no fresh cement";
  } else if (kind == "load") {
    if (now.device) return "needs an earlier deflate: the device is still in the cavity";
    if (now.fresh_cement) return "needs an earlier cure: the cement is still fluid";
  }
  return "";
}

/// A device that stays in the bone.
bool leaves_implant(const StageSpec& stage) {
  if (!stage.params.has("device")) return false;
  const std::string& device = stage.params.text("device");
  return (stage.kind == "expand" && find_expander(device).stays) ||
         (stage.kind == "inflate" && find_filled_device(device).stays());
}

void follow(const std::string& kind, Situation& now) {
  if (kind == "access") now.channel = true;
  if (kind == "posture") now.preload = true;
  if (kind == "inflate" || kind == "expand") now.device = true;
  if (kind == "deflate") now.device = false;
  if (kind == "inject") now.fresh_cement = true;
  if (kind == "cure") {
    now.fresh_cement = false;
    now.set_cement = true;
  }
}

void check_depth(const StageSpec& stage, const std::string& name, double length, double ahead, double depth) {
  if (length + ahead > depth)
    throw InputError(
        fmt::format("{}: stage.{}.device: the working length of {}, {:.3g} mm, and {:.3g} mm to the cortex do "
                    "not fit a body {:.1f} mm deep",
                    stage.place, stage.kind, name, length, ahead, depth));
}

void check_bore(const StageSpec& stage, const std::string& name, double thick, double channel) {
  constexpr double play = 0.1; // mm
  if (thick > channel + play)
    throw InputError(
        fmt::format("{}: stage.{}.device: {} is {:.1f} mm thick and does not pass a channel of {:.1f} mm; give "
                    "access a wider channel_diameter",
                    stage.place, stage.kind, name, thick, channel));
}

/// @param channel its bore, mm   @param ahead bone between its tip and the cortex, mm   @param depth of the body, mm
void check_balloon(const StageSpec& stage, double channel, double ahead, double depth) {
  const BalloonInfo device = find_filled_device(stage.params.text("device")).balloon;
  check_bore(stage, device.name, device.deflated_diameter, channel);
  check_depth(stage, device.name, device.length, ahead, depth);
  const double drilled = 0.25 * std::numbers::pi * channel * channel * device.length;
  for (const char* key : {"volume", "volume_left", "volume_right"})
    if (stage.params.has(key) && stage.params.number(key) < drilled)
      throw InputError(fmt::format(
          "{}: stage.inflate.{}: {:.2f} mL is below the {:.2f} mL of the channel itself, {:.1f} mm "
          "wide over the {:.3g} mm of {}",
          stage.place, key, stage.params.number(key) / 1000, drilled / 1000, channel, device.length, device.name));
}

void check_curette(const StageSpec& stage, double channel, double ahead, double depth) {
  const CuretteInfo& device = find_curette(stage.params.text("device"));
  check_bore(stage, device.name, device.shaft, channel);
  if (const double stroke = stage.params.number("stroke"); stroke + ahead > depth)
    throw InputError(fmt::format("{}: stage.curette.stroke: {:.3g} mm, and {:.3g} mm to the cortex do not fit a body "
                                 "{:.1f} mm deep",
                                 stage.place, stroke, ahead, depth));
}

void check_expander(const StageSpec& stage, double channel, double ahead, double depth) {
  const ExpanderInfo& device = find_expander(stage.params.text("device"));
  check_bore(stage, device.name, 2 * device.closed.radius, channel);
  check_depth(stage, device.name, device.closed.length(), ahead, depth);
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
    now.implant = now.implant || leaves_implant(stage);
  }
}

void check_fit(const Scenario& scenario, const Landmarks& landmarks) {
  double ahead = 0, channel = 0;
  for (const StageSpec& stage : scenario.stages) {
    if (stage.kind == "access") {
      ahead = stage.params.number("tip_to_cortex");
      channel = stage.params.number("channel_diameter");
      if (!landmarks.has_pedicles)
        throw InputError(stage.place +
                         ": stage.access: this anatomy has no pedicles to go through (a body without its arch)");
      const double bore = channel;
      const double width = std::min(landmarks.left.width, landmarks.right.width);
      if (bore >= width)
        throw InputError(stage.place + ": stage.access.channel_diameter: " + format_quantity(bore, "mm") +
                         " does not pass through a pedicle " + format_quantity(std::round(10 * width) / 10, "mm") +
                         " wide");
    }
    if (stage.kind == "curette") check_curette(stage, channel, ahead, landmarks.depth);
    if (stage.kind == "inflate") check_balloon(stage, channel, ahead, landmarks.depth);
    if (stage.kind == "expand") check_expander(stage, channel, ahead, landmarks.depth);
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

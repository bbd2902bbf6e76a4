#include "benchmarks/robustness/drawn_procedure.hpp"

#include "benchmarks/robustness/stream.hpp"
#include "core/devices/expander.hpp"
#include "core/devices/implant.hpp"
#include "mesh/anatomy.hpp"
#include "scenarios/scenario.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace kypho::robustness {
namespace {

constexpr double degree = M_PI / 180;

struct Direction {
  double axial, sagittal; ///< deg, medial and caudal
};

constexpr double play = 0.2; // mm of a channel about its device

/// About where the default aim of `access` points: from the isthmus of the pedicle to the middle of the balloon, which has
/// gone down by a quarter of the height lost, as against the pedicle.
Direction usual_direction(const Landmarks& marks, bool both, double residual_loss) {
  Vec3 target = 0.5 * (marks.upper.centre + marks.lower.centre);
  target[0] += 0.1 * marks.depth;
  target[1] += both ? 0.17 * marks.width : 0;
  target[2] -= 0.25 * residual_loss * (marks.upper.centre - marks.lower.centre).norm();
  const Vec3 axis = (target - marks.left.isthmus).normalized();
  return {std::atan2(-axis[1], axis[0]) / degree, -std::asin(axis[2]) / degree};
}

} // namespace

std::string procedure_file(const DrawnProcedure& procedure) {
  return KYPHOSIM_SOURCE_DIR "/benchmarks/robustness/" + procedure.file;
}

DrawnProcedure draw_procedure(unsigned seed, int number) {
  Stream stream(seed, number);
  const std::string level = stream.one_of(std::array{"T10", "T11", "T12", "L1", "L2", "L3", "L4"});
  const double bmd = stream.between(50, 120, 10), loss = stream.between(15, 40, 10);
  const std::string pattern = stream.one_of(std::array{"wedge", "biconcave", "crush"});
  const std::string pedicles = stream.one_of(std::array{"both", "left", "both", "right"});
  const double ahead = stream.between(3, 9, 10); // 6 mm with a miss of 3
  const double axial_miss = stream.between(-10, 10, 10), sagittal_miss = stream.between(-10, 10, 10);
  const double lateral_miss = stream.between(-3, 3, 10), cranial_miss = stream.between(-3, 3, 10);
  const double preload = stream.between(0, 250, 1);

  DrawnProcedure drawn;
  drawn.number = number;
  drawn.file = "procedure.toml";
  const Landmarks marks =
      make_anatomy(Scenario::read(procedure_file(drawn), {"anatomy.level=" + level}).anatomy)->landmarks();
  const double pedicle = std::min(marks.left.width, marks.right.width);
  std::vector<BalloonInfo> fitting; // balloons, stents, containers
  for (const std::string& name : filled_device_names()) {
    const BalloonInfo balloon = find_filled_device(name).balloon;
    const bool passes = balloon.deflated_diameter + play < pedicle;
    if (passes && balloon.length + ahead <= marks.depth) fitting.push_back(balloon);
  }
  const auto choice = static_cast<std::size_t>(stream.between(0, 1, 1e6) * static_cast<double>(fitting.size()));
  const BalloonInfo& balloon = fitting[std::min(choice, fitting.size() - 1)];
  const double volume = stream.between(1.5, std::min(4.0, balloon.max_volume / 1000), 100);

  Direction direction = usual_direction(marks, pedicles == "both", loss / 100);
  direction.axial += axial_miss;
  direction.sagittal += sagittal_miss;
  std::vector<ExpanderInfo> opening;
  for (const ExpanderInfo& e : expander_catalog())
    if (2 * e.closed.radius + play < pedicle && e.closed.length() + ahead <= marks.depth) opening.push_back(e);
  const double family = stream.between(0, 1, 1e6);
  const auto which = static_cast<std::size_t>(stream.between(0, 1, 1e6) * static_cast<double>(opening.size()));
  const bool expands = family < 0.2 && !opening.empty();
  const bool cuts = !expands && family > 0.8;
  double bore = std::max(3.8, balloon.deflated_diameter + play);
  std::string device = fmt::format("{}{} {:.1f} mL", cuts ? "curette, " : "", balloon.name, volume);
  std::vector<std::string> keys = {"stage.inflate.device=" + balloon.name,
                                   fmt::format("stage.inflate.volume={:.2f} mL", volume)};
  if (expands) {
    const ExpanderInfo& expander = opening[std::min(which, opening.size() - 1)];
    drawn.file = "procedure_expand.toml";
    bore = 2 * expander.closed.radius + play;
    device = expander.name;
    keys = {"stage.expand.device=" + expander.name};
  } else if (cuts) {
    drawn.file = "procedure_curette.toml";
    keys.push_back(fmt::format("stage.curette.stroke={:.0f} mm", balloon.length));
  }
  drawn.overrides = {"anatomy.level=" + level,
                     fmt::format("anatomy.bmd={:.1f} mg/cm3", bmd),
                     "stage.fracture.pattern=" + pattern,
                     fmt::format("stage.fracture.residual_loss={:.1f} %", loss),
                     fmt::format("stage.posture.preload={:.0f} N", preload),
                     "stage.access.pedicles=" + pedicles,
                     fmt::format("stage.access.tip_to_cortex={:.1f} mm", ahead),
                     fmt::format("stage.access.axial_angle={:.1f} deg", direction.axial),
                     fmt::format("stage.access.sagittal_angle={:.1f} deg", direction.sagittal),
                     fmt::format("stage.access.entry_lateral={:.1f} mm", lateral_miss),
                     fmt::format("stage.access.entry_cranial={:.1f} mm", cranial_miss),
                     fmt::format("stage.access.channel_diameter={:.1f} mm", bore)};
  drawn.overrides.insert(drawn.overrides.end(), keys.begin(), keys.end());
  drawn.words = fmt::format("{} {} {:.0f} %, {:.0f} mg/cm3, {:.0f} N, {} {:+.0f} {:+.0f} deg {:+.0f} {:+.0f} mm, "
                            "{:.0f} mm ahead, {}",
                            level, pattern, loss, bmd, preload, pedicles, axial_miss, sagittal_miss, lateral_miss,
                            cranial_miss, ahead, device);
  return drawn;
}

std::string case_name(const DrawnProcedure& procedure) { return fmt::format("{:04}", procedure.number); }

std::string run_line(const DrawnProcedure& procedure, const std::string& dir) {
  std::string line = "kyphosim run benchmarks/robustness/" + procedure.file + " -o " + dir + " -j 1";
  for (const std::string& key : procedure.overrides) line += " --set '" + key + "'";
  return line;
}

} // namespace kypho::robustness
